#include "classifier/rules/foreign_regex.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace bouncewatch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(ForeignRegex, ReadsCodesOffTheFront) {
  const struct {
    std::string_view regex;
    std::vector<std::string> codes;
    std::string words;
  } cases[] = {
      {"^550 5\\.1\\.1", {"550 5.1.1"}, ""},
      {"^(451|550)[ -][45]\\.1\\.[12] .*gone", {"451 4.1.1", "451 4.1.2", "550 5.1.1", "550 5.1.2"}, "gone"},
      {"^5\\d\\d .*gone", {"5xx"}, "gone"},
      {"^5\\d{2}[- ]5\\.7\\.\\d+ gone", {"5xx 5.7.x"}, "gone"},
      {"^(?:42[12]|45\\d) gone", {"421", "422", "45x"}, "gone"},
      {"5\\.7\\.1.*gone", {"* 5.7.1"}, "gone"},
      {"^.*gone", {}, "gone"},
      {"(?i)gone", {}, "gone"},
      {"^Gone", {}, "^Gone"},
      {"Error 550 gone", {}, "Error (?:<n>|550) gone"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.regex);
    const auto parts = TakeRegexApart(c.regex);
    ASSERT_TRUE(parts.ok()) << parts.status();
    EXPECT_EQ(parts->codes, c.codes);
    EXPECT_EQ(parts->regex, c.words);
  }
}

TEST(ForeignRegex, WritesWordsAsTheMaskLeavesThem) {
  const struct {
    std::string_view regex, words;
    bool literal;
  } cases[] = {
      {"user unknown", "user unknown", true},
      {"is full\\.", "is full.", true},
      {"(user) (?:unknown)", "user unknown", true},
      {"user \\d+ unknown", "user (?:<n>|\\d+) unknown", false},
      {"\\(S31\\d{2}\\)", "\\(S31\\d{2}\\)", false},
      {"from \\[?\\d+\\.\\d+\\.\\d+\\.\\d+\\]?", "from \\[?<ip>\\]?", false},
      {"user.*unknown", "user.{0,80}unknown", false},
      {"user.+?unknown", "user.{1,80}unknown", false},
      {"no (such )?(user|account)s{0,1}$", "no (?:such )?(?:user|account)s?$", false},
      {"\\bfull\\b", "\\bfull\\b", false},
      {"[^\\s\\]]+ (?P<what>is|was) full", "[^\\s\\]]+ (?:is|was) full", false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.regex);
    const auto parts = TakeRegexApart(c.regex);
    ASSERT_TRUE(parts.ok()) << parts.status();
    EXPECT_THAT(parts->codes, testing::IsEmpty());
    EXPECT_EQ(parts->regex, c.words);
    EXPECT_EQ(parts->literal, c.literal);
  }
}

TEST(ForeignRegex, MakesASample) {
  const struct {
    std::string_view regex, sample;
  } cases[] = {
      {"^(451|550) [45]\\.1\\.[12] .*user \\d+ unknown", "451 4.1.1 user 7 unknown"},
      {"^5\\d\\d gone", "550 gone"},
      {"^4\\d\\d x\\.7", "450 x.7"},
      {"5\\.7\\.\\d.*gone", "550 5.7.0 gone"},
      {"4\\.2\\.2", "450 4.2.2"},
      {"user.*(is|was) [Gg]one{2}", "550 user is gonee"},
      {"(ab){3}c+d?", "550 abababc"},
      {"^550", "550"},
  };
  for (const auto& c : cases) {
    const auto parts = TakeRegexApart(c.regex);
    ASSERT_TRUE(parts.ok()) << c.regex << parts.status();
    EXPECT_EQ(parts->sample, c.sample) << c.regex;
  }
}

TEST(ForeignRegex, SaysWhatCannotBeSaid) {
  const struct {
    std::string_view regex, why;
  } cases[] = {
      {"user(?! unknown)", "look-around"},
      {"(?<=x)y", "look-around"},
      {"(a)\\1", "back reference"},
      {"\\p{L}", "\\p has no counterpart"},
      {"[[:alpha:]]", "named class"},
      {"(a", "without end"},
      {"a)", "a \")\" too many"},
      {"[a", "without end"},
      {"*a", "anything to count"},
      {"a\\", "at the end"},
      {"a{2,1}", "no count"},
      {"a{99999}", "no count"},
      {".*", "finds every reply"},
      {"", "finds every reply"},
      {"^550 5\\.\\d\\.1 x", "enhanced"},
      {"^5 gone", "codes are none"},
      {"^550 4\\.1\\.1 gone", "contradict"},
      {std::string_view("x\0y", 0), "every"},
  };
  for (const auto& c : cases) {
    const auto parts = TakeRegexApart(c.regex);
    ASSERT_FALSE(parts.ok()) << c.regex << " " << parts->regex;
    EXPECT_THAT(std::string(parts.status().message()), HasSubstr(std::string(c.why))) << c.regex;
  }
  EXPECT_FALSE(TakeRegexApart(std::string(100, '(')).ok());
  EXPECT_FALSE(TakeRegexApart(std::string(5000, 'a')).ok());
}

}  // namespace
}  // namespace bouncewatch

#include "classifier/rules/word.h"

#include <gtest/gtest.h>

namespace bouncewatch {
namespace {

TEST(Word, IsBoundedAtItsWordEnds) {
  constexpr auto kPhrase = Word::Kind::kPhrase;
  constexpr auto kToken = Word::Kind::kToken;
  const struct {
    Word::Kind kind;
    std::string_view written, text;
    size_t begin;
    bool holds;
  } cases[] = {
      {kPhrase, "full", "full", 0, true},
      {kPhrase, "full", "is full.", 3, true},
      {kPhrase, "full", "fully", 0, false},
      {kPhrase, "full", "_full", 1, false},
      {kPhrase, "full", "mailbox-full", 8, true},
      {kPhrase, "full*", "fully", 0, true},
      {kPhrase, "*full", "unfull", 2, true},
      {kPhrase, "*full", "unfully", 2, false},
      {kPhrase, "(full)", "x(full)y", 1, true},
      {kPhrase, "?p=full", "x?p=full", 1, true},
      {kPhrase, "full",
       "\xc3\xbc"
       "full",
       2, true},
      {kToken, "S3150", "(S3150)", 1, true},
      {kToken, "S3150", "XS3150", 1, false},
      {kToken, "S3150", "S31501", 0, false},
      {kToken, "S3150", "S3150-1", 0, false},
      {kToken, "S3150", "A-S3150", 2, false},
      {kToken, "S3150*", "S3150-1", 0, true},
      {kToken, "#BL01", "x#BL01", 1, true},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(testing::Message() << c.written << " in " << c.text);
    const Word word = ParseWord(c.kind, c.written);
    EXPECT_EQ(BoundsHold(word, c.text, c.begin, c.begin + word.text.size()), c.holds);
  }
}

TEST(Word, IsEmptyWhenOnlyStarsAreWritten) {
  for (std::string_view written : {"", "*", "**"})
    EXPECT_TRUE(ParseWord(Word::Kind::kPhrase, written).text.empty());
  EXPECT_EQ(ParseWord(Word::Kind::kPhrase, "***").text, "*");
}

TEST(Word, DoesNotRememberCase) {
  EXPECT_EQ(ParseWord(Word::Kind::kToken, "IB607"), ParseWord(Word::Kind::kToken, "ib607"));
  EXPECT_FALSE(ParseWord(Word::Kind::kToken, "IB607") == ParseWord(Word::Kind::kPhrase, "IB607"));
}

}  // namespace
}  // namespace bouncewatch

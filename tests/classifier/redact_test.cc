#include "classifier/redact.h"

#include <gtest/gtest.h>

#include <string>

namespace bouncewatch {
namespace {

TEST(Redact, TakesPeopleOutAndLeavesTheCase) {
  const struct {
    std::string_view reply, recipient, want;
  } cases[] = {
      {"550 5.1.1 <joe.doe@example.org>: user unknown", "joe.doe@example.org",
       "550 5.1.1 <***@example.org>: user unknown"},
      {"550 5.1.1 User joe.doe unknown", "joe.doe@example.org", "550 5.1.1 User *** unknown"},
      {"550 JOE.DOE is not here", "Joe.Doe@example.org", "550 *** is not here"},
      {"550 no such user: ann", "ann+news@example.org", "550 no such user: ***"},
      {"550 joey is not joe", "joe@example.org", "550 joey is not ***"},
      {"550 no mailbox <no>", "no@example.org", "550 no mailbox <***>"},
      {"550 sender bounce+joe=example.org@news.example.com refused", "",
       "550 sender ***@news.example.com refused"},
      {"550 \"joe doe\"@example.org refused", "\"joe doe\"@example.org", "550 ***@example.org refused"},
      {"550 to=joe@example.org,ann@example.net refused", "", "550 ***@example.org,***@example.net refused"},
      {"554 see https://example.org/why?ip=192.0.2.1&email=joe%40example.org&x=1", "",
       "554 see https://example.org/why?ip=192.0.2.1&email=***%40example.org&x=1"},
      {"554 rejected, Subject: Your invoice, Mr. Doe", "", "554 rejected, Subject: ***"},
      {"554 5.7.1 Client host [192.0.2.1] blocked using zen.spamhaus.org; https://example.org/q/192.0.2.1",
       "joe@example.org",
       "554 5.7.1 Client host [192.0.2.1] blocked using zen.spamhaus.org; https://example.org/q/192.0.2.1"},
      {"550 two\r\nlines\x1b[2J", "", "550 two  lines [2J"},
      {"550 100%@ @ % @@", "", "550 ***@ @ % @@"},
      {"", "joe@example.org", ""},
      {"550 ab", "@", "550 ab"},
  };
  for (const auto& c : cases) EXPECT_EQ(Redact(c.reply, c.recipient), c.want) << c.reply;
}

TEST(Redact, IsBounded) {
  EXPECT_LE(Redact(std::string(100'000, 'a'), "").size(), kMaxRedacted);
  EXPECT_LE(Redact(std::string(100'000, '@'), "").size(), kMaxRedacted);
  std::string pairs;
  for (int i = 0; i < 5000; ++i) pairs += "a@";
  EXPECT_LE(Redact(pairs, "a@b").size(), kMaxRedacted);
}

}  // namespace
}  // namespace bouncewatch

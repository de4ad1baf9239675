#include "classifier/speaker.h"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

namespace bouncewatch {
namespace {

TEST(Speaker, FollowsFromCauseAndReply) {
  const struct {
    const char* cause;
    const char* text;
    Speaker speaker;
  } kCases[] = {
      {"content.spam", "554 5.7.1 spam", Speaker::kReceiver},
      {"content.policy", "550 5.7.1 blocked by rule. a1b2 - gcdp", Speaker::kRecipientRule},
      {"content.policy", "550 5.7.1 blocked. a1b2 - gsmtp", Speaker::kReceiver},
      {"recipient.restricted", "550 5.7.133 no", Speaker::kRecipientRule},
      {"recipient.blocked-sender", "550 5.7.1 blocked by user", Speaker::kRecipientRule},
      {"recipient.unknown-user", "550 5.1.1 gone", Speaker::kReceiver},
      {"remote.dnsbl-misconfigured", "554 5.7.1 open resolver", Speaker::kBrokenReceiver},
      {"relay.denied", "554 5.7.1 Relay access denied", Speaker::kReceiver},
      {"relay.sender-suspended", "550 5.7.708 no", Speaker::kOwnRelay},
      {"relay.auth-required", "530 5.7.0 authenticate", Speaker::kOwnRelay},
      {"local.suppressed", "550 5.7.1 suppressed", Speaker::kOwnRelay},
      {"local.error", "451 4.3.0 out of memory", Speaker::kOwnMta},
      {"queue.expired", "554 5.4.7 too long", Speaker::kOwnMta},
      {"network.connect-refused", "connect to mx.example.org[192.0.2.1]:25: Connection refused",
       Speaker::kOwnMta},
      {"network.connect-refused", "450 4.4.1 connection to the inner server refused", Speaker::kReceiver},
      {"domain.not-found", "Host or domain name not found", Speaker::kOwnMta},
      {"domain.not-found", "450 4.4.4 [internal] no MX", Speaker::kOwnMta},
      {"domain.not-found", "550 5.1.2 no such domain", Speaker::kReceiver},
      {"unknown.unspecified", "", Speaker::kReceiver},
  };
  for (const auto& c : kCases) {
    const std::optional<CauseIndex> cause = FindCause(c.cause);
    ASSERT_TRUE(cause.has_value()) << c.cause;
    EXPECT_EQ(SpeakerName(SpeakerOf(*cause, ParseReply(c.text))), SpeakerName(c.speaker))
        << c.cause << ": " << c.text;
  }
}

TEST(Speaker, NamesAreDistinct) {
  std::set<std::string_view> names;
  for (int i = 0; i < kSpeakerCount; ++i) names.insert(SpeakerName(static_cast<Speaker>(i)));
  EXPECT_EQ(names.size(), static_cast<size_t>(kSpeakerCount));
  EXPECT_FALSE(names.contains(""));
}

}  // namespace
}  // namespace bouncewatch

#include "daemon/identity.h"

#include <gtest/gtest.h>

#include <string>

namespace bouncewatch {
namespace {

TEST(Identity, TheFirstRuleThatAnswersWins) {
  IdentityConfig config;
  config.transports = {{"postfix-out1", "192.0.2.1"}, {"both", "192.0.2.8"}};
  const absl::StatusOr<Identity> identity = Identity::Make(config, {{"postfix-out3", "192.0.2.3"},
                                                                    {"both", "192.0.2.9"},
                                                                    {"postfix", "192.0.2.7"},
                                                                    {"postfix/relay", ""}});
  ASSERT_TRUE(identity.ok()) << identity.status();
  const struct {
    const char* tag;
    const char* ip;
    SourceIpRule rule;
  } kCases[] = {
      {"postfix-out1/smtp", "192.0.2.1", SourceIpRule::kMap},
      {"postfix-out3/smtp", "192.0.2.3", SourceIpRule::kMap},
      {"both/smtp", "192.0.2.8", SourceIpRule::kMap},  // configured before discovered
      {"postfix-out1/bind=192.0.2.5/smtp", "192.0.2.1", SourceIpRule::kMap},
      {"other/bind=192.0.2.5/smtp", "192.0.2.5", SourceIpRule::kCmdline},
      {"other/192.0.2.6/bind=2001:db8::5/smtp", "2001:db8::5", SourceIpRule::kCmdline},
      {"other/bind=nonsense/smtp", "", SourceIpRule::kHost},
      {"other/192.0.2.6/smtp", "192.0.2.6", SourceIpRule::kTag},
      {"postfix/smtp", "192.0.2.7", SourceIpRule::kMap},
      {"postfix/relay/smtp", "", SourceIpRule::kHost},  // known to tell none
      {"postfix/relay/bind=192.0.2.5/smtp", "192.0.2.5", SourceIpRule::kCmdline},
      {"unknown", "", SourceIpRule::kHost},
      {"", "", SourceIpRule::kHost},
  };
  for (const auto& test : kCases) {
    const SourceIp found = identity->FromTag(test.tag);
    EXPECT_EQ(found.ip, test.ip) << test.tag;
    EXPECT_EQ(found.rule, test.rule) << test.tag;
  }
}

TEST(Identity, OnlyOurAddressesAreTakenFromReplies) {
  IdentityConfig config;
  config.ips = {"192.0.2.0/28", "2001:db8::/32"};
  const absl::StatusOr<Identity> identity = Identity::Make(config);
  ASSERT_TRUE(identity.ok());
  EXPECT_EQ(identity->FromReply("550 198.51.100.1 refused, 192.0.2.3."), "192.0.2.3");
  EXPECT_EQ(identity->FromReply("550 [2001:db8::1] listed"), "2001:db8::1");
  EXPECT_EQ(identity->FromReply("550 192.0.2.16 listed"), "");
}

}  // namespace
}  // namespace bouncewatch

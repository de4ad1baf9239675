#include "classifier/rules/nearest_rule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "classifier/mask.h"
#include "classifier/rules/loader.h"

namespace bouncewatch {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr std::string_view kRules = R"TOML(
[[provider]]
name = "google"
[[provider]]
name = "acme"
[[rule]]
id = "google-unsolicited"
provider = "google"
any = "our system has detected that this message is likely unsolicited mail"
cause = "content.spam"
[[rule]]
id = "acme-unsolicited"
provider = "acme"
any = "our system has detected that this message is likely unsolicited mail"
cause = "content.spam"
[[rule]]
id = "full"
codes = "452"
any = ["mailbox full", "quota exceeded"]
cause = "recipient.mailbox-full"
[[rule]]
id = "token"
token = "S3150"
cause = "blocklist.provider"
[[rule]]
id = "both"
all = ["reverse mapping", "refused"]
cause = "identity.ptr"
[[rule]]
id = "shape"
regex = 'limit .{0,20} (?:reached|hit) today\b'
cause = "rate.messages"
)TOML";

class NearestRulesTest : public testing::Test {
 protected:
  // "rule: why".
  std::string Nearest(std::string_view text, std::string_view provider = "") const {
    std::string masked;
    Mask(text, &masked);
    const auto near = nearest_.Find(ParseReply(masked), rules_->providers().FindName(provider));
    return near ? rules_->rules()[near->rule].id + ": " + near->why : "none";
  }

  const std::shared_ptr<const RuleSet> rules_ = *RuleSet::Compile(*ParseRuleFile(kRules, "r.toml"));
  const NearestRules nearest_{rules_};
};

TEST_F(NearestRulesTest, NamesTheWordsThatAProviderChanged) {
  const std::string_view text =
      "550-5.7.1 Gmail has detected that this message is likely unsolicited mail. 550 5.7.1 - gsmtp";
  EXPECT_THAT(Nearest(text, "google"), AllOf(HasSubstr("google-unsolicited: \"our system has detected"),
                                             HasSubstr("lacks \"system\"")));
  EXPECT_THAT(Nearest(text, "acme"), HasSubstr("acme-unsolicited: "));
}

TEST_F(NearestRulesTest, NamesTheConditionWhereAllWordsAreThere) {
  EXPECT_EQ(Nearest("550 5.2.2 the mailbox full"), "full: codes");
  EXPECT_EQ(Nearest("552 full is the mailbox"), "full: the words of \"mailbox full\" stand otherwise");
  EXPECT_EQ(Nearest("550 the limit was reached so often, today no more"), "shape: regex");
}

TEST_F(NearestRulesTest, LooksAtAllPhrasesOfARuleTogether) {
  EXPECT_EQ(Nearest("550 connection refused, no reverse name"),
            "both: \"reverse mapping refused\" lacks \"mapping\"");
}

TEST_F(NearestRulesTest, SaysNothingWhereNothingIsNear) {
  EXPECT_EQ(Nearest("550 something else altogether"), "none");
  EXPECT_EQ(Nearest("550 message"), "none");
  EXPECT_EQ(Nearest(""), "none");
}

}  // namespace
}  // namespace bouncewatch

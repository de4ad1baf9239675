#include "classifier/rules/kumo_import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "classifier/rules/loader.h"
#include "classifier/rules/rule_check.h"

namespace bouncewatch {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::string_view kShipped = R"TOML(
[[provider]]
name = "alpha"
[[rule]]
id = "frogs"
any = "frogs"
cause = "auth.spf"
match = "550 5.7.1 frogs"
[[rule]]
id = "code-only"
codes = "552 5.2.2"
cause = "recipient.mailbox-full"
match = "552 5.2.2 heron"
)TOML";

RuleFileContent Shipped() {
  return *ParseRuleFile(kShipped, "shipped.toml");
}

TEST(KumoImport, CarriesRulesOver) {
  const auto result = ImportKumoRules(R"TOML(
[rules]
InvalidRecipient = [
  "^(550|551) 5\\.1\\.[12] .*newt \\d+ is gone",
  "no such newt",
]
QuotaIssues = "^45\\d 4\\.2\\.2"
)TOML",
                                      "bounces.toml", "site", Shipped());
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->carried, 3u);
  EXPECT_THAT(result->left, IsEmpty());
  EXPECT_THAT(result->toml, AllOf(HasSubstr("[[rule]]  # bounces.toml:4:3\nid = 'site-invalid-recipient-1'\n"
                                            "codes = ['550 5.1.1', '550 5.1.2', '551 5.1.1', '551 5.1.2']\n"
                                            "regex = 'newt (?:<n>|\\d+) is gone'\n"),
                                  HasSubstr("any = '*no such newt*'"), HasSubstr("codes = ['45x 4.2.2']")));
  // The output passes with what is shipped.
  auto own = ParseRuleFile(result->toml, "own.toml");
  ASSERT_TRUE(own.ok()) << own.status();
  ASSERT_EQ(own->rules.size(), 3u);
  EXPECT_EQ(Causes()[own->rules[0].cause].id, "recipient.unknown-user");
  RuleFileContent content = Shipped();
  content.rules.insert(content.rules.end(), own->rules.begin(), own->rules.end());
  const auto findings = CheckRules(std::move(content));
  ASSERT_TRUE(findings.ok()) << findings.status();
  EXPECT_THAT(*findings, IsEmpty());
}

TEST(KumoImport, SaysWhatItLeavesAndWhy) {
  const auto result = ImportKumoRules(R"TOML(
SpamBlock = ["newts refused", "newt(?! salad)", "at mx1\\.newt\\.example",
             "[TSS99] newt", "frogs", "heron"]
SiteSpecific = ["x"]
BadDomain = ["newts refused"]
)TOML",
                                      "bounces.toml", "site", Shipped());
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->carried, 1u) << result->toml;
  std::vector<std::string> left;
  for (const KumoImport::Left& one : result->left) {
    left.push_back(one.location.ToString() + " " + one.regex + ": " + one.why);
    EXPECT_THAT(result->toml, HasSubstr("#   " + one.location.ToString() + ": " + one.regex + ": "));
  }
  EXPECT_THAT(
      left,
      ElementsAre(
          AllOf(HasSubstr("2:14 newts refused: "), HasSubstr("same conditions as rule site-bad-domain-1")),
          AllOf(HasSubstr("2:31 newt(?! salad): "), HasSubstr("look-around")),
          AllOf(HasSubstr("2:49 at mx1"), HasSubstr("what the mask takes out")),
          AllOf(HasSubstr("3:14 [TSS99]"), HasSubstr("one character out of 5")),
          AllOf(HasSubstr("3:30 frogs: "), HasSubstr("rule frogs")),
          AllOf(HasSubstr("3:39 heron: "), HasSubstr("would take a reply from rule code-only")),
          AllOf(HasSubstr("4:17 x: "), HasSubstr("no cause of ours corresponds to class \"SiteSpecific\""))));
}

TEST(KumoImport, RefusesOtherFiles) {
  for (const std::string_view text : {"x = 1\n", "[rules]\nA = [1]\n", "[rules.A]\nb = 1\n", "nonsense"}) {
    const auto result = ImportKumoRules(text, "b.toml", "site", Shipped());
    ASSERT_FALSE(result.ok()) << text;
    EXPECT_THAT(std::string(result.status().message()), HasSubstr("b.toml:")) << text;
  }
  const auto empty = ImportKumoRules("", "b.toml", "site", Shipped());
  ASSERT_TRUE(empty.ok());
  EXPECT_EQ(empty->carried, 0u);
}

}  // namespace
}  // namespace bouncewatch

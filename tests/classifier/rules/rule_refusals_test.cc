// What `rules check` must refuse, one test for each, with the place it names. Every case is a file of two
// good rules and one that is at fault; rule_check_test.cc looks at the findings closer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "classifier/rules/loader.h"
#include "classifier/rules/rule_check.h"

namespace bouncewatch {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr std::string_view kGood = R"TOML([[rule]]
id = "frogs"
any = "frogs"
cause = "auth.spf"
match = "550 5.7.1 frogs"
[[rule]]
id = "toads"
codes = "550"
any = "toads"
priority = 5
cause = "auth.dkim"
match = "550 5.7.1 toads"
)TOML";

// Everything `rules check` says of the good rules with `more` behind them, from line 13 on.
std::vector<std::string> Check(const std::string& more) {
  const auto content = ParseRuleFile(std::string(kGood) + more, "site/own.toml");
  if (!content.ok()) return {std::string(content.status().message())};
  const auto findings = CheckRules(*content);
  if (!findings.ok()) return {std::string(findings.status().message())};
  std::vector<std::string> lines;
  for (const RuleFinding& finding : *findings) lines.push_back(finding.ToString());
  return lines;
}

TEST(RuleRefusals, TheGoodRulesPass) {
  EXPECT_THAT(Check(""), IsEmpty());
}

TEST(RuleRefusals, AnUnescapedBracket) {
  EXPECT_THAT(
      Check("\n  [[rule]]\n  id = \"new\"\n  cause = \"rate.connections\"\n  regex = '[TSS04] newts'\n"
            "  match = \"421 4.7.0 [TSS04] newts\"\n"),
      Contains(AllOf(StartsWith("site/own.toml:14:3: new: regex: "), HasSubstr("write \\[TSS04\\]"))));
  EXPECT_THAT(Check("[[rule]]\nid = \"new\"\ncause = \"rate.connections\"\nregex = 'newts (S3150'\n"
                    "match = \"550 newts (S3150)\"\n"),
              Contains(AllOf(StartsWith("site/own.toml:13:1: "), HasSubstr("Missing close parenthesis"))));
}

TEST(RuleRefusals, ARuleShadowedByAnother) {
  EXPECT_THAT(Check("[[rule]]\nid = \"new\"\ncause = \"auth.spf\"\ncodes = \"550 5.7.1\"\nany = \"toads\"\n"
                    "match = \"550 5.7.1 toads\"\n"),
              Contains(AllOf(StartsWith("site/own.toml:13:1: new: is shadowed: rule toads "),
                             HasSubstr("site/own.toml:6:1"))));
}

TEST(RuleRefusals, ADeadRule) {
  EXPECT_THAT(Check("[[rule]]\nid = \"new\"\ncause = \"auth.spf\"\nany = \"old newts\"\nnone = \"newts\"\n"
                    "match = \"550 old newts\"\n"),
              Contains(StartsWith("site/own.toml:13:1: new: can never match: ")));
}

TEST(RuleRefusals, ADuplicateId) {
  EXPECT_THAT(
      Check("[[rule]]\nid = \"toads\"\ncause = \"auth.spf\"\nany = \"newts\"\nmatch = \"550 newts\"\n"),
      Contains(AllOf(StartsWith("site/own.toml:13:1: "),
                     HasSubstr("\"toads\" is already used at site/own.toml:6:1"))));
}

TEST(RuleRefusals, ASampleWonByAnotherRule) {
  EXPECT_THAT(Check("[[rule]]\nid = \"new\"\ncause = \"auth.spf\"\nany = \"newts\"\n"
                    "match = [\"550 newts\", \"550 newts or toads\"]\n"),
              Contains(AllOf(StartsWith("site/own.toml:13:1: new: sample \"550 newts or toads\" is won by "),
                             HasSubstr("rule toads (site/own.toml:6:1"))));
}

TEST(RuleRefusals, ARuleThatReadsWhatTheMaskDrops) {
  EXPECT_THAT(
      Check("[[rule]]\nid = \"new\"\ncause = \"auth.spf\"\nany = \"mx1.example.org\"\n"
            "match = \"550 newts at mx1.example.org\"\n"),
      Contains(AllOf(StartsWith("site/own.toml:13:1: new: any: \"mx1.example.org\" can never be there"),
                     HasSubstr("<host>"))));
  EXPECT_THAT(
      Check("[[rule]]\nid = \"new\"\ncause = \"auth.spf\"\nregex = 'newt 4[0-9]{4}'\n"
            "match = \"550 newt 40112\"\n"),
      Contains(StartsWith("site/own.toml:13:1: new: matches its sample \"550 newt 40112\" only before ")));
}

}  // namespace
}  // namespace bouncewatch

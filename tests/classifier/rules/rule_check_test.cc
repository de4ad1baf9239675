#include "classifier/rules/rule_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "classifier/rules/loader.h"
#include "classifier/rules/overlay.h"

namespace bouncewatch {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

// The base of every case: rules that have nothing wrong.
constexpr std::string_view kGood = R"TOML(
[[provider]]
name = "alpha"
[[provider]]
name = "beta"
[[rule]]
id = "full"
any = ["mailbox full", "quota exceeded"]
cause = "recipient.mailbox-full"
match = ["452 4.2.2 the mailbox full", "552 quota exceeded"]
nomatch = "452 4.2.2 mailbox fuller"
[[rule]]
id = "full-alpha"
provider = ["alpha", "beta"]
any = "mailbox full"
cause = "recipient.disabled"
match = "452 4.2.2 mailbox full"
[[rule]]
id = "token"
token = "S3150"
cause = "blocklist.provider"
match = "550 5.7.1 mailbox full (S3150)"
[[rule]]
id = "connect"
phase = "connect"
codes = "421"
cause = "rate.connections"
match = "421 4.3.2 later"
)TOML";

// Lines "rule kind: what" about rules added to the good ones.
std::vector<std::string> Findings(const std::string& more) {
  absl::StatusOr<RuleFileContent> content = ParseRuleFile(std::string(kGood) + more, "r.toml");
  if (!content.ok()) return {content.status().ToString()};
  const absl::StatusOr<std::vector<RuleFinding>> findings = CheckRules(*std::move(content));
  if (!findings.ok()) return {findings.status().ToString()};
  std::vector<std::string> lines;
  for (const RuleFinding& finding : *findings) {
    EXPECT_THAT(finding.ToString(), StartsWith("r.toml:"));
    lines.push_back(finding.rule + " " + std::string(FindingName(finding.kind)) + ": " + finding.what);
  }
  return lines;
}

std::string NewRule(const std::string& keys) {
  return "[[rule]]\nid = \"new\"\ncause = \"auth.spf\"\n" + keys;
}

TEST(RuleCheck, FindsNothingInGoodRules) {
  EXPECT_THAT(Findings(""), IsEmpty());
  EXPECT_THAT(Findings(NewRule("regex = 'spf \\[fail\\] (soft|hard)'\nmatch = \"550 spf [fail] hard\"\n")),
              IsEmpty());
}

TEST(RuleCheck, NamesThePlaceOfTheRule) {
  absl::StatusOr<RuleFileContent> content =
      ParseRuleFile("\n\n" + NewRule("any = \"frogs\"\n"), "dir/r.toml");
  ASSERT_TRUE(content.ok());
  const auto findings = CheckRules(*std::move(content));
  ASSERT_TRUE(findings.ok() && findings->size() == 1);
  EXPECT_EQ(findings->front().ToString(),
            "dir/r.toml:3:1: new: has no sample in \"match\": nothing proves that it can win");
}

TEST(RuleCheck, RefusesARuleWithoutSample) {
  EXPECT_THAT(Findings(NewRule("any = \"frogs\"\n")), ElementsAre(StartsWith("new no-sample: ")));
}

TEST(RuleCheck, RefusesASampleThatAnotherRuleWins) {
  EXPECT_THAT(Findings(NewRule("any = \"mailbox\"\nmatch = \"552 mailbox full\"\n")),
              ElementsAre(AllOf(StartsWith("new sample-lost: "),
                                HasSubstr("is won by rule full (r.toml:6:1, phrase"))));
  EXPECT_THAT(Findings(NewRule("any = \"frogs\"\nmatch = \"552 quota exceeded\"\n")),
              ElementsAre(AllOf(StartsWith("new sample-lost: "), HasSubstr("won by rule full"),
                                HasSubstr("none of its words"))));
  // A rule of several providers need not win at each.
  EXPECT_THAT(Findings(NewRule("provider = \"alpha\"\nany = \"mailbox full\"\npriority = 1\n"
                               "codes = \"452\"\nmatch = \"452 4.2.2 mailbox full\"\n")),
              IsEmpty());
}

TEST(RuleCheck, RefusesASampleWithOtherCodes) {
  EXPECT_THAT(Findings(NewRule("codes = \"550 5.7.1\"\nany = \"frogs\"\nmatch = \"450 4.7.1 frogs\"\n")),
              ElementsAre(AllOf(StartsWith("new sample-lost: "), HasSubstr("codes do not fit 450 4.7.1"))));
}

TEST(RuleCheck, RefusesANearMissThatMatches) {
  EXPECT_THAT(Findings(NewRule("any = \"frogs\"\nmatch = \"550 frogs\"\nnomatch = \"550 green frogs\"\n")),
              ElementsAre(AllOf(StartsWith("new near-miss: "), HasSubstr("550 green frogs"))));
  // Being outranked does not make it a miss.
  EXPECT_THAT(Findings(NewRule("any = \"frogs\"\nmatch = \"550 frogs\"\nnomatch = \"550 frogs (S3150)\"\n")),
              ElementsAre(StartsWith("new near-miss: ")));
}

TEST(RuleCheck, RefusesAShadowedRule) {
  const std::string wide =
      "[[rule]]\nid = \"wide\"\ncause = \"auth.spf\"\nany = \"frogs\"\npriority = 9\nmatch = \"550 frogs\"\n";
  EXPECT_THAT(Findings(wide + NewRule("codes = \"550\"\nany = [\"green frogs\", \"frogs, red\"]\n"
                                      "match = \"550 green frogs\"\n")),
              ElementsAre(AllOf(StartsWith("new shadowed: "), HasSubstr("rule wide (r.toml:"))));
  EXPECT_THAT(Findings(wide + NewRule("any = \"green frogs\"\n")),
              ElementsAre(StartsWith("new no-sample: "), StartsWith("new shadowed: ")));
  // Not where a condition of the other one may fail.
  EXPECT_THAT(Findings(wide + NewRule("any = \"green frogs*\"\n")),
              ElementsAre(StartsWith("new no-sample: ")));
  EXPECT_THAT(Findings(wide + NewRule("any = [\"green frogs\", \"toads\"]\n")),
              ElementsAre(StartsWith("new no-sample: ")));
}

TEST(RuleCheck, RefusesARuleThatCannotMatch) {
  EXPECT_THAT(Findings(NewRule(
                  "all = [\"green frogs\", \"pond\"]\nnone = \"frogs\"\nmatch = \"550 green frogs pond\"\n")),
              ElementsAre(AllOf(StartsWith("new dead: "), HasSubstr("its own \"none\"")),
                          AllOf(StartsWith("new sample-lost: "), HasSubstr("none: 'frogs' present"))));
  EXPECT_THAT(Findings(NewRule("any = [\"frogs\", \"old frogs\"]\nnone = \"frogs*\"\n")),
              ElementsAre(StartsWith("new dead: "), StartsWith("new no-sample: ")));
}

TEST(RuleCheck, RefusesADuplicate) {
  EXPECT_THAT(Findings("[[rule]]\nid = \"full\"\ncause = \"auth.spf\"\nany = \"x\"\n"),
              ElementsAre(HasSubstr("r.toml:29:1: rule id \"full\" is already used at r.toml:6:1")));
  EXPECT_THAT(Findings(NewRule("any = [\"Quota exceeded\", \"mailbox FULL\"]\npriority = 5\n"
                               "match = \"552 5.2.2 mailbox full\"\n")),
              testing::Contains(AllOf(StartsWith("new duplicate: "), HasSubstr("rule full"))));
}

TEST(RuleCheck, RefusesWhatTheMaskTakesOut) {
  const struct {
    std::string keys, what;
  } cases[] = {
      {"any = \"192.0.2.1\"\nmatch = \"550 frogs at 192.0.2.1\"\n", "any: \"192.0.2.1\" can never be there"},
      {"all = [\"frogs\", \"mx1.example.org\"]\nmatch = \"550 frogs at mx1.example.org\"\n",
       "all: \"mx1.example.org\""},
      {"any = \"frogs  jump\"\nmatch = \"550 frogs  jump\"\n", "any: \"frogs  jump\""},
      {"regex = 'frog number [0-9]{5}'\nmatch = \"550 frog number 12345\"\n", "only before masking"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.keys);
    EXPECT_THAT(Findings(NewRule(c.keys)),
                testing::Contains(AllOf(StartsWith("new mask: "), HasSubstr(c.what))));
  }
}

TEST(RuleCheck, RefusesBracketsMeantAsText) {
  EXPECT_THAT(Findings(NewRule("regex = '[TSS04] frogs'\nmatch = \"421 4.7.0 [TSS04] frogs\"\n")),
              ElementsAre(AllOf(StartsWith("new regex: "), HasSubstr("[TSS04] is one character out of 5")),
                          AllOf(StartsWith("new sample-lost: "), HasSubstr("with its brackets escaped"))));
  EXPECT_THAT(Findings(NewRule("regex = '(554\\.30)'\nmatch = \"550 frogs (554.30)\"\n")),
              ElementsAre(AllOf(StartsWith("new regex: "), HasSubstr("is a group"))));
  EXPECT_THAT(Findings(NewRule("regex = 'frogs (really)'\nmatch = \"550 frogs really\"\n")),
              ElementsAre(AllOf(StartsWith("new regex: "), HasSubstr("(really) is a group"))));
  EXPECT_THAT(Findings(NewRule("regex = 'frogs (really green|not)'\nmatch = \"550 frogs (not)\"\n")),
              ElementsAre(AllOf(StartsWith("new sample-lost: "), HasSubstr("regex does not match"))));
  for (const std::string regex :
       {"frogs[^<a-z]", "frog[sz]", "(frogs)? jump", "(frogs|toads) jump", "frogs.{0,9} [0-9a-f]*"}) {
    EXPECT_THAT(Findings(NewRule("regex = '" + regex + "'\nmatch = \"550 frogs jump\"\n")), IsEmpty())
        << regex;
  }
}

TEST(RuleCheck, RefusesToDisableWhatThereIsNot) {
  EXPECT_THAT(Findings(NewRule("any = \"frogs\"\nmatch = \"550 frogs\"\n")), IsEmpty());
  const auto shipped = ParseRuleFile(kGood, "r.toml");
  const auto own = ParseRuleFile("disable = [\"full\", \"fuller\"]\n", "own.toml");
  ASSERT_TRUE(shipped.ok() && own.ok());
  const auto findings = CheckRules(*ApplyOverlay(*shipped, *own));
  ASSERT_TRUE(findings.ok());
  ASSERT_EQ(findings->size(), 1u);
  EXPECT_EQ(findings->front().kind, RuleFinding::Kind::kDisable);
  EXPECT_THAT(findings->front().ToString(), StartsWith("own.toml:1:11: fuller: "));
}

}  // namespace
}  // namespace bouncewatch

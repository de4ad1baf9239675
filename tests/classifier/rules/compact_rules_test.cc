#include "classifier/rules/compact_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "classifier/rules/loader.h"
#include "classifier/rules/rule_set.h"

namespace bouncewatch {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view kText = R"(
[[provider]]
name = "examplemail"
mx   = [".mx.example.net"]
[[fingerprint]]
provider = "examplemail"
any      = "- exmtp"
[[rule]]
id       = "examplemail-x100"
since    = 2020-02-03
checked  = 2026-11-01
provider = "examplemail"
codes    = ["550 5.7.1", "4xx -", "* x.7.x"]
phase    = ["mail", "end-of-data"]
token    = "X100"
list     = "dnsbl.example.org"
any      = ["listed", "blocked*"]
all      = "our list"
none     = ["content"]
regex    = 'by.{0,9}ip'
extract  = { netblock = 'net ([0-9./]+)' }
cause    = "blocklist.provider"
priority = -7
remedy   = "ask the postmaster"
url      = "https://help.example.net/x100"
match    = "550 5.7.1 X100 listed by ip"
nomatch  = ["550 5.7.1 X1000"]
)";

RuleFileContent Parsed() {
  absl::StatusOr<RuleFileContent> content = ParseRuleFile(kText, "text.toml");
  EXPECT_TRUE(content.ok()) << content.status();
  return *std::move(content);
}

TEST(CompactRules, KeepAllButTheSamples) {
  const absl::StatusOr<RuleFileContent> decoded = DecodeRules(EncodeRules(Parsed()));
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  ASSERT_EQ(decoded->rules.size(), 1u);
  const Rule& rule = decoded->rules[0];
  EXPECT_EQ(rule.since, "2020-02-03");
  EXPECT_EQ(rule.checked, "2026-11-01");
  EXPECT_EQ(rule.remedy, "ask the postmaster");
  EXPECT_EQ(rule.url, "https://help.example.net/x100");
  EXPECT_EQ(rule.location.ToString(), "text.toml:8:1");
  EXPECT_EQ(rule.priority, -7);
  ASSERT_EQ(rule.extracts.size(), 1u);
  EXPECT_EQ(rule.extracts[0].kind, IdentityKind::kNetblock);
  EXPECT_EQ(rule.extracts[0].pattern, "net ([0-9./]+)");
  EXPECT_TRUE(rule.codes[2].Matches(421, EnhancedCode{4, 7, 9}));
  EXPECT_THAT(rule.phases, ElementsAre(Phase::kMail, Phase::kEndOfData));
  EXPECT_THAT(rule.match, IsEmpty());
  EXPECT_THAT(rule.nomatch, IsEmpty());
  EXPECT_EQ(decoded->providers[0].location.ToString(), "text.toml:2:1");
  EXPECT_THAT(decoded->fingerprints[0].any, ElementsAre("- exmtp"));
}

TEST(CompactRules, MeanTheSame) {
  for (const RuleFileContent& content : {Parsed(), *ParseRuleFiles(EmbeddedRuleFiles()), RuleFileContent{}}) {
    absl::StatusOr<RuleFileContent> decoded = DecodeRules(EncodeRules(content));
    ASSERT_TRUE(decoded.ok()) << decoded.status();
    EXPECT_EQ(EncodeRules(*decoded), EncodeRules(content));
    const auto fresh = RuleSet::Compile(content);
    const auto again = RuleSet::Compile(*std::move(decoded));
    ASSERT_TRUE(fresh.ok() && again.ok());
    EXPECT_EQ((*again)->fingerprint(), (*fresh)->fingerprint());
  }
}

TEST(CompactRules, RefuseBytesThatAreNoRules) {
  const std::string bytes = EncodeRules(Parsed());
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(DecodeRules(std::string_view(bytes).substr(0, size)).ok()) << size;
  }
  EXPECT_FALSE(DecodeRules(bytes + '\0').ok());
  EXPECT_FALSE(DecodeRules("BWRULES1\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01").ok());
}

// Whatever the bytes say, what comes out can be used: no number is outside what it counts.
TEST(CompactRules, SurviveDamage) {
  const std::string bytes = EncodeRules(Parsed());
  std::mt19937 random(7);
  size_t accepted = 0;
  for (int i = 0; i < 5000; ++i) {
    std::string damaged = bytes;
    damaged[8 + random() % (damaged.size() - 8)] = static_cast<char>(random());
    const absl::StatusOr<RuleFileContent> decoded = DecodeRules(damaged);
    if (!decoded.ok()) continue;
    ++accepted;
    for (const Rule& rule : decoded->rules) {
      ASSERT_LT(rule.cause, Causes().size());
      for (const Phase phase : rule.phases) ASSERT_LT(static_cast<int>(phase), kPhaseCount);
    }
  }
  EXPECT_GT(accepted, 0u);  // most bytes are text
}

}  // namespace
}  // namespace bouncewatch

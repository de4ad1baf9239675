#include "classifier/rules/rule_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

#include "classifier/rules/loader.h"
#include "tests/support/naive_rules.h"

namespace bouncewatch {
namespace {

using testing::HasSubstr;

constexpr std::string_view kProviders = R"(
[[provider]]
name = "alpha"
mx = [".alpha.example.net"]
[[provider]]
name = "beta"
[[fingerprint]]
provider = "alpha"
any = ["- asmtp", "alpha*"]
[[fingerprint]]
provider = "beta"
any = ["- bsmtp", "help.beta.example.org"]
)";

constexpr std::string_view kRules = R"(
[[rule]]
id = "full"
any = ["mailbox full", "over quota"]
cause = "recipient.mailbox-full"
[[rule]]
id = "full-alpha"
provider = "alpha"
any = "mailbox full"
cause = "recipient.disabled"
[[rule]]
id = "full-long"
any = "your mailbox full of mail"
cause = "recipient.rate-limited"
[[rule]]
id = "full-urgent"
any = "full"
none = "no hurry"
priority = 1
codes = "452"
cause = "recipient.restricted"
[[rule]]
id = "list"
list = "zen.example.org"
cause = "blocklist.ip"
[[rule]]
id = "token"
token = ["S3150", "S3140"]
cause = "blocklist.provider"
[[rule]]
id = "token-alpha"
provider = ["beta", "alpha"]
token = "S3150"
cause = "reputation.ip"
[[rule]]
id = "all"
all = ["spf", "did not pass"]
cause = "auth.spf"
[[rule]]
id = "regex"
regex = 'limit .{0,20}exceeded'
phase = ["mail", "rcpt"]
cause = "rate.messages"
[[rule]]
id = "code-exact"
codes = "550 5.7.1"
cause = "policy.local"
[[rule]]
id = "code-class"
codes = ["5xx *", "4xx -"]
cause = "remote.temporary"
[[rule]]
id = "code-beta"
provider = "beta"
codes = "550"
cause = "content.spam"
)";

std::shared_ptr<const RuleSet> CompileText(const std::string& text) {
  absl::StatusOr<RuleFileContent> content = ParseRuleFile(text, "rules.toml");
  EXPECT_TRUE(content.ok()) << content.status();
  if (!content.ok()) return nullptr;
  absl::StatusOr<std::shared_ptr<const RuleSet>> rules = RuleSet::Compile(*std::move(content));
  EXPECT_TRUE(rules.ok()) << rules.status();
  return rules.ok() ? *rules : nullptr;
}

std::shared_ptr<const RuleSet> CompileSample() {
  return CompileText(std::string(kProviders) + std::string(kRules));
}

std::string CompileError(const std::string& text) {
  absl::StatusOr<RuleFileContent> content = ParseRuleFile(text, "rules.toml");
  EXPECT_TRUE(content.ok()) << content.status();
  if (!content.ok()) return "";
  return RuleSet::Compile(*std::move(content)).status().ToString();
}

Reply MakeReply(int code, EnhancedCode enhanced, std::string_view text, Phase phase = Phase::kUnknown) {
  Reply reply;
  reply.code = code;
  reply.enhanced = enhanced;
  reply.text = text;
  reply.phase = phase;
  return reply;
}

std::string WinnerOf(const RuleSet& rules, const RuleMatch& match) {
  return match.rule == kNoRule ? "" : rules.rules()[match.rule].id;
}

TEST(RuleSet, DecidesBySpecificityThenPriorityThenLength) {
  const auto rules = CompileSample();
  ASSERT_NE(rules, nullptr);
  const auto scratch = rules->NewScratch();
  const struct {
    Reply reply;
    std::string_view provider, winner;
  } cases[] = {
      {MakeReply(550, {}, "Mailbox FULL"), "", "full"},
      {MakeReply(550, {}, "mailbox fully used, mailbox full"), "", "full"},
      {MakeReply(550, {}, "mailbox fully used"), "", "code-class"},
      {MakeReply(550, {}, "mailbox  full"), "", "code-class"},
      {MakeReply(550, {}, "mailbox full"), "alpha", "full-alpha"},
      {MakeReply(550, {}, "mailbox full"), "beta", "full"},
      {MakeReply(550, {}, "your mailbox full of mail"), "", "full-long"},
      {MakeReply(452, {}, "your mailbox full of mail"), "", "full-urgent"},
      {MakeReply(452, {}, "your mailbox full of mail, no hurry"), "", "full-long"},
      {MakeReply(550, {}, "mailbox full, see zen.example.org"), "", "list"},
      {MakeReply(550, {}, "see key.zen.example.org (S3140)"), "", "token"},
      {MakeReply(550, {}, "(s3150)"), "alpha", "token-alpha"},
      {MakeReply(550, {}, "(s3150-1)"), "alpha", "code-class"},
      {MakeReply(550, {}, "SPF check did not pass"), "", "all"},
      {MakeReply(550, {}, "SPF check did pass"), "", "code-class"},
      {MakeReply(421, {}, "limit of <n> exceeded", Phase::kRcpt), "", "regex"},
      {MakeReply(421, {}, "limit of <n> exceeded", Phase::kData), "", "code-class"},
      {MakeReply(550, {5, 7, 1}, "no"), "", "code-exact"},
      {MakeReply(550, {5, 7, 1}, "no"), "beta", "code-beta"},
      {MakeReply(550, {5, 7, 2}, ""), "", "code-class"},
      {MakeReply(421, {4, 7, 0}, "no"), "", ""},
      {MakeReply(0, {}, ""), "", ""},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(testing::Message() << c.reply.code << " " << c.reply.text << " by " << c.provider);
    const RuleMatch match = rules->Match(c.reply, rules->providers().FindName(c.provider), scratch.get());
    EXPECT_EQ(WinnerOf(*rules, match), c.winner);
    const CauseIndex expected = match.rule == kNoRule ? UnspecifiedCause() : rules->rules()[match.rule].cause;
    EXPECT_EQ(match.cause, expected);
  }
}

TEST(RuleSet, TakesTheProviderThatTheTextBetrays) {
  const auto rules = CompileSample();
  ASSERT_NE(rules, nullptr);
  const auto scratch = rules->NewScratch();
  const struct {
    std::string_view given, text, provider;
  } cases[] = {
      {"", "mailbox full - asmtp", "alpha"},
      {"beta", "mailbox full - asmtp", "beta"},
      {"", "mailbox full", ""},
      {"", "- asmtp help.beta.example.org", "beta"},  // the longer one
      {"", "- bsmtp - asmtp", "alpha"},               // equally long: the first name
      {"", "alphabet", "alpha"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    const RuleMatch match =
        rules->Match(MakeReply(550, {}, c.text), rules->providers().FindName(c.given), scratch.get());
    EXPECT_EQ(rules->providers().name(match.provider), c.provider);
  }
}

TEST(RuleSet, ExplainsWhyOthersLost) {
  const auto rules = CompileSample();
  ASSERT_NE(rules, nullptr);
  const auto scratch = rules->NewScratch();
  std::vector<RuleCandidate> candidates;
  const Reply reply = MakeReply(550, {}, "Mailbox full of spf, no hurry, limit exceeded; (S3150)");
  const RuleMatch match = rules->Explain(reply, kNoProvider, scratch.get(), &candidates);
  EXPECT_EQ(WinnerOf(*rules, match), "token");
  std::vector<std::string> lines;
  for (const RuleCandidate& candidate : candidates) {
    lines.push_back(rules->rules()[candidate.rule].id + ": " + candidate.failed);
  }
  EXPECT_THAT(lines, testing::ElementsAre("token: ", "full: ", "code-class: ", "token-alpha: provider",
                                          "full-alpha: provider", "full-urgent: codes",
                                          "all: all: 'did not pass' absent", "regex: phase"));

  rules->Explain(MakeReply(452, {}, "full, no hurry"), kNoProvider, scratch.get(), &candidates);
  ASSERT_EQ(candidates.size(), 2u);
  EXPECT_EQ(candidates[1].failed, "none: 'no hurry' present");
}

TEST(RuleSet, NamesTheRuleThatDoesNotCompile) {
  const std::string head = "\n\n[[rule]]\nid = \"bad\"\ncause = \"auth.spf\"\n";
  const std::string good = "[[rule]]\nid = \"a\"\ncause = \"auth.spf\"\nregex = 'a+b'\n";
  EXPECT_THAT(CompileError(good + head + "regex = 'spf[ failed'\n"),
              HasSubstr("rules.toml:7:1: regex 'spf[ failed'"));
  EXPECT_THAT(CompileError(good + head + "regex = '(spf'\n"), HasSubstr("rules.toml:7:1: regex"));
  EXPECT_THAT(CompileError(good + head + "regex = 'x*'\n"), HasSubstr("empty"));
  EXPECT_THAT(CompileError(good + head + "regex = '(a)\\1'\n"), HasSubstr("rules.toml:7:1: regex"));
  EXPECT_THAT(CompileError(head + "any = \"x\"\nprovider = \"nobody\"\n"),
              HasSubstr("rules.toml:3:1: provider \"nobody\" has no [[provider]] entry"));
  EXPECT_THAT(CompileError("[[fingerprint]]\nprovider = \"nobody\"\nany = \"x\"\n"),
              HasSubstr("rules.toml:1:1: "));
  EXPECT_THAT(CompileError("[[provider]]\nname = \"a\"\n[[provider]]\nname = \"b\"\n"
                           "[[fingerprint]]\nprovider = \"a\"\nany = \"x\"\n"
                           "[[fingerprint]]\nprovider = \"b\"\nany = \"X\"\n"),
              HasSubstr("already the mark of provider \"a\""));
}

TEST(RuleSet, RefusesADuplicateId) {
  absl::StatusOr<RuleFileContent> content =
      ParseRuleFile("[[rule]]\nid = \"a\"\ncause = \"auth.spf\"\nany = \"x\"\n", "rules.toml");
  ASSERT_TRUE(content.ok());
  content->rules.push_back(content->rules[0]);
  EXPECT_THAT(RuleSet::Compile(*std::move(content)).status().ToString(),
              HasSubstr("already used at rules.toml:1:1"));
}

TEST(RuleSet, WorksWithoutRules) {
  const auto rules = CompileText("");
  ASSERT_NE(rules, nullptr);
  const auto scratch = rules->NewScratch();
  EXPECT_EQ(rules->Match(MakeReply(550, {5, 7, 1}, "no"), kNoProvider, scratch.get()).rule, kNoRule);
  EXPECT_FALSE(rules->Serialize().empty());
}

TEST(RuleSet, DoesNotDependOnFileOrder) {
  absl::StatusOr<RuleFileContent> content =
      ParseRuleFile(std::string(kProviders) + std::string(kRules), "rules.toml");
  ASSERT_TRUE(content.ok());
  RuleFileContent reversed = *content;
  std::reverse(reversed.rules.begin(), reversed.rules.end());
  std::reverse(reversed.fingerprints.begin(), reversed.fingerprints.end());
  std::reverse(reversed.providers.begin(), reversed.providers.end());
  const auto a = RuleSet::Compile(*content);
  const auto b = RuleSet::Compile(reversed);
  ASSERT_TRUE(a.ok() && b.ok());
  EXPECT_EQ((*a)->fingerprint(), (*b)->fingerprint());
  EXPECT_EQ((*a)->Serialize(), (*b)->Serialize());
  EXPECT_EQ((*a)->providers().names(), (*b)->providers().names());
}

TEST(RuleSet, FingerprintNamesTheMeaning) {
  const std::string base = std::string(kProviders) + std::string(kRules);
  const uint64_t fingerprint = CompileText(base)->fingerprint();
  EXPECT_EQ(CompileText(base + "\n# a comment\n")->fingerprint(), fingerprint);
  for (const auto& [from, to] : {std::pair("over quota", "over  quota"), std::pair("452", "453"),
                                 std::pair("\"rcpt\"", "\"data\""), std::pair("auth.spf", "auth.dkim"),
                                 std::pair("- bsmtp", "- csmtp"), std::pair(".alpha.", ".gamma.")}) {
    std::string changed = base;
    changed.replace(changed.find(from), std::string_view(from).size(), to);
    EXPECT_NE(CompileText(changed)->fingerprint(), fingerprint) << from;
  }
}

TEST(RuleSet, ReadsBackWhatItSerialized) {
  absl::StatusOr<RuleFileContent> content =
      ParseRuleFile(std::string(kProviders) + std::string(kRules), "rules.toml");
  ASSERT_TRUE(content.ok());
  const auto fresh = RuleSet::Compile(*content);
  ASSERT_TRUE(fresh.ok());
  const std::string serialized = (*fresh)->Serialize();
  const Reply reply = MakeReply(550, {}, "limit of x exceeded and mailbox full (S3150) - bsmtp");

  std::vector<std::string> stored = {serialized, "", "x", serialized.substr(0, 20), serialized + "x"};
  stored.push_back((*RuleSet::Compile(RuleFileContent{}))->Serialize());
  std::mt19937 random(7);
  for (int i = 0; i < 20; ++i) {  // a flipped bit anywhere is noticed
    stored.push_back(serialized);
    stored.back()[random() % serialized.size()] ^= static_cast<char>(1 << (random() % 8));
  }
  for (const std::string& bytes : stored) {
    const std::string_view candidates[] = {"", bytes};
    const auto loaded = RuleSet::Compile(*content, candidates);
    ASSERT_TRUE(loaded.ok());
    EXPECT_EQ((*loaded)->loaded(), bytes == serialized);
    const auto scratch = (*loaded)->NewScratch();
    EXPECT_EQ(WinnerOf(**loaded, (*loaded)->Match(reply, kNoProvider, scratch.get())), "token-alpha");
    EXPECT_EQ((*loaded)->Serialize(), serialized);
  }
}

TEST(RuleSet, AgreesWithANaiveMatcherOnRandomTexts) {
  absl::StatusOr<RuleFileContent> content =
      ParseRuleFile(std::string(kProviders) + std::string(kRules), "rules.toml");
  ASSERT_TRUE(content.ok());
  const NaiveRules naive(*content);
  const auto rules = RuleSet::Compile(*content);
  ASSERT_TRUE(rules.ok());
  const auto scratch = (*rules)->NewScratch();
  const std::string_view words[] = {
      "mailbox", "full", "over", "quota", "S3150", "s3140",    "zen.example.org",
      "spf",     "did",  "not",  "pass",  "limit", "of",       "exceeded",
      "your",    "mail", "- ",   "asmtp", "bsmtp", "no hurry", "-",
      "_",       "\xff", "."};
  const std::string_view gaps[] = {" ", " ", " ", "", "_", "-", ","};
  const std::string_view providers[] = {"", "", "alpha", "beta"};
  const int codes[] = {0, 421, 452, 550, 599};
  const EnhancedCode enhanced[] = {{}, {5, 7, 1}, {4, 0, 0}};
  std::mt19937 random(20261123);
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (size_t n = random() % 9; n > 0; --n) {
      text += words[random() % std::size(words)];
      text += gaps[random() % std::size(gaps)];
    }
    const Reply reply =
        MakeReply(codes[random() % std::size(codes)], enhanced[random() % std::size(enhanced)], text,
                  static_cast<Phase>(random() % kPhaseCount));
    const std::string_view provider = providers[random() % std::size(providers)];
    const RuleMatch match = (*rules)->Match(reply, (*rules)->providers().FindName(provider), scratch.get());
    const NaiveRules::Decision expected = naive.Decide(reply, provider);
    ASSERT_EQ(WinnerOf(**rules, match), expected.rule) << text;
    ASSERT_EQ((*rules)->providers().name(match.provider), expected.provider) << text;
  }
}

}  // namespace
}  // namespace bouncewatch

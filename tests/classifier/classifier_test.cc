#include "classifier/classifier.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "classifier/mask.h"
#include "classifier/rules/loader.h"

namespace bouncewatch {
namespace {

constexpr uint64_t kSeed = 1;

constexpr std::string_view kRules = R"(
[[provider]]
name = "alpha"
mx = [".alpha.example.net"]
[[fingerprint]]
provider = "alpha"
any = "- asmtp"
[[rule]]
id = "unknown-user"
any = "user unknown"
cause = "recipient.unknown-user"
[[rule]]
id = "unknown-user-alpha"
provider = "alpha"
any = "user unknown"
cause = "recipient.disabled"
)";

std::shared_ptr<const RuleSet> MakeRules() {
  absl::StatusOr<RuleFileContent> content = ParseRuleFile(kRules, "rules.toml");
  EXPECT_TRUE(content.ok()) << content.status();
  absl::StatusOr<std::shared_ptr<const RuleSet>> rules = RuleSet::Compile(*std::move(content));
  EXPECT_TRUE(rules.ok()) << rules.status();
  return *std::move(rules);
}

std::string WinnerOf(const Classifier& classifier, const Verdict& verdict) {
  return verdict.rule == kNoRule ? "" : classifier.rules().rules()[verdict.rule].id;
}

TEST(Classifier, FillsTheVerdict) {
  Classifier classifier(MakeRules(), Classifier::kDefaultCacheEntries, kSeed);
  const Verdict& verdict = classifier.Classify("550 5.1.1 <joe@example.org>: user unknown", kNoProvider);
  EXPECT_EQ(Causes()[verdict.cause].id, "recipient.unknown-user");
  EXPECT_EQ(WinnerOf(classifier, verdict), "unknown-user");
  EXPECT_EQ(verdict.provider, kNoProvider);
  EXPECT_EQ(verdict.code, 550);
  EXPECT_EQ(verdict.enhanced.ToString(), "5.1.1");
  EXPECT_NE(verdict.template_id, 0u);
  EXPECT_EQ(verdict.template_id, TemplateId(verdict.template_text));
  EXPECT_EQ(verdict.template_text.find("joe"), std::string::npos);
}

TEST(Classifier, ServesEqualTemplatesFromTheCache) {
  Classifier classifier(MakeRules(), Classifier::kDefaultCacheEntries, kSeed);
  const Verdict first = classifier.Classify("550 5.1.1 <joe@example.org>: user unknown", kNoProvider);
  const Verdict second = classifier.Classify("550 5.1.1 <ann@mail.test>: user unknown", kNoProvider);
  EXPECT_EQ(first.serial, second.serial);
  EXPECT_EQ(classifier.counters().hits, 1u);
  EXPECT_EQ(classifier.counters().misses, 1u);
}

TEST(Classifier, TellsProvidersApart) {
  Classifier classifier(MakeRules(), Classifier::kDefaultCacheEntries, kSeed);
  const ProviderIndex alpha = classifier.rules().providers().FindName("alpha");
  ASSERT_NE(alpha, kNoProvider);
  constexpr std::string_view kText = "550 user unknown";
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(WinnerOf(classifier, classifier.Classify(kText, kNoProvider)), "unknown-user");
    EXPECT_EQ(WinnerOf(classifier, classifier.Classify(kText, alpha)), "unknown-user-alpha");
  }
  const Verdict& betrayed = classifier.Classify("550 user unknown - asmtp", kNoProvider);
  EXPECT_EQ(betrayed.provider, alpha);
  EXPECT_EQ(WinnerOf(classifier, betrayed), "unknown-user-alpha");
}

TEST(Classifier, SaysUnspecifiedWhenNoRuleMatches) {
  Classifier classifier(MakeRules(), Classifier::kDefaultCacheEntries, kSeed);
  for (std::string_view text : {"", "550", "nothing known here", "\0\xff\x01"}) {
    const Verdict& verdict = classifier.Classify(text, kNoProvider);
    EXPECT_EQ(verdict.rule, kNoRule);
    EXPECT_EQ(verdict.cause, UnspecifiedCause());
    EXPECT_NE(verdict.template_id, 0u);
  }
}

// Words apart from numbers, so that every i is a template of its own.
std::string Distinct(int i) {
  std::string word = "word";
  for (; i > 0; i /= 20) word += static_cast<char>('a' + i % 20);
  return "550 user unknown " + word;
}

TEST(Classifier, BoundsItsCacheAndKeepsWhatIsUsed) {
  constexpr size_t kEntries = 64;
  Classifier classifier(MakeRules(), kEntries, kSeed);
  const uint64_t kept = classifier.Classify("550 always here", kNoProvider).serial;
  std::set<uint64_t> serials = {kept};
  for (int i = 1; i <= 1000; ++i) {
    serials.insert(classifier.Classify(Distinct(i), kNoProvider).serial);
    ASSERT_EQ(classifier.Classify("550 always here", kNoProvider).serial, kept)
        << "least recently used goes first";
  }
  EXPECT_EQ(serials.size(), 1001u);
  EXPECT_EQ(classifier.counters().misses, 1001u);
  EXPECT_EQ(classifier.counters().hits, 1000u);
  EXPECT_GE(classifier.counters().evictions, 1001u - kEntries);
  EXPECT_EQ(classifier.counters().mismatches, 0u);
}

TEST(Classifier, VerdictDoesNotDependOnTheSeed) {
  Classifier a(MakeRules(), 64, 1), b(MakeRules(), 64, 2);
  for (int i = 0; i < 300; ++i) {
    const Verdict& from_a = a.Classify(Distinct(i), kNoProvider);
    const Verdict& from_b = b.Classify(Distinct(i), kNoProvider);
    ASSERT_EQ(from_a.template_id, from_b.template_id);
    ASSERT_EQ(from_a.cause, from_b.cause);
  }
}

TEST(Classifier, CutsTheTemplateText) {
  Classifier classifier(MakeRules(), Classifier::kDefaultCacheEntries, kSeed);
  std::string text = "550 ";
  for (int i = 0; i < 1000; ++i) text += "words ";
  const Verdict first = classifier.Classify(text, kNoProvider);
  EXPECT_EQ(first.template_text.size(), kMaxTemplateText);
  for (int i = 0; i < 200; ++i) EXPECT_EQ(classifier.Classify(text, kNoProvider).serial, first.serial);
  EXPECT_EQ(classifier.counters().mismatches, 0u);
}

}  // namespace
}  // namespace bouncewatch

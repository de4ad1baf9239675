// The rules that are built in, proved with their own samples and against the naive matcher.
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>

#include "classifier/classifier.h"
#include "classifier/embedded_file.h"
#include "classifier/mask.h"
#include "classifier/rules/loader.h"
#include "classifier/rules/rule_check.h"
#include "classifier/rules/rule_set.h"
#include "classifier/taxonomy.h"
#include "tests/support/naive_rules.h"

namespace bouncewatch {
namespace {

constexpr size_t kMinRules = 300;

class ShippedRules : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    absl::StatusOr<RuleFileContent> content = ParseRuleFiles(EmbeddedRuleFiles());
    ASSERT_TRUE(content.ok()) << content.status();
    content_ = new RuleFileContent(*content);
    absl::StatusOr<std::shared_ptr<const RuleSet>> rules = RuleSet::Compile(*std::move(content));
    ASSERT_TRUE(rules.ok()) << rules.status();
    rules_ = new std::shared_ptr<const RuleSet>(*std::move(rules));
  }
  static void TearDownTestSuite() {
    delete rules_;
    delete content_;
  }
  void SetUp() override { ASSERT_NE(rules_, nullptr); }

  static const RuleSet& rules() { return **rules_; }
  static ProviderIndex ProviderOf(const Rule& rule) {
    return rule.providers.empty() ? kNoProvider : rules().providers().FindName(rule.providers[0]);
  }
  static std::string NameOf(uint32_t rule) { return rule == kNoRule ? "no rule" : rules().rules()[rule].id; }

  static inline RuleFileContent* content_ = nullptr;
  static inline std::shared_ptr<const RuleSet>* rules_ = nullptr;
};

TEST_F(ShippedRules, AreManyAndAllHaveSamples) {
  EXPECT_GE(rules().rules().size(), kMinRules);
  for (const Rule& rule : rules().rules()) {
    EXPECT_FALSE(rule.match.empty()) << rule.location.ToString() << ": " << rule.id << " has no sample";
    EXPECT_FALSE(rule.since.empty()) << rule.location.ToString() << ": " << rule.id
                                     << " has no date \"since\"";
    EXPECT_FALSE(rule.checked.empty())
        << rule.location.ToString() << ": " << rule.id << " has no date \"checked\"";
  }
}

TEST_F(ShippedRules, PassTheCheck) {
  const absl::StatusOr<std::vector<RuleFinding>> findings = CheckRules(*content_);
  ASSERT_TRUE(findings.ok()) << findings.status();
  for (const RuleFinding& finding : *findings) ADD_FAILURE() << finding.ToString();
  EXPECT_TRUE(content_->disabled.empty());
}

// The check reads masks itself; the classifier must say the same.
TEST_F(ShippedRules, WinTheirOwnSamples) {
  Classifier classifier(*rules_);
  for (uint32_t i = 0; i < rules().rules().size(); ++i) {
    const Rule& rule = rules().rules()[i];
    for (const std::string& sample : rule.match) {
      const Verdict verdict = classifier.ClassifyUncached(sample, ProviderOf(rule));
      EXPECT_EQ(NameOf(verdict.rule), rule.id)
          << rule.location.ToString() << "\n  sample: " << sample << "\n  masked: " << verdict.template_text;
    }
    for (const std::string& sample : rule.nomatch) {
      const Verdict verdict = classifier.ClassifyUncached(sample, ProviderOf(rule));
      EXPECT_NE(verdict.rule, i) << rule.location.ToString() << ": " << rule.id
                                 << "\n  must not match: " << sample;
    }
  }
}

TEST_F(ShippedRules, ReachEveryCause) {
  std::set<std::string_view> reached;
  for (const Rule& rule : rules().rules()) reached.insert(Causes()[rule.cause].id);
  for (const Cause& cause : Causes()) EXPECT_TRUE(reached.contains(cause.id)) << "no rule for " << cause.id;
}

// All samples, then random splices of two of them; what a text means must not depend on the cache or on
// Vectorscan.
class SampleStream {
 public:
  explicit SampleStream(const RuleSet& rules) {
    for (const Rule& rule : rules.rules()) {
      samples_.insert(samples_.end(), rule.match.begin(), rule.match.end());
      samples_.insert(samples_.end(), rule.nomatch.begin(), rule.nomatch.end());
    }
  }
  size_t sample_count() const { return samples_.size(); }
  size_t Random(size_t below) { return random_() % below; }
  std::string At(size_t i) {
    if (i < samples_.size()) return samples_[i];
    const std::string& a = samples_[Random(samples_.size())];
    const std::string& b = samples_[Random(samples_.size())];
    return a.substr(0, Random(a.size() + 1)) + b.substr(Random(b.size() + 1));
  }

 private:
  std::vector<std::string> samples_;
  std::mt19937 random_{20261123};
};

TEST_F(ShippedRules, AgreeWithANaiveMatcher) {
  const NaiveRules naive(*content_);
  const auto scratch = rules().NewScratch();
  SampleStream stream(rules());
  ASSERT_GT(stream.sample_count(), 0u);
  std::string masked;
  for (size_t i = 0; i < stream.sample_count() + 1000; ++i) {
    Mask(stream.At(i), &masked);
    const Reply reply = ParseReply(masked);
    const auto provider = static_cast<ProviderIndex>(stream.Random(rules().providers().names().size()));
    const RuleMatch match = rules().Match(reply, provider, scratch.get());
    const NaiveRules::Decision expected = naive.Decide(reply, rules().providers().name(provider));
    ASSERT_EQ(NameOf(match.rule), expected.rule.empty() ? "no rule" : expected.rule) << masked;
    ASSERT_EQ(rules().providers().name(match.provider), expected.provider) << masked;
  }
}

TEST_F(ShippedRules, MeanTheSameThroughTheCache) {
  Classifier cached(*rules_, 256, 1);  // small: entries come and go
  Classifier uncached(*rules_);
  SampleStream stream(rules());
  ASSERT_GT(stream.sample_count(), 0u);
  for (size_t i = 0; i < 2 * stream.sample_count(); ++i) {
    const std::string text = stream.At(i);
    const auto provider = static_cast<ProviderIndex>(stream.Random(rules().providers().names().size()));
    const Verdict expected = uncached.ClassifyUncached(text, provider);
    for (int round = 0; round < 2; ++round) {
      const Verdict& verdict = cached.Classify(text, provider);
      ASSERT_EQ(verdict.rule, expected.rule) << text;
      ASSERT_EQ(verdict.cause, expected.cause) << text;
      ASSERT_EQ(verdict.provider, expected.provider) << text;
      ASSERT_EQ(verdict.template_id, expected.template_id) << text;
    }
  }
  EXPECT_GT(cached.counters().hits, stream.sample_count());
  EXPECT_EQ(cached.counters().mismatches, 0u);
}

}  // namespace
}  // namespace bouncewatch

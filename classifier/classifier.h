// Classifier: reply text to Verdict, with a bounded cache of templates in front of the rules.
//
//   Classifier classifier(rules);
//   const Verdict& verdict = classifier.Classify(text, provider);
//
// Text is masked (classifier/mask.h), the mask's hash is looked up, and only a template not seen before is
// parsed and matched. The verdict is a function of (masked text, provider, phase) alone. One thread per
// Classifier; the RuleSet is shared.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "classifier/reply.h"
#include "classifier/rules/rule_set.h"
#include "classifier/speaker.h"
#include "classifier/taxonomy.h"

namespace bouncewatch {

struct Verdict {
  CauseIndex cause = 0;
  uint32_t rule = kNoRule;               // index into rules(); kNoRule when none matched
  ProviderIndex provider = kNoProvider;  // given, or betrayed by the text
  uint16_t code = 0;                     // basic code of the innermost reply, 0 when absent
  EnhancedCode enhanced;
  Phase phase = Phase::kUnknown;
  Speaker speaker = Speaker::kReceiver;
  uint64_t template_id = 0;  // never 0 after classification
  uint64_t serial = 0;       // differs for every verdict this Classifier ever made; a key for callers' caches
  std::string template_text;  // the masked text, cut at kMaxTemplateText
};

inline constexpr size_t kMaxTemplateText = 512;

// What the cache did; plain numbers owned by the classifier's thread.
struct ClassifierCounters {
  uint64_t hits = 0, misses = 0, evictions = 0;
  uint64_t mismatches =
      0;  // two texts under one hash, found out by the audit of hits; also counted as misses
};

class Classifier {
 public:
  static constexpr size_t kDefaultCacheEntries = 16384;

  // `seed` keys the cache's hash against crafted collisions. No verdict depends on it; tests give a fixed
  // one.
  explicit Classifier(std::shared_ptr<const RuleSet> rules, size_t cache_entries = kDefaultCacheEntries,
                      uint64_t seed = RandomSeed());
  ~Classifier();

  // `phase`: where the caller knows it from elsewhere; used when the text does not say it.
  // The reference is valid until the next call.
  const Verdict& Classify(std::string_view text, ProviderIndex provider, Phase phase = Phase::kUnknown);
  // The same without the cache: the slow path itself, for tests and explain.
  Verdict ClassifyUncached(std::string_view text, ProviderIndex provider, Phase phase = Phase::kUnknown);

  const RuleSet& rules() const { return *rules_; }
  const ClassifierCounters& counters() const { return counters_; }

 private:
  struct CacheSlot;
  struct Cache;
  static uint64_t RandomSeed();
  // Both on masked_.
  Verdict Decide(ProviderIndex provider, Phase phase, bool* provider_matters);
  CacheSlot* Lookup(uint64_t key, ProviderIndex provider, Phase phase);

  std::shared_ptr<const RuleSet> rules_;
  std::unique_ptr<RuleSet::Scratch> scratch_;
  std::unique_ptr<Cache> cache_;
  std::string masked_;  // reused
  uint64_t serial_ = 0;
  ClassifierCounters counters_;
};

}  // namespace bouncewatch

// The cache is 4-way set associative: the hash of (masked text, provider) picks a set, the least recently
// used of its four slots makes room. The hash is keyed with a random seed, so a sender of replies cannot aim
// at one set.
#include "classifier/classifier.h"

#include <algorithm>
#include <bit>
#include <random>
#include <utility>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "classifier/mask.h"

namespace bouncewatch {
namespace {

constexpr size_t kWays = 4;
constexpr size_t kMinCacheEntries = 64;
constexpr uint64_t kAuditEvery = 64;  // hits; a power of two

}  // namespace

struct Classifier::Cache {
  struct Slot {
    uint64_t last_used = 0;
    size_t masked_size = 0;
    ProviderIndex asked_provider = kNoProvider;
    Phase asked_phase = Phase::kUnknown;
    Verdict verdict;
  };

  Cache(size_t entries, uint64_t hash_seed)
      : sets(std::bit_ceil(std::max(entries, kMinCacheEntries)) / kWays),
        seed(hash_seed),
        keys(sets * kWays),
        slots(sets * kWays) {}

  // Never 0, which marks a free slot.
  uint64_t KeyOf(std::string_view masked, ProviderIndex provider, Phase phase) const {
    const uint64_t asked = uint64_t{provider} << 8 | static_cast<uint64_t>(phase);
    const uint64_t key =
        XXH3_64bits_withSeed(masked.data(), masked.size(), seed + asked * uint64_t{0x9e3779b97f4a7c15});
    return key == 0 ? 1 : key;
  }
  size_t FirstSlot(uint64_t key) const { return (key & (sets - 1)) * kWays; }

  Slot* Find(uint64_t key) {
    const size_t first = FirstSlot(key);
    for (size_t i = first; i < first + kWays; ++i) {
      if (keys[i] == key) return &slots[i];
    }
    return nullptr;
  }

  // A slot for a new key; `*evicted` when another verdict had to go.
  Slot* Replace(uint64_t key, bool* evicted) {
    const size_t first = FirstSlot(key);
    size_t oldest = first;
    for (size_t i = first + 1; i < first + kWays; ++i) {
      if (slots[i].last_used < slots[oldest].last_used) oldest = i;  // free slots were last used at 0
    }
    *evicted = keys[oldest] != 0;
    keys[oldest] = key;
    return &slots[oldest];
  }

  const size_t sets;
  const uint64_t seed;
  uint64_t clock = 0;  // counts calls
  std::vector<uint64_t> keys;
  std::vector<Slot> slots;
};

uint64_t Classifier::RandomSeed() {
  std::random_device device;
  return (uint64_t{device()} << 32) | device();
}

Classifier::Classifier(std::shared_ptr<const RuleSet> rules, size_t cache_entries, uint64_t seed)
    : rules_(std::move(rules)),
      scratch_(rules_->NewScratch()),
      cache_(std::make_unique<Cache>(cache_entries, seed)) {}

Classifier::~Classifier() = default;

const Verdict& Classifier::Classify(std::string_view text, ProviderIndex provider, Phase phase) {
  Mask(text, &masked_);
  const uint64_t key = cache_->KeyOf(masked_, provider, phase);
  ++cache_->clock;
  Cache::Slot* slot = cache_->Find(key);
  if (slot != nullptr) {
    slot->last_used = cache_->clock;
    const std::string& known = slot->verdict.template_text;
    const bool same = slot->masked_size == masked_.size() && slot->asked_provider == provider &&
                      slot->asked_phase == phase &&
                      (counters_.hits % kAuditEvery != 0 || masked_.compare(0, known.size(), known) == 0);
    if (same) {
      ++counters_.hits;
      return slot->verdict;
    }
    ++counters_.mismatches;
  } else {
    bool evicted = false;
    slot = cache_->Replace(key, &evicted);
    if (evicted) ++counters_.evictions;
  }
  ++counters_.misses;
  slot->last_used = cache_->clock;
  slot->masked_size = masked_.size();
  slot->asked_provider = provider;
  slot->asked_phase = phase;
  slot->verdict = Decide(provider, phase);
  return slot->verdict;
}

Verdict Classifier::ClassifyUncached(std::string_view text, ProviderIndex provider, Phase phase) {
  Mask(text, &masked_);
  return Decide(provider, phase);
}

Verdict Classifier::Decide(ProviderIndex provider, Phase phase) {
  Reply reply = ParseReply(masked_);
  if (reply.phase == Phase::kUnknown) reply.phase = phase;
  const RuleMatch match = rules_->Match(reply, provider, scratch_.get());
  Verdict verdict;
  verdict.cause = match.cause;
  verdict.rule = match.rule;
  verdict.provider = match.provider;
  verdict.code = static_cast<uint16_t>(reply.code);
  verdict.enhanced = reply.enhanced;
  verdict.phase = reply.phase;
  verdict.template_id = TemplateId(masked_);
  verdict.serial = ++serial_;
  verdict.template_text = masked_.substr(0, kMaxTemplateText);
  return verdict;
}

}  // namespace bouncewatch

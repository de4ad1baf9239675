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
constexpr ProviderIndex kEveryProvider = 0xffff;

}  // namespace

struct Classifier::CacheSlot {
  uint64_t last_used = 0;
  size_t masked_size = 0;
  ProviderIndex asked_provider = kNoProvider;
  Phase asked_phase = Phase::kUnknown;
  Verdict verdict;
};

struct Classifier::Cache {
  using Slot = CacheSlot;

  Cache(size_t entries, uint64_t hash_seed)
      : sets(std::bit_ceil(std::max(entries, kMinCacheEntries)) / kWays),
        seed(hash_seed),
        keys(sets * kWays),
        slots(sets * kWays) {}

  // What is asked: the masked text's hash with the rest. Never 0, which marks a free slot.
  static uint64_t KeyOf(uint64_t masked_hash, ProviderIndex provider, Phase phase) {
    const uint64_t asked = uint64_t{provider} << 8 | static_cast<uint64_t>(phase);
    const uint64_t key = (masked_hash ^ asked) * uint64_t{0x9e3779b97f4a7c15};
    return key == 0 ? 1 : key ^ key >> 32;
  }
  size_t FirstSlot(uint64_t key) const { return (key & (sets - 1)) * kWays; }

  Slot* Find(uint64_t key) {
    const size_t first = FirstSlot(key);
    for (size_t i = first; i < first + kWays; ++i) {
      if (keys[i] == key) return &slots[i];
    }
    return nullptr;
  }

  // A slot for a key, its own where it has one; `*evicted` when another verdict had to go.
  Slot* Replace(uint64_t key, bool* evicted) {
    const size_t first = FirstSlot(key);
    size_t oldest = first;
    for (size_t i = first; i < first + kWays; ++i) {
      if (keys[i] == key) {
        oldest = i;
        break;
      }
      if (slots[i].last_used < slots[oldest].last_used) oldest = i;  // free slots were last used at 0
    }
    *evicted = keys[oldest] != 0 && keys[oldest] != key;
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

// Most verdicts are the same for every provider: those are kept once, under kEveryProvider.
const Verdict& Classifier::Classify(std::string_view text, ProviderIndex provider, Phase phase) {
  Mask(text, &masked_);
  const uint64_t hash = XXH3_64bits_withSeed(masked_.data(), masked_.size(), cache_->seed);
  ++cache_->clock;
  Cache::Slot* slot = nullptr;
  if (provider != kNoProvider)
    slot = Lookup(Cache::KeyOf(hash, kEveryProvider, phase), kEveryProvider, phase);
  if (slot == nullptr) slot = Lookup(Cache::KeyOf(hash, provider, phase), provider, phase);
  if (slot != nullptr) {
    ++counters_.hits;
    if (provider != kNoProvider) slot->verdict.provider = provider;
    return slot->verdict;
  }
  ++counters_.misses;
  bool provider_matters = true;
  Verdict verdict = Decide(provider, phase, &provider_matters);
  if (provider == kNoProvider) provider_matters = true;  // the text may have betrayed one
  const ProviderIndex kept_for = provider_matters ? provider : kEveryProvider;
  bool evicted = false;
  slot = cache_->Replace(Cache::KeyOf(hash, kept_for, phase), &evicted);
  if (evicted) ++counters_.evictions;
  slot->last_used = cache_->clock;
  slot->masked_size = masked_.size();
  slot->asked_provider = kept_for;
  slot->asked_phase = phase;
  slot->verdict = std::move(verdict);
  return slot->verdict;
}

// The slot that answers for masked_, or nullptr. A key may belong to another text: the length always tells,
// and every kAuditEvery-th hit is compared with the text itself.
Classifier::CacheSlot* Classifier::Lookup(uint64_t key, ProviderIndex provider, Phase phase) {
  Cache::Slot* slot = cache_->Find(key);
  if (slot == nullptr) return nullptr;
  const std::string& known = slot->verdict.template_text;
  const bool same = slot->masked_size == masked_.size() && slot->asked_provider == provider &&
                    slot->asked_phase == phase &&
                    (counters_.hits % kAuditEvery != 0 || masked_.compare(0, known.size(), known) == 0);
  if (!same) {
    ++counters_.mismatches;
    return nullptr;
  }
  slot->last_used = cache_->clock;
  return slot;
}

Verdict Classifier::ClassifyUncached(std::string_view text, ProviderIndex provider, Phase phase) {
  Mask(text, &masked_);
  bool provider_matters = true;
  return Decide(provider, phase, &provider_matters);
}

Verdict Classifier::Decide(ProviderIndex provider, Phase phase, bool* provider_matters) {
  Reply reply = ParseReply(masked_);
  if (reply.phase == Phase::kUnknown) reply.phase = phase;
  const RuleMatch match = rules_->Match(reply, provider, scratch_.get());
  *provider_matters = match.provider_matters;
  Verdict verdict;
  verdict.cause = match.cause;
  verdict.rule = match.rule;
  verdict.provider = match.provider;
  verdict.code = static_cast<uint16_t>(reply.code);
  verdict.enhanced = reply.enhanced;
  verdict.phase = reply.phase;
  verdict.speaker = SpeakerOf(match.cause, reply);
  verdict.template_id = TemplateId(masked_);
  verdict.serial = ++serial_;
  verdict.template_text = masked_.substr(0, kMaxTemplateText);
  return verdict;
}

}  // namespace bouncewatch

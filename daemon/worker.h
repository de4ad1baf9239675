// Worker: the middle of the pipeline. Lines become events, events become verdicts, verdicts become rows of a Rollup.
//
//   for each chunk of a stream:  decode -> source IP -> provider -> classify -> rollup
//
// A worker owns its decoders, classifier and rollup and shares nothing; it works in batches so that the memory misses of
// one batch overlap. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "classifier/classifier.h"
#include "classifier/decode/decoder.h"
#include "daemon/identity.h"
#include "storage/rollup.h"

namespace bouncewatch {

struct WorkerCounters {
  uint64_t events = 0;        // counted into the rollup
  uint64_t classified = 0;    // replies given to the classifier
  uint64_t unclassified = 0;  // of those, answered unknown.unspecified
};

class Worker {
 public:
  // `seed` keys the rollup's hash tables.
  Worker(std::shared_ptr<const RuleSet> rules, const Identity& identity, uint64_t seed);

  // Decodes all of `lines` into the current rollup.
  void Process(Decoder* decoder, std::string_view lines, YearAnchor* anchor);

  // True when the rollup is large enough that it should be committed now, whatever the time.
  bool full() const;
  bool empty() const { return rollup_->empty(); }

  // Hands the counts over and goes on with `fresh` (cleared, or null to make a new one).
  std::unique_ptr<Rollup> TakeRollup(std::unique_ptr<Rollup> fresh);

  const WorkerCounters& counters() const { return counters_; }
  const ClassifierCounters& classifier_counters() const { return classifier_.counters(); }

 private:
  struct AnswerSlot {
    uint64_t verdict_serial = 0;
    AnswerKey key;           // template_ref unused
    uint32_t epoch = 0, answer = 0;
  };
  struct TextSlot {
    uint64_t hash = 0;
    uint32_t epoch = 0, id = 0;
    ProviderIndex provider = kNoProvider;
  };

  void Count(const EventBatch& batch);
  uint32_t AnswerOf(const DeliveryEvent& event, ProviderIndex provider);
  uint32_t LaneOf(const DeliveryEvent& event);
  ProviderIndex ProviderOf(std::string_view relay_host);

  Classifier classifier_;
  const Identity& identity_;
  std::unique_ptr<Rollup> rollup_;
  uint32_t epoch_ = 1;  // of rollup_; entries of the small caches below belong to one epoch
  WorkerCounters counters_;
  EventBatch batch_;
  std::vector<AnswerSlot> answers_;
  std::vector<TextSlot> relays_, tags_;
};

}  // namespace bouncewatch

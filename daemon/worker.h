// Worker: the middle of the pipeline. Lines become events, events become verdicts, verdicts become rows of a
// Rollup.
//
//   for each chunk of a stream:  decode -> source IP -> provider -> classify -> rollup
//
// A worker owns its decoders, classifier and rollup and shares nothing; it works in batches so that the
// memory misses of one batch overlap. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "classifier/classifier.h"
#include "classifier/decode/decoder.h"
#include "daemon/evidence_log.h"
#include "daemon/identity.h"
#include "daemon/receiver_groups.h"
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
  void Process(Decoder* decoder, std::string_view lines, FileState* file);

  // True when the rollup is large enough that it should be committed now, whatever the time.
  bool full() const;
  bool empty() const { return rollup_->empty(); }

  // Hands the counts over and goes on with `fresh` (cleared, or null to make a new one).
  std::unique_ptr<Rollup> TakeRollup(std::unique_ptr<Rollup> fresh);

  // Keeps replies for EvidenceLog from now on, at most kEvidencePerCommit at a time.
  void KeepEvidence() { evidence_wanted_ = true; }
  std::vector<EvidenceReply> TakeEvidence();

  const WorkerCounters& counters() const { return counters_; }
  const ClassifierCounters& classifier_counters() const { return classifier_.counters(); }

 private:
  // Small direct-mapped caches in front of the rollup's dictionaries. A slot counts only in its own epoch:
  // ids are local to one rollup.
  struct AnswerSlot {
    uint64_t verdict_serial = 0;   // 0: delivered, no verdict
    uint64_t rest = ~uint64_t{0};  // group, code, outcome, origin, phase; no answer's at first
    uint32_t enhanced = 0;
    uint32_t answer = 0;
  };
  struct TagSlot {
    uint64_t hash = 0;
    uint32_t epoch = 0;
    uint32_t host = 0;     // local id of the logging machine
    uint32_t ip = 0;       // by map or tag; 0: the tag does not tell
    uint32_t host_ip = 0;  // "host:<name>"
  };
  struct LaneSlot {
    uint64_t hash = 0;  // of tag, machine and sender
    uint32_t epoch = 0, lane = 0;
  };
  // What is worked out for all events of a batch before the first is counted.
  struct Prepared {
    std::string_view domain;  // lower case
    uint64_t domain_hash, relay_hash, tag_hash, lane_hash;
  };

  void Count(const EventBatch& batch);
  void AddEvidence(const DeliveryEvent& event, const Row& row);
  void Prepare(const DeliveryEvent& event, char* lower, Prepared* prepared) const;
  const Verdict* ReadAnswer(const DeliveryEvent& event, ReceiverGroup group, AnswerKey* key);
  uint32_t AnswerOf(const DeliveryEvent& event, uint64_t relay_hash);
  uint32_t InternAnswer(const DeliveryEvent& event, ReceiverGroup group, const Verdict* verdict,
                        AnswerKey key);
  uint32_t LaneOf(const DeliveryEvent& event, const Prepared& prepared);
  uint32_t InternLane(const DeliveryEvent& event, const TagSlot& tag, uint32_t ip);
  const TagSlot& TagOf(const DeliveryEvent& event, uint64_t hash);
  ReceiverGroup GroupOf(std::string_view relay_host, uint64_t hash);

  const Identity& identity_;
  Classifier classifier_;
  ReceiverGroups groups_;
  std::unique_ptr<Rollup> rollup_;
  const HashKey hash_key_;  // of rollup_'s names
  uint32_t epoch_ = 1;      // of rollup_
  WorkerCounters counters_;
  EventBatch batch_;
  std::vector<AnswerSlot> answers_;
  // Upper 48 bits of a relay's hash, then its provider; holds in every epoch. The slot is chosen by lower
  // bits.
  std::vector<uint64_t> relays_;
  std::vector<TagSlot> tags_;
  std::vector<LaneSlot> lanes_;
  bool evidence_wanted_ = false;
  std::vector<EvidenceReply> evidence_;
  std::set<std::pair<uint32_t, uint32_t>> evidence_seen_;  // (domain, answer) of evidence_
};

}  // namespace bouncewatch

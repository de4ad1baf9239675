// EvidenceLog: the last few replies for every provider, cause and recipient domain, as they were said but
// without the people in them (classifier/redact.h). They are states of the store, committed with the counts
// of the lines they come from; what is kept is bounded, and the triple that has been silent longest goes
// first.
//
// Load and Add belong to the thread that reads; FindEvidence to any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/store.h"

namespace bouncewatch {

inline constexpr size_t kRepliesKept = 5;           // of one triple
inline constexpr size_t kEvidenceTriples = 10'000;  // about 20 MB at most
inline constexpr size_t kEvidencePerCommit = 256;   // the others of a busy half second are not looked at

struct EvidenceReply {
  std::string provider, cause, domain;
  int64_t time_s = 0;
  std::string ip, sender_domain;
  uint64_t template_id = 0;
  std::string text;  // redacted
};

// What to find; "" is any. `provider` and `cause` narrow what is read.
struct EvidenceFilter {
  std::string provider, cause, domain, ip;
  int64_t from_s = 0, to_s = INT64_MAX;
  size_t limit = 50;
};

class EvidenceLog {
 public:
  // Learns what the store holds already.
  absl::Status Load(const Store& store);
  // Adds to `states` what puts the replies into the store, and out of it what makes room.
  void Add(const std::vector<EvidenceReply>& replies, std::vector<StateUpdate>* states);
  size_t triples() const { return triples_.size(); }

 private:
  struct Triple {
    int64_t newest_s = 0;
    uint32_t next_slot = 0, used_slots = 0;
  };
  void Forget(std::vector<StateUpdate>* states);

  std::map<std::string, Triple, std::less<>> triples_;
  std::set<std::pair<int64_t, std::string>> by_age_;
};

// The newest first.
absl::StatusOr<std::vector<EvidenceReply>> FindEvidence(const Store& store, const EvidenceFilter& filter);

}  // namespace bouncewatch

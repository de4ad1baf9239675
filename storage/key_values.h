// KeyValues: what a row's ids mean for the keys of one query: which rows pass its filters, which are one
// series.
//
// A row has three parts: its domain, its lane, its answer. Each lane and each answer is looked at once per
// query and becomes the number of a group (the values of the keys in `by`), or nothing when a filter drops
// it.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "absl/status/statusor.h"
#include "classifier/interner.h"
#include "classifier/text.h"
#include "storage/entries.h"
#include "storage/reader.h"
#include "storage/records.h"
#include "storage/relabelling.h"
#include "storage/snapshot.h"

namespace bouncewatch {

// Ids of domains, and the shards they are in.
class DomainSet {
 public:
  explicit DomainSet(uint32_t size) : member_(size) {}
  void Insert(uint32_t domain) {
    if (domain >= member_.size()) return;
    member_[domain] = true;
    shards_.set(ShardOf(domain));
  }
  bool Contains(uint32_t domain) const { return domain < member_.size() && member_[domain]; }
  bool HasShard(uint32_t shard) const { return shards_[shard]; }

 private:
  std::vector<bool> member_;
  std::bitset<kShardCount> shards_;
};

class KeyValues {
 public:
  // How an answer counts. Group 0: dropped by a filter, or in no column.
  struct AnswerUse {
    uint32_t group = 0;
    uint32_t cause = 0;
    Outcome outcome = Outcome::kDelivered;
  };

  KeyValues(const Snapshot& snapshot, const Meta& meta, const QuerySpec& spec);

  bool by_domain() const { return by_[static_cast<size_t>(Key::kDomain)]; }
  // The domains that pass, when the query asks for some; nullopt: all do.
  absl::StatusOr<std::optional<DomainSet>> Domains();

  // Nothing: not looked at yet. 0: dropped by a filter.
  std::optional<uint32_t> KnownLaneGroup(uint32_t lane) const {
    if (!lanes_matter_) return 1;
    if (lane < lanes_.size() && lanes_[lane] != kUnknown) return lanes_[lane];
    return std::nullopt;
  }
  absl::StatusOr<uint32_t> LookAtLane(uint32_t lane);
  // The same of a marginal's name that is part of a lane; the group of a lane with this name.
  absl::StatusOr<uint32_t> GroupOfName(Marginal marginal, uint32_t name);
  absl::StatusOr<const AnswerUse*> Answer(uint32_t answer) {
    if (answer < answers_.size() && answers_[answer].group != kUnknown) return &answers_[answer];
    return LookAtAnswer(answer);
  }

  // The value of one key of a series, as text.
  absl::StatusOr<std::string> Text(Key key, uint32_t domain, uint32_t lane_group, uint32_t answer_group);
  std::string_view CauseText(uint32_t cause) const { return causes_.text(cause); }

 private:
  static constexpr uint32_t kUnknown = UINT32_MAX;
  // The value of every key of a row; only those of one part are filled at a time.
  using Values = std::array<uint32_t, kKeyCount>;

  struct Filter {
    std::unordered_set<std::string, StringHash, std::equal_to<>> exact;
    std::vector<std::string> prefixes;
    bool Matches(std::string_view text) const;
  };

  // False: the index does not hold all of the names.
  absl::StatusOr<bool> AddIndexedDomains(const Filter& filter, DomainSet* domains);
  absl::Status AddMatchingDomains(uint32_t first, DomainSet* domains);
  absl::Status LoadRelabelling();
  absl::StatusOr<const AnswerUse*> LookAtAnswer(uint32_t answer);
  absl::StatusOr<uint32_t> GroupOfLane(std::string_view bytes);
  absl::StatusOr<uint32_t> GroupOf(const Values& values, std::initializer_list<Key> keys, Interner* groups);
  absl::StatusOr<bool> Passes(Key key, uint32_t value);
  absl::StatusOr<std::string> ValueText(Key key, uint32_t value);

  const Snapshot& snapshot_;
  const Meta& meta_;
  Entries entries_;
  std::array<bool, kKeyCount> by_{};
  std::array<std::vector<Filter>, kKeyCount> filters_;
  std::array<std::unordered_map<uint32_t, bool>, kKeyCount> verdicts_;
  bool lanes_matter_ = false;
  std::optional<Relabelling> relabelling_;  // loaded with the first answer
  std::vector<uint32_t> lanes_;
  std::unordered_map<uint32_t, uint32_t> names_;  // of the query's one marginal -> group
  std::vector<AnswerUse> answers_;
  Interner lane_groups_, answer_groups_;  // bytes of Values
  Interner causes_;
};

}  // namespace bouncewatch

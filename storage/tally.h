// Tally: the counts of one query while it scans, by series, bucket and cause; then the ranked answer.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/key_values.h"
#include "storage/reader.h"
#include "storage/tuple_map.h"

namespace bouncewatch {

// What series are ranked by: the column, then the attempts.
std::pair<uint64_t, uint64_t> RankOf(RankBy sort, uint64_t delivered, uint64_t deferred, uint64_t bounced,
                                     uint64_t expired);

class Tally {
 public:
  void Add(uint32_t domain, uint32_t lane_group, const KeyValues::AnswerUse& answer, uint64_t bucket,
           uint64_t count);
  // Points so far.
  size_t cells() const { return cells_.size(); }

  // `bucket_s`: seconds a bucket; 0: all is one bucket that starts at `first_s`.
  absl::StatusOr<QueryResult> Rank(const QuerySpec& spec, int64_t bucket_s, int64_t first_s,
                                   KeyValues* values) const;

 private:
  struct Counts {
    uint64_t delivered = 0, deferred = 0, bounced = 0, expired = 0;
    uint64_t failures() const { return deferred + bounced; }
    uint64_t attempts() const { return delivered + deferred + bounced; }
  };
  struct Ranked {
    uint32_t series;
    std::pair<uint64_t, uint64_t> rank;
    std::vector<std::pair<Key, std::string>> key;
  };
  // At least the first `count`; 0: all.
  std::vector<Ranked> Best(RankBy sort, size_t count) const;
  void FillPoints(const std::vector<Ranked>& ranked, int64_t bucket_s, int64_t first_s,
                  const KeyValues& values, std::vector<Series>* out) const;

  TupleMap series_;       // (domain, lane group), answer group
  TupleMap cells_;        // series, bucket
  TupleMap cause_cells_;  // cell, cause
  std::vector<Counts> counts_;
  std::vector<uint64_t> cause_counts_;
};

}  // namespace bouncewatch

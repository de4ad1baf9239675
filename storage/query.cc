#include "storage/query.h"

#include <rocksdb/db.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "absl/strings/str_format.h"
#include "classifier/status_macros.h"
#include "storage/block.h"
#include "storage/database.h"
#include "storage/key_values.h"
#include "storage/keys.h"
#include "storage/tally.h"

namespace bouncewatch {
namespace {

std::string_view View(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}

int64_t FloorDiv(int64_t a, int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

// One run over the store for one question.
class Scan {
 public:
  Scan(const Snapshot& snapshot, const Meta& meta, const QuerySpec& spec)
      : snapshot_(snapshot), spec_(spec), values_(snapshot, meta, spec) {
    constexpr int64_t kEnd = int64_t{UINT32_MAX} + 1;
    from_ = std::clamp<int64_t>(FloorDiv(spec.from_s, 60), 0, kEnd);
    to_ = std::clamp<int64_t>(FloorDiv(spec.to_s, 60) + (spec.to_s % 60 != 0 ? 1 : 0), 0, kEnd);
  }

  absl::StatusOr<QueryResult> Run() {
    if (from_ < to_) {
      ASSIGN_OR_RETURN(domains_, values_.Domains());
      it_ = snapshot_.NewIterator();
      RETURN_IF_ERROR(ScanBlocks());
      RETURN_IF_ERROR(ScanDeltas());
    }
    return tally_.Rank(spec_, spec_.step_s, FloorDiv(spec_.from_s, 60) * 60, &values_);
  }

 private:
  uint32_t first_hour() const { return static_cast<uint32_t>(from_ / 60); }
  uint32_t last_hour() const { return static_cast<uint32_t>((to_ - 1) / 60); }

  absl::Status ScanBlocks() {
    for (uint32_t shard = 0; shard < kShardCount; ++shard) {
      if (domains_.has_value() && !domains_->HasShard(shard)) continue;
      for (it_->Seek(BlockKey(shard, first_hour())); it_->Valid(); it_->Next()) {
        const std::optional<BlockAddress> address = ParseBlockKey(View(it_->key()));
        if (!address.has_value() || address->shard != shard || address->hour > last_hour()) break;
        ASSIGN_OR_RETURN(const BlockView block, BlockView::Parse(View(it_->value()), shard));
        for (const BlockView::Run& run : block.runs()) {
          if (!Wanted(run.domain)) continue;
          for (size_t i = run.begin; i < run.end; ++i) {
            RETURN_IF_ERROR(Count(address->hour, run.domain, block, i));
          }
        }
      }
      RETURN_IF_ERROR(ToStatus(it_->status(), "read store"));
    }
    return absl::OkStatus();
  }

  absl::Status ScanDeltas() {
    for (it_->Seek(DeltaKey(first_hour(), 0)); it_->Valid(); it_->Next()) {
      const std::optional<DeltaAddress> address = ParseDeltaKey(View(it_->key()));
      if (!address.has_value() || address->hour > last_hour()) break;
      ASSIGN_OR_RETURN(const DeltaView delta, DeltaView::Parse(View(it_->value())));
      for (size_t i = 0; i < delta.rows(); ++i) {
        if (Wanted(delta.domain(i))) RETURN_IF_ERROR(Count(address->hour, delta.domain(i), delta, i));
      }
    }
    return ToStatus(it_->status(), "read store");
  }

  bool Wanted(uint32_t domain) const { return !domains_.has_value() || domains_->Contains(domain); }

  absl::Status Count(uint32_t hour, uint32_t domain, const RowColumns& rows, size_t i) {
    const int64_t minute = int64_t{hour} * 60 + rows.minute(i);
    if (minute < from_ || minute >= to_) return absl::OkStatus();
    const KeyValues::AnswerUse* answer = values_.KnownAnswer(rows.answer(i));
    if (answer == nullptr) {
      ASSIGN_OR_RETURN(answer, values_.LookAtAnswer(rows.answer(i)));
    }
    if (answer->group == 0) return absl::OkStatus();
    std::optional<uint32_t> lane_group = values_.KnownLaneGroup(rows.lane(i));
    if (!lane_group.has_value()) {
      ASSIGN_OR_RETURN(lane_group, values_.LookAtLane(rows.lane(i)));
    }
    if (*lane_group == 0) return absl::OkStatus();
    const uint64_t bucket = spec_.step_s == 0 ? 0 : static_cast<uint64_t>(minute * 60 / spec_.step_s);
    tally_.Add(values_.by_domain() ? domain : 0, *lane_group, *answer, bucket, rows.count(i));
    if (tally_.cells() > kMaxQueryCells) {
      return absl::ResourceExhaustedError(absl::StrFormat(
          "query: the answer would hold more than %d points; ask for fewer keys, a longer step or less time",
          kMaxQueryCells));
    }
    return absl::OkStatus();
  }

  const Snapshot& snapshot_;
  const QuerySpec& spec_;
  KeyValues values_;
  Tally tally_;
  int64_t from_, to_;  // minutes
  std::optional<DomainSet> domains_;
  std::unique_ptr<rocksdb::Iterator> it_;
};

}  // namespace

absl::StatusOr<QueryResult> RunQuery(const Snapshot& snapshot, const QuerySpec& spec) {
  if (spec.step_s < 0 || spec.step_s % 60 != 0) {
    return absl::InvalidArgumentError("query: the step must be whole minutes");
  }
  ASSIGN_OR_RETURN(const Meta meta, snapshot.GetMeta());
  return Scan(snapshot, meta, spec).Run();
}

}  // namespace bouncewatch

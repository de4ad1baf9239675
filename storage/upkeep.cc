#include "storage/upkeep.h"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <memory>
#include <optional>
#include <set>

#include "classifier/status_macros.h"
#include "storage/block.h"
#include "storage/keys.h"

namespace bouncewatch {
namespace {

constexpr uint32_t kDeletionsPerBatch = 4096;

std::string_view View(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}

}  // namespace

absl::Status Upkeep::Write(const Meta& meta, rocksdb::WriteBatch* batch) {
  batch->Put(MetaKey(), EncodeMeta(meta));
  return database_->Write(batch);
}

absl::Status Upkeep::Fold(uint32_t hour, std::span<const uint64_t> commits, std::vector<PackedRow>* rows,
                          Meta* meta) {
  rocksdb::WriteBatch batch;
  RETURN_IF_ERROR(folder_.FoldHour(hour, rows, meta, &batch));
  // A delta is put once and deleted once: SingleDelete lets RocksDB forget both at the first flush.
  for (const uint64_t commit : commits) batch.SingleDelete(DeltaKey(hour, commit));
  return Write(*meta, &batch);
}

absl::Status Upkeep::Advance(uint32_t closed_before, Meta* meta) {
  const uint32_t day = closed_before / 24;
  while (meta->days_closed < day) {
    rocksdb::WriteBatch batch;
    RETURN_IF_ERROR(folder_.CloseDays(day, meta, &batch));
    RETURN_IF_ERROR(Write(*meta, &batch));
  }
  return DropOld(meta);
}

absl::Status Upkeep::DropOld(Meta* meta) {
  const FirstKept kept = FirstKeptBy(retention_, *meta);
  if (kept.minutes_hour > swept_.minutes_hour) {
    std::vector<KeyRange> ranges;
    for (uint32_t shard = 0; shard < kShardCount; ++shard) {
      ranges.emplace_back(BlockKey(shard, swept_.minutes_hour), BlockKey(shard, kept.minutes_hour));
    }
    RETURN_IF_ERROR(Drop(ranges, kept.minutes_hour, &meta->minutes_from_hour, meta));
  }
  if (kept.hours_hour > swept_.hours_hour) {
    RETURN_IF_ERROR(Drop(MarginalRanges(Resolution::kHour, swept_.hours_hour, kept.hours_hour, *meta),
                         kept.hours_hour, &meta->hours_from_hour, meta));
  }
  if (kept.day > swept_.day) {
    RETURN_IF_ERROR(Drop(MarginalRanges(Resolution::kDay, swept_.day, kept.day, *meta), kept.day,
                         &meta->days_from_day, meta));
  }
  swept_ = kept;
  return absl::OkStatus();
}

std::vector<Upkeep::KeyRange> Upkeep::MarginalRanges(Resolution resolution, uint32_t from, uint32_t to,
                                                     const Meta& meta) {
  std::vector<KeyRange> ranges;
  for (int i = 0; i < kMarginalCount; ++i) {
    const Marginal marginal = static_cast<Marginal>(i);
    const uint32_t parts = PartCount(marginal, meta.next_id[static_cast<size_t>(KindOf(marginal))]);
    for (uint32_t part = 0; part < parts; ++part) {
      ranges.emplace_back(MarginalKey({resolution, marginal, part, from}),
                          MarginalKey({resolution, marginal, part, to}));
    }
  }
  return ranges;
}

absl::Status Upkeep::Drop(const std::vector<KeyRange>& ranges, uint32_t value, uint32_t* watermark,
                          Meta* meta) {
  const std::unique_ptr<rocksdb::Iterator> it(database_->db()->NewIterator(rocksdb::ReadOptions()));
  rocksdb::WriteBatch batch;
  for (const auto& [begin, end] : ranges) {
    for (it->Seek(begin); it->Valid() && View(it->key()) < end; it->Next()) {
      *watermark = value;  // readers ask for nothing below it from the first batch on
      batch.Delete(it->key());
      if (batch.Count() < kDeletionsPerBatch) continue;
      RETURN_IF_ERROR(Write(*meta, &batch));
      batch.Clear();
    }
    // What the disk has spoiled cannot be found out and stays; readers no longer ask for it.
    const absl::Status status = ToStatus(it->status(), "read store");
    if (!status.ok() && !absl::IsDataLoss(status)) return status;
  }
  return batch.Count() > 0 ? Write(*meta, &batch) : absl::OkStatus();
}

// An hour's marginals are put, not added to: what was done before a kill is done again.
absl::Status Upkeep::Upgrade(Meta* meta) {
  const std::unique_ptr<rocksdb::Iterator> it(database_->db()->NewIterator(rocksdb::ReadOptions()));
  std::set<uint32_t> hours;
  for (it->Seek(BlockKey(0, 0)); it->Valid(); it->Next()) {
    const std::optional<BlockAddress> address = ParseBlockKey(View(it->key()));
    if (!address.has_value()) break;
    hours.insert(address->hour);
  }
  RETURN_IF_ERROR(ToStatus(it->status(), "read store"));
  for (const uint32_t hour : hours) {
    std::vector<PackedRow> rows;
    for (uint32_t shard = 0; shard < kShardCount; ++shard) {
      ASSIGN_OR_RETURN(const std::optional<std::string> stored, database_->Get(BlockKey(shard, hour)));
      if (!stored.has_value()) continue;
      ASSIGN_OR_RETURN(const BlockView block, BlockView::Parse(*stored, shard));
      block.AppendTo(&rows);
    }
    rocksdb::WriteBatch batch;
    RETURN_IF_ERROR(folder_.PutHourMarginals(hour, &rows, *meta, &batch));
    RETURN_IF_ERROR(Write(*meta, &batch));
  }
  rocksdb::WriteBatch batch;
  meta->format = kStoreFormat;
  return Write(*meta, &batch);
}

}  // namespace bouncewatch

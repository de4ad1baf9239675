#include "storage/folder.h"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <span>
#include <utility>

#include "classifier/status_macros.h"
#include "storage/block.h"
#include "storage/keys.h"
#include "storage/snapshot.h"

namespace bouncewatch {
namespace {

constexpr uint8_t kUnknownOutcome = UINT8_MAX;
constexpr size_t kBatchBytesMax = size_t{1} << 20;  // of a batch that closes days

std::string_view View(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}

// Calls `visit(begin, end)` for each run of rows of which `number_of` says the same.
template <typename NumberOf, typename Visit>
absl::Status ForEachRun(const std::vector<PackedRow>& rows, NumberOf number_of, Visit visit) {
  for (auto begin = rows.begin(); begin != rows.end();) {
    const uint32_t number = number_of(*begin);
    const auto end =
        std::find_if(begin, rows.end(), [&](const PackedRow& row) { return number_of(row) != number; });
    RETURN_IF_ERROR(visit(begin, end));
    begin = end;
  }
  return absl::OkStatus();
}

// The rows of an hour by domain and answer. They come sorted by domain: only what follows needs an order.
std::vector<PackedRow> ByDomain(const std::vector<PackedRow>& rows) {
  std::vector<PackedRow> sums;
  sums.reserve(rows.size());
  size_t begin = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    sums.push_back(MarginalRow(Marginal::kDomain, rows[i].domain(), rows[i].answer(), rows[i].count()));
    if (i + 1 < rows.size() && rows[i + 1].domain() == rows[i].domain()) continue;
    std::sort(sums.begin() + static_cast<ptrdiff_t>(begin), sums.end());
    begin = sums.size();
  }
  MergeSorted(&sums);
  return sums;
}

uint32_t IdIn(const LaneRecord& lane, Marginal marginal) {
  switch (marginal) {
    case Marginal::kIp:
      return lane.ip;
    case Marginal::kSender:
      return lane.sender;
    case Marginal::kCustomer:
      return lane.customer;
    case Marginal::kHost:
      return lane.host;
    case Marginal::kDomain:
      break;  // no part of a lane
  }
  __builtin_unreachable();
}

}  // namespace

absl::Status Folder::FoldHour(uint32_t hour, std::vector<PackedRow>* rows, Meta* meta,
                              rocksdb::WriteBatch* batch) {
  SortAndMerge(rows, &scratch_);
  const FirstKept kept = FirstKeptBy(retention_, *meta);
  const uint32_t day = hour / 24;
  if (day < kept.day) {
    meta->days_from_day = kept.day;
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const Marginals marginals, SumUp(*rows));
  if (hour >= kept.minutes_hour) {
    std::vector<PackedRow> shard;
    RETURN_IF_ERROR(ForEachRun(
        *rows, [](const PackedRow& row) { return row.shard(); },
        [&](auto begin, auto end) {
          shard.assign(begin, end);
          return FoldShard(hour, &shard, *meta, batch);
        }));
  } else {
    meta->minutes_from_hour = kept.minutes_hour;
  }
  if (hour < kept.hours_hour) meta->hours_from_hour = kept.hours_hour;
  for (int i = 0; i < kMarginalCount; ++i) {
    RETURN_IF_ERROR(AddHour(static_cast<Marginal>(i), hour, marginals[static_cast<size_t>(i)], *meta, batch));
  }
  return absl::OkStatus();
}

absl::Status Folder::AddHour(Marginal marginal, uint32_t hour, const std::vector<PackedRow>& rows,
                             const Meta& meta, rocksdb::WriteBatch* batch) {
  const bool hour_is_kept = hour >= FirstKeptBy(retention_, meta).hours_hour;
  const uint32_t day = hour / 24;
  std::vector<PackedRow> part_rows;
  const auto add = [&](auto begin, auto end) -> absl::Status {
    const uint32_t part = PartOf(marginal, NameOf(marginal, *begin));
    const bool day_is_closed = meta.DayIsClosed(marginal, part, day);
    if (day_is_closed) {
      part_rows.assign(begin, end);
      RETURN_IF_ERROR(AddPart({Resolution::kDay, marginal, part, day}, &part_rows, meta, batch));
    }
    // A day that is not closed will be made of its hours, however old they are.
    if (day_is_closed && !hour_is_kept) return absl::OkStatus();
    part_rows.assign(begin, end);
    return AddPart({Resolution::kHour, marginal, part, hour}, &part_rows, meta, batch);
  };
  return ForEachRun(
      rows, [marginal](const PackedRow& row) { return PartOf(marginal, NameOf(marginal, row)); }, add);
}

absl::Status Folder::PutHourMarginals(uint32_t hour, std::vector<PackedRow>* rows, const Meta& meta,
                                      rocksdb::WriteBatch* batch) {
  SortAndMerge(rows, &scratch_);
  if (hour / 24 < FirstKeptBy(retention_, meta).day) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Marginals marginals, SumUp(*rows));
  for (int i = 0; i < kMarginalCount; ++i) {
    const Marginal marginal = static_cast<Marginal>(i);
    RETURN_IF_ERROR(ForEachRun(
        marginals[static_cast<size_t>(i)],
        [marginal](const PackedRow& row) { return PartOf(marginal, NameOf(marginal, row)); },
        [&](auto begin, auto end) {
          const uint32_t part = PartOf(marginal, NameOf(marginal, *begin));
          return PutMarginal({Resolution::kHour, marginal, part, hour}, {begin, end}, batch);
        }));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<std::string>> Folder::Stored(const std::string& key, const Meta& meta,
                                                          rocksdb::WriteBatch* batch) {
  absl::StatusOr<std::optional<std::string>> stored = database_->Get(key);
  if (absl::IsDataLoss(stored.status())) stored = database_->Get(key);  // from the disk again
  if (!absl::IsDataLoss(stored.status())) return stored;
  quarantine_->SetAside(key, "", stored.status(), meta.commit, batch);
  return std::optional<std::string>();
}

absl::Status Folder::FoldShard(uint32_t hour, std::vector<PackedRow>* rows, const Meta& meta,
                               rocksdb::WriteBatch* batch) {
  const uint32_t shard = rows->front().shard();
  const std::string key = BlockKey(shard, hour);
  ASSIGN_OR_RETURN(const std::optional<std::string> stored, Stored(key, meta, batch));
  if (stored.has_value()) {
    const absl::StatusOr<BlockView> block = BlockView::Parse(*stored, shard);
    if (block.ok()) {
      const auto added = static_cast<std::ptrdiff_t>(rows->size());
      block->AppendTo(rows);
      std::inplace_merge(rows->begin(), rows->begin() + added, rows->end());
      MergeSorted(rows);
    } else {
      quarantine_->SetAside(key, *stored, block.status(), meta.commit, batch);
    }
  }
  batch->Put(key, EncodeBlock(*rows));
  return absl::OkStatus();
}

// Lanes are looked up in the order of their ids, page after page, after equal ones have been added up.
absl::StatusOr<Folder::Marginals> Folder::SumUp(const std::vector<PackedRow>& rows) {
  Marginals marginals;
  marginals[static_cast<size_t>(Marginal::kDomain)] = ByDomain(rows);
  std::vector<PackedRow> lanes;
  lanes.reserve(rows.size());
  for (const PackedRow& row : rows) {
    lanes.push_back(PackedRow::Of(0, 0, row.lane(), row.answer(), row.count()));
  }
  SortAndMerge(&lanes, &scratch_);
  Entries entries{Snapshot(database_->db(), nullptr)};
  LaneRecord lane;
  uint32_t lane_id = 0;
  for (const PackedRow& row : lanes) {
    if (row.lane() != lane_id) {
      ASSIGN_OR_RETURN(const std::string_view bytes, entries.Find(Kind::kLane, row.lane()));
      const std::optional<LaneRecord> record = DecodeLane(bytes);
      if (!record.has_value()) return absl::DataLossError("store: damaged lane");
      lane = *record;
      lane_id = row.lane();
    }
    for (int i = 0; i < kMarginalCount; ++i) {
      const Marginal marginal = static_cast<Marginal>(i);
      if (marginal == Marginal::kDomain) continue;
      marginals[static_cast<size_t>(i)].push_back(
          MarginalRow(marginal, IdIn(lane, marginal), row.answer(), row.count()));
    }
  }
  for (int i = 0; i < kMarginalCount; ++i) {
    if (static_cast<Marginal>(i) != Marginal::kDomain)
      SortAndMerge(&marginals[static_cast<size_t>(i)], &scratch_);
  }
  return marginals;
}

absl::Status Folder::AddPart(const MarginalAddress& address, std::vector<PackedRow>* rows, const Meta& meta,
                             rocksdb::WriteBatch* batch) {
  const std::string key = MarginalKey(address);
  ASSIGN_OR_RETURN(const std::optional<std::string> stored, Stored(key, meta, batch));
  if (stored.has_value()) {
    const absl::StatusOr<MarginalView> view = MarginalView::Parse(*stored, address.marginal, address.part);
    if (view.ok()) {
      const auto added = static_cast<std::ptrdiff_t>(rows->size());
      view->AppendTo(rows);
      std::inplace_merge(rows->begin(), rows->begin() + added, rows->end());
      MergeSorted(rows);
    } else {
      quarantine_->SetAside(key, *stored, view.status(), meta.commit, batch);
    }
  }
  return PutMarginal(address, *rows, batch);
}

absl::Status Folder::PutMarginal(const MarginalAddress& address, const std::vector<PackedRow>& rows,
                                 rocksdb::WriteBatch* batch) {
  RETURN_IF_ERROR(LearnOutcomes(rows));
  batch->Put(MarginalKey(address), EncodeMarginal(address.marginal, rows, [this](uint32_t answer) {
               return static_cast<Outcome>(outcomes_[answer]);
             }));
  return absl::OkStatus();
}

absl::Status Folder::LearnOutcomes(const std::vector<PackedRow>& rows) {
  std::optional<Entries> entries;
  for (const PackedRow& row : rows) {
    const uint32_t answer = row.answer();
    if (answer < outcomes_.size() && outcomes_[answer] != kUnknownOutcome) continue;
    if (!entries.has_value()) entries.emplace(Snapshot(database_->db(), nullptr));
    ASSIGN_OR_RETURN(const std::string_view bytes, entries->Find(Kind::kAnswer, answer));
    const std::optional<AnswerRecord> record = DecodeAnswer(bytes);
    if (!record.has_value()) return absl::DataLossError("store: damaged answer");
    if (answer >= outcomes_.size()) outcomes_.resize(answer + 1, kUnknownOutcome);
    outcomes_[answer] = static_cast<uint8_t>(record->outcome);
  }
  return absl::OkStatus();
}

absl::Status Folder::CloseDays(uint32_t day, Meta* meta, rocksdb::WriteBatch* batch) {
  if (meta->closing_to <= meta->days_closed) {
    meta->closing_to = day;
    meta->closing_marginal = meta->closing_part = 0;
  }
  while (meta->closing_marginal < kMarginalCount) {
    const Marginal marginal = static_cast<Marginal>(meta->closing_marginal);
    const uint32_t parts = PartCount(marginal, meta->next_id[static_cast<size_t>(KindOf(marginal))]);
    while (meta->closing_part < parts) {
      if (batch->GetDataSize() > kBatchBytesMax) return absl::OkStatus();
      RETURN_IF_ERROR(ClosePart(marginal, meta->closing_part, meta, batch));
      ++meta->closing_part;
    }
    ++meta->closing_marginal;
    meta->closing_part = 0;
  }
  meta->days_closed = meta->closing_to;
  meta->closing_to = meta->closing_marginal = 0;
  return absl::OkStatus();
}

absl::Status Folder::ClosePart(Marginal marginal, uint32_t part, Meta* meta, rocksdb::WriteBatch* batch) {
  const std::unique_ptr<rocksdb::Iterator> it(database_->db()->NewIterator(rocksdb::ReadOptions()));
  const uint32_t day_max = UINT32_MAX / 24;
  const uint32_t first = std::min(meta->days_closed, day_max) * 24,
                 end = std::min(meta->closing_to, day_max) * 24;
  std::vector<PackedRow> rows;
  uint32_t day = 0;
  const auto put_day = [&]() -> absl::Status {
    if (rows.empty()) return absl::OkStatus();
    SortAndMerge(&rows, &scratch_);
    RETURN_IF_ERROR(PutMarginal({Resolution::kDay, marginal, part, day}, rows, batch));
    rows.clear();
    return absl::OkStatus();
  };
  for (it->Seek(MarginalKey({Resolution::kHour, marginal, part, first})); it->Valid(); it->Next()) {
    const std::optional<MarginalAddress> address = ParseMarginalKey(View(it->key()));
    if (!address.has_value() || address->resolution != Resolution::kHour || address->marginal != marginal ||
        address->part != part || address->bucket >= end) {
      break;
    }
    if (address->bucket / 24 != day) RETURN_IF_ERROR(put_day());
    day = address->bucket / 24;
    const absl::StatusOr<MarginalView> view = MarginalView::Parse(View(it->value()), marginal, part);
    if (view.ok()) {
      view->AppendTo(&rows);
    } else {
      quarantine_->SetAside(View(it->key()), View(it->value()), view.status(), meta->commit, batch);
      batch->Delete(it->key());
    }
  }
  const absl::Status status = ToStatus(it->status(), "read store");
  if (!status.ok() && !absl::IsDataLoss(status)) return status;
  // The day is made of what could be read.
  if (!status.ok()) {
    quarantine_->SetAside(MarginalKey({Resolution::kHour, marginal, part, day * 24}), "", status,
                          meta->commit, batch);
  }
  return put_day();
}

}  // namespace bouncewatch

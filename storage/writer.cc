#include "storage/writer.h"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <random>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "classifier/status_macros.h"
#include "storage/block.h"
#include "storage/keys.h"

namespace bouncewatch {
namespace {

std::string_view View(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}

uint64_t RandomSeed() {
  std::random_device device;
  return (uint64_t{device()} << 32) | device();
}

}  // namespace

Writer::Writer(std::shared_ptr<Database> database, const StoreOptions& options)
    : database_(std::move(database)),
      fold_grace_s_(std::max(options.fold_grace_s, 0)),
      open_rows_max_(options.open_rows_max),
      retention_(options.retention),
      now_s_(options.now_s),
      quarantine_(options.on_damage),
      upkeep_(database_.get(), &quarantine_, options.retention),
      dictionary_(database_.get(), options.dictionary_cache_entries) {}

absl::StatusOr<std::unique_ptr<Writer>> Writer::Open(std::shared_ptr<Database> database,
                                                     const StoreOptions& options) {
  std::unique_ptr<Writer> writer(new Writer(std::move(database), options));
  RETURN_IF_ERROR(writer->Load());
  return writer;
}

absl::Status Writer::Load() {
  RETURN_IF_ERROR(LoadMeta());
  translation_.Clear();
  RETURN_IF_ERROR(dictionary_.Load(meta_));
  RETURN_IF_ERROR(quarantine_.Load(*database_));
  RETURN_IF_ERROR(LoadDeltas());
  upkeep_.Restart();
  tidied_before_ = 0;
  if (meta_.format != kStoreFormat) RETURN_IF_ERROR(upkeep_.Upgrade(&meta_));
  MeasureDisk();
  CountOpenRows();
  return absl::OkStatus();
}

absl::Status Writer::LoadMeta() {
  ASSIGN_OR_RETURN(const std::optional<std::string> stored, database_->Get(MetaKey()));
  if (stored.has_value()) {
    ASSIGN_OR_RETURN(meta_, DecodeMeta(*stored));
    // A clock that was wrong once must not hold the hours open until it is right.
    meta_.newest_event_s = std::min(meta_.newest_event_s, NewestBelieved());
    return absl::OkStatus();
  }
  const std::unique_ptr<rocksdb::Iterator> it(database_->db()->NewIterator(rocksdb::ReadOptions()));
  it->SeekToFirst();
  RETURN_IF_ERROR(ToStatus(it->status(), "read store"));
  if (it->Valid()) {
    return absl::DataLossError(absl::StrFormat("store %s: holds data but no meta record", database_->path()));
  }
  meta_ = Meta();
  meta_.hash_seed = RandomSeed();
  rocksdb::WriteBatch batch;
  batch.Put(MetaKey(), EncodeMeta(meta_));
  return database_->Write(&batch);
}

absl::Status Writer::LoadDeltas() {
  open_.clear();
  rocksdb::WriteBatch batch;
  const std::unique_ptr<rocksdb::Iterator> it(database_->db()->NewIterator(rocksdb::ReadOptions()));
  for (it->Seek(DeltaKey(0, 0)); it->Valid(); it->Next()) {
    const std::optional<DeltaAddress> address = ParseDeltaKey(View(it->key()));
    if (!address.has_value()) break;
    const absl::StatusOr<DeltaView> delta = DeltaView::Parse(View(it->value()));
    if (!delta.ok()) {
      quarantine_.SetAside(View(it->key()), View(it->value()), delta.status(), meta_.commit, &batch);
      batch.SingleDelete(it->key());
      continue;
    }
    OpenHour& hour = open_[address->hour];
    delta->AppendTo(&hour.rows);
    hour.stored = hour.rows.size();
    hour.commits.push_back(address->commit);
  }
  RETURN_IF_ERROR(ToStatus(it->status(), "read store"));
  if (batch.Count() == 0) return absl::OkStatus();
  RETURN_IF_ERROR(database_->Write(&batch));
  quarantine_.Committed();
  return absl::OkStatus();
}

absl::StatusOr<bool> Writer::Recover() {
  RETURN_IF_ERROR(database_->Reopen());
  RETURN_IF_ERROR(Load());
  broken_ = false;
  const bool landed = in_doubt_ == meta_.commit;
  in_doubt_.reset();
  return landed;
}

absl::Status Writer::Commit(const Rollup& rollup, const std::vector<StateUpdate>& states) {
  if (broken_) {
    ASSIGN_OR_RETURN(const bool landed, Recover());
    if (landed) {
      Committed(rollup);
      Tidy();
      CountOpenRows();
      return absl::OkStatus();
    }
  }
  rocksdb::WriteBatch batch;
  absl::Status status = Fill(rollup, states, &batch);
  if (status.ok()) status = database_->Write(&batch);
  CountOpenRows();
  if (!status.ok()) {
    ++stats_.failures;
    broken_ = true;
    in_doubt_ = meta_.commit;
    return status;
  }
  Committed(rollup);
  Tidy();
  CountOpenRows();
  return absl::OkStatus();
}

void Writer::Committed(const Rollup& rollup) {
  ++stats_.commits;
  stats_.rows += rollup.size();
  stats_.late_events += misdated_.late;
  stats_.future_events += misdated_.future;
  quarantine_.Committed();
  stats_.damaged_values = quarantine_.size();
}

absl::Status Writer::Fill(const Rollup& rollup, const std::vector<StateUpdate>& states,
                          rocksdb::WriteBatch* batch) {
  ++meta_.commit;
  RETURN_IF_ERROR(AddRows(rollup));
  PutDeltas(batch);
  for (const StateUpdate& state : states) {
    if (state.value.has_value()) {
      batch->Put(StateKey(state.key), *state.value);
    } else {
      batch->Delete(StateKey(state.key));
    }
  }
  dictionary_.Flush(batch, &meta_);
  batch->Put(MetaKey(), EncodeMeta(meta_));
  return absl::OkStatus();
}

absl::Status Writer::AddRows(const Rollup& rollup) {
  misdated_ = Misdated();
  if (rollup.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(translation_.Extend(rollup, &dictionary_));
  const int64_t first_future_s = NewestBelieved();
  const uint32_t first_day = FirstKeptBy(retention_, meta_).day;
  OpenHour* open = nullptr;
  uint64_t* misdated = nullptr;  // the counter that events of this hour belong to
  uint32_t open_number = 0, newest_minute = 0;
  for (const Row& row : rollup.rows()) {
    const uint32_t hour = row.minute / 60;
    if (hour / 24 < first_day) {
      misdated_.late += row.count;
      continue;
    }
    if (open == nullptr || hour != open_number) {
      open = &open_[hour];
      open_number = hour;
      misdated = int64_t{hour} * 3600 > first_future_s ? &misdated_.future : nullptr;
    }
    if (misdated == nullptr) {
      newest_minute = std::max(newest_minute, row.minute);
    } else {
      *misdated += row.count;
    }
    AppendRow(&open->rows, translation_.Translate(row), row.count);
  }
  meta_.newest_event_s = std::max(meta_.newest_event_s, int64_t{newest_minute} * 60);
  return absl::OkStatus();
}

int64_t Writer::NewestBelieved() const {
  constexpr int64_t kDay = 86'400;
  return now_s_ == nullptr ? INT64_MAX : now_s_() + kDay;
}

uint32_t Writer::ClosedBefore() const {
  return static_cast<uint32_t>(std::max<int64_t>(meta_.newest_event_s - fold_grace_s_, 0) / 3600);
}

// What it leaves undone after an error is done with the commit that follows.
void Writer::Tidy() {
  absl::Status status = FoldClosed();
  if (status.ok()) status = FoldExcess();
  if (status.ok()) return;
  ++stats_.failures;
  broken_ = true;
}

// Late rows wait for the next hour that closes, so that a trickle of them does not rewrite blocks at every
// commit.
absl::Status Writer::FoldClosed() {
  const uint32_t now_closed = ClosedBefore();
  if (now_closed <= tidied_before_) return absl::OkStatus();
  while (!open_.empty() && open_.begin()->first < now_closed) RETURN_IF_ERROR(Fold(open_.begin()));
  RETURN_IF_ERROR(upkeep_.Advance(now_closed, &meta_));
  tidied_before_ = now_closed;
  MeasureDisk();
  return absl::OkStatus();
}

// The largest hours first, and down to half of the bound: rare, and few blocks for many rows.
absl::Status Writer::FoldExcess() {
  size_t open_rows = 0;
  std::vector<OpenHours::iterator> hours;
  for (auto hour = open_.begin(); hour != open_.end(); ++hour) {
    open_rows += hour->second.rows.size();
    hours.push_back(hour);
  }
  if (open_rows <= open_rows_max_) return absl::OkStatus();
  std::stable_sort(hours.begin(), hours.end(),
                   [](auto a, auto b) { return a->second.rows.size() > b->second.rows.size(); });
  for (const OpenHours::iterator hour : hours) {
    if (open_rows <= open_rows_max_ / 2) break;
    open_rows -= hour->second.rows.size();
    RETURN_IF_ERROR(Fold(hour));
  }
  return absl::OkStatus();
}

void Writer::PutDeltas(rocksdb::WriteBatch* batch) {
  for (auto& [number, hour] : open_) {
    if (hour.stored == hour.rows.size()) continue;
    const std::span<const PackedRow> rows = std::span(hour.rows).subspan(hour.stored);
    batch->Put(DeltaKey(number, meta_.commit), EncodeDelta(rows));
    hour.commits.push_back(meta_.commit);
    hour.stored = hour.rows.size();
  }
}

absl::Status Writer::Fold(OpenHours::iterator hour) {
  RETURN_IF_ERROR(upkeep_.Fold(hour->first, hour->second.commits, &hour->second.rows, &meta_));
  open_.erase(hour);
  ++stats_.folded_hours;
  quarantine_.Committed();
  return absl::OkStatus();
}

absl::Status Writer::Settle() {
  if (!broken_) return absl::OkStatus();
  absl::Status status = Recover().status();
  CountOpenRows();
  return status;
}

absl::Status Writer::FoldAll() {
  if (in_doubt_.has_value()) {
    return absl::FailedPreconditionError(
        "store: the last commit failed; it must be called again before folding");
  }
  if (broken_) RETURN_IF_ERROR(Recover().status());
  absl::Status status;
  while (status.ok() && !open_.empty()) status = Fold(open_.begin());
  if (status.ok()) status = upkeep_.Advance(ClosedBefore(), &meta_);
  MeasureDisk();
  CountOpenRows();
  if (!status.ok()) {
    ++stats_.failures;
    broken_ = true;
    return status;
  }
  return absl::OkStatus();
}

void Writer::MeasureDisk() {
  stats_.disk_bytes = database_->DiskBytes();
}

void Writer::CountOpenRows() {
  stats_.open_rows = 0;
  for (const auto& [number, hour] : open_) stats_.open_rows += hour.rows.size();
  stats_.newest_event_s = meta_.newest_event_s;
  stats_.minutes_from_s = int64_t{meta_.minutes_from_hour} * 3600;
  stats_.hours_from_s = int64_t{meta_.hours_from_hour} * 3600;
  stats_.days_from_s = int64_t{meta_.days_from_day} * 86'400;
  stats_.damaged_values = quarantine_.size();
  stats_.dictionary_entries = 0;
  for (uint32_t next : meta_.next_id) stats_.dictionary_entries += next - 1;
}

}  // namespace bouncewatch

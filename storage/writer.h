// Writer: what Store promises about commits, on a Database. One thread.
//
// Rows of an hour that is still open are written as a delta and kept in memory as well. When the event-time
// watermark passes the hour's end and the grace, its rows are sorted once and folded into what is kept of
// them, and the deltas go, in one batch after the commit (storage/upkeep.h). Folding adds to what is there,
// so an hour may be folded early, late, or many times.
//
// Memory follows the database, never the other way: after any error all of it is built again from what is
// stored.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/database.h"
#include "storage/dictionary.h"
#include "storage/packed_row.h"
#include "storage/quarantine.h"
#include "storage/records.h"
#include "storage/store.h"
#include "storage/translate.h"
#include "storage/upkeep.h"

namespace bouncewatch {

class Writer {
 public:
  // Creates the meta record in an empty database; reads it and the open hours' deltas in another.
  static absl::StatusOr<std::unique_ptr<Writer>> Open(std::shared_ptr<Database> database,
                                                      const StoreOptions& options);

  absl::Status Commit(const Rollup& rollup, const std::vector<StateUpdate>& states);
  absl::Status FoldAll();
  absl::Status Settle();

  const StoreStats& stats() const { return stats_; }
  uint64_t hash_seed() const { return meta_.hash_seed; }

 private:
  struct OpenHour {
    std::vector<PackedRow> rows;
    size_t stored = 0;              // rows[0, stored) are in deltas
    std::vector<uint64_t> commits;  // whose deltas these are
  };
  using OpenHours = std::map<uint32_t, OpenHour>;
  // Events of one commit whose stamps are out of the ordinary.
  struct Misdated {
    uint64_t late = 0, future = 0;
  };

  Writer(std::shared_ptr<Database> database, const StoreOptions& options);

  absl::Status Load();
  absl::Status LoadMeta();
  absl::Status LoadDeltas();
  void Committed(const Rollup& rollup);
  // After an error: opens the database anew. True when the commit in doubt turns out to have landed.
  absl::StatusOr<bool> Recover();

  absl::Status Fill(const Rollup& rollup, const std::vector<StateUpdate>& states, rocksdb::WriteBatch* batch);
  absl::Status AddRows(const Rollup& rollup);
  void PutDeltas(rocksdb::WriteBatch* batch);
  // After a commit, which is durable whatever becomes of this.
  void Tidy();
  absl::Status FoldClosed();
  absl::Status FoldExcess();
  absl::Status Fold(OpenHours::iterator hour);
  // Hours below this number are over, grace included.
  uint32_t ClosedBefore() const;
  // The newest stamp that is believed.
  int64_t NewestBelieved() const;
  void MeasureDisk();
  void CountOpenRows();

  const std::shared_ptr<Database> database_;
  const int64_t fold_grace_s_;
  const size_t open_rows_max_;
  const Retention retention_;
  const std::function<int64_t()> now_s_;
  Quarantine quarantine_;
  Upkeep upkeep_;
  Dictionary dictionary_;
  Translation translation_;
  Meta meta_;
  OpenHours open_;
  StoreStats stats_;
  bool broken_ = false;               // memory is not to be trusted: Recover first
  std::optional<uint64_t> in_doubt_;  // the commit that failed last, not yet called again
  Misdated misdated_;                 // of the commit made or tried last
  uint32_t tidied_before_ = 0;        // hours below were over when Tidy looked last
};

}  // namespace bouncewatch

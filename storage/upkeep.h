// Upkeep: what the writer does between commits: folds hours, closes days, drops what is past its retention,
// brings an older format up. Each step is a batch of its own that holds the meta record too, so that it may
// be killed anywhere and goes on where it was.
//
// After an error memory and database may differ: the writer then reads everything again. One thread, the
// writer's.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "storage/database.h"
#include "storage/folder.h"
#include "storage/packed_row.h"
#include "storage/quarantine.h"
#include "storage/records.h"
#include "storage/retention.h"

namespace bouncewatch {

class Upkeep {
 public:
  Upkeep(Database* database, Quarantine* quarantine, const Retention& retention)
      : database_(database), retention_(retention), folder_(database, quarantine, retention) {}

  // Moves the rows of an hour, whose deltas these commits wrote, to where they are kept.
  absl::Status Fold(uint32_t hour, std::span<const uint64_t> commits, std::vector<PackedRow>* rows,
                    Meta* meta);
  // `closed_before`: the first hour that is not over. Closes the days before it and drops what is too old.
  absl::Status Advance(uint32_t closed_before, Meta* meta);
  // Brings a store of format 1 to kStoreFormat: makes the marginals of its hours.
  absl::Status Upgrade(Meta* meta);
  // After the database was opened anew.
  void Restart() { swept_ = FirstKept(); }

 private:
  using KeyRange = std::pair<std::string, std::string>;  // the second is the end

  absl::Status Write(const Meta& meta, rocksdb::WriteBatch* batch);
  absl::Status DropOld(Meta* meta);
  // Deletes what is in the ranges. The first batch that deletes anything sets `*watermark` to `value`.
  absl::Status Drop(const std::vector<KeyRange>& ranges, uint32_t value, uint32_t* watermark, Meta* meta);
  std::vector<KeyRange> MarginalRanges(Resolution resolution, uint32_t from, uint32_t to, const Meta& meta);

  Database* const database_;
  const Retention retention_;
  Folder folder_;
  FirstKept swept_;  // below these nothing is left; found out once after each start
};

}  // namespace bouncewatch

// Folder: turns the rows of an hour into what is kept of them: a block of minutes for each shard, the hour's
// marginals, and the marginals of a day that is closed already. Closing a day adds up its hours.
//
// All of it goes into batches of the caller, with the meta record that says how far things are: a kill
// between two batches loses nothing and counts nothing twice. One thread, the writer's.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/database.h"
#include "storage/entries.h"
#include "storage/marginal.h"
#include "storage/packed_row.h"
#include "storage/quarantine.h"
#include "storage/records.h"
#include "storage/retention.h"

namespace bouncewatch {

class Folder {
 public:
  Folder(const Database* database, Quarantine* quarantine, const Retention& retention)
      : database_(database), quarantine_(quarantine), retention_(retention) {}

  // Adds the rows of one hour to what is stored of it. They are in any order, and their lanes and answers are
  // in the database. Leaves them sorted.
  absl::Status FoldHour(uint32_t hour, std::vector<PackedRow>* rows, Meta* meta, rocksdb::WriteBatch* batch);

  // Writes the marginals of an hour anew, from all of its rows: the way up from format 1.
  absl::Status PutHourMarginals(uint32_t hour, std::vector<PackedRow>* rows, const Meta& meta,
                                rocksdb::WriteBatch* batch);

  // Closes the days before `day`, as many parts as fit a batch of a bounded size. Sets meta's days_closed
  // once nothing is left; call until then.
  absl::Status CloseDays(uint32_t day, Meta* meta, rocksdb::WriteBatch* batch);

 private:
  // The names of one table's rows, sorted.
  using Marginals = std::array<std::vector<PackedRow>, kMarginalCount>;

  absl::Status FoldShard(uint32_t hour, std::vector<PackedRow>* rows, const Meta& meta,
                         rocksdb::WriteBatch* batch);
  absl::StatusOr<Marginals> SumUp(const std::vector<PackedRow>& rows);
  absl::Status AddHour(Marginal marginal, uint32_t hour, const std::vector<PackedRow>& rows, const Meta& meta,
                       rocksdb::WriteBatch* batch);
  absl::Status AddPart(const MarginalAddress& address, std::vector<PackedRow>* rows, const Meta& meta,
                       rocksdb::WriteBatch* batch);
  absl::Status ClosePart(Marginal marginal, uint32_t part, Meta* meta, rocksdb::WriteBatch* batch);
  absl::Status PutMarginal(const MarginalAddress& address, const std::vector<PackedRow>& rows,
                           rocksdb::WriteBatch* batch);
  // The stored value; nullopt also when it had to be set aside.
  absl::StatusOr<std::optional<std::string>> Stored(const std::string& key, const Meta& meta,
                                                    rocksdb::WriteBatch* batch);
  absl::Status LearnOutcomes(const std::vector<PackedRow>& rows);

  const Database* const database_;
  Quarantine* const quarantine_;
  const Retention retention_;
  std::vector<uint8_t> outcomes_;  // by answer; kUnknown: not looked at yet
  std::vector<PackedRow> scratch_;
};

}  // namespace bouncewatch

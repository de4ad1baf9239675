// Store: the one RocksDB, and the one writer of it.
//
// Commit makes counts and the positions that produced them durable together: one WriteBatch, synced. kill -9
// at any instant loses nothing that was committed and counts nothing twice. docs/formats.md describes every
// key and value.
//
// Commit and Close belong to the writer thread. NewReader may be called by any thread; a Reader belongs to
// one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/reader.h"
#include "storage/retention.h"
#include "storage/rollup.h"

namespace rocksdb {
class Env;
}  // namespace rocksdb

namespace bouncewatch {

struct StoreOptions {
  std::string path;
  int fold_grace_s = 300;            // an hour is folded this long after its end, in event time
  size_t open_rows_max = 2'000'000;  // rows kept in memory for hours not yet folded; more are folded early
  size_t dictionary_cache_entries = 262'144;  // name -> id pairs kept in memory; RocksDB has the rest
  Retention retention = Retention();
  // Unix time. Events stamped more than a day later are counted, but do not move the event-time watermark:
  // one host with a wrong clock must not close everybody's hours. It never decides what is counted. nullptr:
  // every stamp is believed.
  std::function<int64_t()> now_s = nullptr;
  // Called on the writer thread, once for each damaged value that was set aside.
  std::function<void(std::string_view what)> on_damage = nullptr;
  rocksdb::Env* env = nullptr;  // nullptr: the machine's own; outlives the store
};

// A small value that belongs to a source: a position, a decoder's table. Opaque to the store.
struct StateUpdate {
  std::string key;                   // "position/mail/...": unique in the store
  std::optional<std::string> value;  // nullopt: delete
};

struct StoreStats {
  uint64_t commits = 0, rows = 0, folded_hours = 0, failures = 0;
  int64_t newest_event_s = 0;  // event-time watermark
  uint64_t open_rows = 0;      // in memory, not yet folded
  uint64_t dictionary_entries = 0;
  uint64_t late_events = 0;     // stamped before what is retained: not in any series
  uint64_t future_events = 0;   // stamped more than a day after StoreOptions::now_s; counted all the same
  uint64_t damaged_values = 0;  // set aside since the store was made
  uint64_t disk_bytes = 0;      // of the directory, as of the last folded hour
  // Start of what is kept by the minute, the hour, the day; 0: nothing was ever dropped.
  int64_t minutes_from_s = 0, hours_from_s = 0, days_from_s = 0;
};

class Store {
 public:
  // Opens or creates. FailedPrecondition: another process holds the lock. DataLoss: a newer or damaged
  // format.
  static absl::StatusOr<std::unique_ptr<Store>> Open(StoreOptions options);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // Applies rows and states in one synced batch. On an error (disk full, I/O) it is not known whether the
  // batch landed: call again with the same arguments until it is ok. The store reopens RocksDB, looks at the
  // last commit's number and applies the batch only if it is missing, so that nothing is lost and nothing
  // applied twice.
  absl::Status Commit(const Rollup& rollup, const std::vector<StateUpdate>& states);

  // Folds every open hour into blocks, whatever the time. For the end of a replay.
  absl::Status FoldAll();

  // For a caller that gave a failed Commit up and will not call it again: finds out whether it landed, so
  // that the states read afterwards say so. Without it the next Commit would be taken for the failed one.
  // Does nothing when no Commit failed.
  absl::Status Settle();

  absl::StatusOr<std::optional<std::string>> GetState(std::string_view key) const;
  absl::Status ScanStates(
      std::string_view prefix,
      const std::function<void(std::string_view key, std::string_view value)>& visit) const;

  // A reader on this very database; each of its queries sees the state of its start. Fails while the store is
  // being reopened after an error.
  absl::StatusOr<std::unique_ptr<Reader>> NewReader() const;

  StoreStats stats() const;  // any thread
  // Random, made with the store; keys hashes whose results are stored (queue tables).
  uint64_t hash_seed() const;

 private:
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace bouncewatch

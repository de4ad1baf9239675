// Database: the RocksDB handle of one store, that can be closed and opened again under its readers.
//
// RocksDB refuses writes for good after a failed one; only opening it anew tells what landed. Readers hold
// the shared lock while they use db(); the writer thread takes it exclusively to reopen and needs none to
// read or write.
#pragma once

#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace rocksdb {
class DB;
class Env;
class Status;
class WriteBatch;
struct Options;
}  // namespace rocksdb

namespace bouncewatch {

// Where a rocksdb::Status becomes ours. `what` says what was being done to what.
absl::Status ToStatus(const rocksdb::Status& status, std::string_view what);

// How every store is opened, by the writer and by a secondary. Nothing but memory bounds and compression is
// set here.
rocksdb::Options MakeOptions(rocksdb::Env* env);

class Database {
 public:
  // `env`: nullptr for the machine's own.
  static absl::StatusOr<std::shared_ptr<Database>> Open(std::string path, rocksdb::Env* env);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  const std::string& path() const { return path_; }
  std::shared_mutex& mutex() const { return mutex_; }
  uint64_t DiskBytes() const;                    // of the files of the directory; 0 where it cannot be read
  rocksdb::DB* db() const { return db_.get(); }  // nullptr: a reopening failed

  // For the writer thread.
  absl::Status Reopen();
  absl::Status Write(rocksdb::WriteBatch* batch);  // synced
  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const;

 private:
  Database(std::string path, rocksdb::Env* env);
  absl::Status OpenDb();

  const std::string path_;
  rocksdb::Env* const env_;
  mutable std::shared_mutex mutex_;
  std::unique_ptr<rocksdb::DB> db_;
};

}  // namespace bouncewatch

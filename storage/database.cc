#include "storage/database.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <filesystem>
#include <mutex>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "classifier/status_macros.h"

namespace bouncewatch {
namespace {

rocksdb::Slice ToSlice(std::string_view bytes) {
  return {bytes.data(), bytes.size()};
}

}  // namespace

absl::Status ToStatus(const rocksdb::Status& status, std::string_view what) {
  if (status.ok()) return absl::OkStatus();
  const std::string message = absl::StrFormat("%s: %s", what, status.ToString());
  if (status.IsNotFound() || status.IsPathNotFound()) return absl::NotFoundError(message);
  if (status.IsCorruption()) return absl::DataLossError(message);
  if (status.IsNoSpace()) return absl::ResourceExhaustedError(message);
  return absl::UnavailableError(message);
}

rocksdb::Options MakeOptions(rocksdb::Env* env) {
  rocksdb::Options options;
  if (env != nullptr) options.env = env;
  options.create_if_missing = true;
  options.write_buffer_size = size_t{4} << 20;
  options.max_write_buffer_number = 2;
  options.level0_file_num_compaction_trigger = 8;  // tables in memory are small, and so are these files
  options.max_total_wal_size = uint64_t{32} << 20;
  options.max_open_files = 256;
  options.max_background_jobs = 2;
  // Keys come sorted and from one thread: the table in memory then begins its search at the last one.
  options.allow_concurrent_memtable_write = false;
  options.compression = rocksdb::kLZ4Compression;
  options.bottommost_compression = rocksdb::kZSTD;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  options.keep_log_file_num = 2;
  options.max_log_file_size = size_t{1} << 20;
  options.info_log_level = rocksdb::WARN_LEVEL;
  rocksdb::BlockBasedTableOptions table;
  table.block_size = size_t{16} << 10;
  table.block_cache = rocksdb::NewLRUCache(size_t{8} << 20);
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.format_version = 5;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

Database::Database(std::string path, rocksdb::Env* env) : path_(std::move(path)), env_(env) {}
Database::~Database() = default;

absl::StatusOr<std::shared_ptr<Database>> Database::Open(std::string path, rocksdb::Env* env) {
  if (env == nullptr) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error) return absl::UnavailableError(absl::StrFormat("store %s: %s", path, error.message()));
  }
  std::shared_ptr<Database> database(new Database(std::move(path), env));
  RETURN_IF_ERROR(database->OpenDb());
  return database;
}

uint64_t Database::DiskBytes() const {
  uint64_t bytes = 0;
  std::vector<rocksdb::Env::FileAttributes> files;
  rocksdb::Env* const env = env_ != nullptr ? env_ : rocksdb::Env::Default();
  if (!env->GetChildrenFileAttributes(path_, &files).ok()) return 0;
  for (const rocksdb::Env::FileAttributes& file : files) bytes += file.size_bytes;
  return bytes;
}

absl::Status Database::OpenDb() {
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(MakeOptions(env_), path_, &db);
  db_.reset(db);
  // RocksDB has no code of its own for a lock that is held.
  if (status.IsIOError() && status.ToString().find("LOCK") != std::string::npos) {
    return absl::FailedPreconditionError(
        absl::StrFormat("store %s is in use by another bouncewatch (%s)", path_, status.ToString()));
  }
  return ToStatus(status, absl::StrFormat("open store %s", path_));
}

absl::Status Database::Reopen() {
  const std::unique_lock lock(mutex_);
  db_.reset();
  return OpenDb();
}

absl::Status Database::Write(rocksdb::WriteBatch* batch) {
  rocksdb::WriteOptions options;
  options.sync = true;
  return ToStatus(db_->Write(options, batch), absl::StrFormat("write to store %s", path_));
}

absl::StatusOr<std::optional<std::string>> Database::Get(std::string_view key) const {
  std::string value;
  const rocksdb::Status status = db_->Get(rocksdb::ReadOptions(), ToSlice(key), &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  RETURN_IF_ERROR(ToStatus(status, absl::StrFormat("read store %s", path_)));
  return std::optional<std::string>(std::move(value));
}

}  // namespace bouncewatch

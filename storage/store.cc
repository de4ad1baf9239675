#include "storage/store.h"

#include <rocksdb/db.h>

#include <mutex>
#include <shared_mutex>
#include <utility>

#include "absl/strings/str_format.h"
#include "classifier/status_macros.h"
#include "storage/database.h"
#include "storage/keys.h"
#include "storage/live_reader.h"
#include "storage/writer.h"

namespace bouncewatch {

struct Store::Impl {
  std::shared_ptr<Database> database;
  std::unique_ptr<Writer> writer;
  uint64_t hash_seed = 0;
  mutable std::mutex stats_mutex;
  StoreStats stats;

  void PublishStats() {
    const std::lock_guard lock(stats_mutex);
    stats = writer->stats();
  }
};

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::~Store() = default;

absl::StatusOr<std::unique_ptr<Store>> Store::Open(StoreOptions options) {
  auto impl = std::make_unique<Impl>();
  ASSIGN_OR_RETURN(impl->database, Database::Open(options.path, options.env));
  ASSIGN_OR_RETURN(impl->writer, Writer::Open(impl->database, options));
  impl->hash_seed = impl->writer->hash_seed();
  impl->PublishStats();
  return std::unique_ptr<Store>(new Store(std::move(impl)));
}

absl::Status Store::Commit(const Rollup& rollup, const std::vector<StateUpdate>& states) {
  absl::Status status = impl_->writer->Commit(rollup, states);
  impl_->PublishStats();
  return status;
}

absl::Status Store::FoldAll() {
  absl::Status status = impl_->writer->FoldAll();
  impl_->PublishStats();
  return status;
}

absl::Status Store::Settle() {
  absl::Status status = impl_->writer->Settle();
  impl_->PublishStats();
  return status;
}

absl::StatusOr<std::optional<std::string>> Store::GetState(std::string_view key) const {
  const std::shared_lock lock(impl_->database->mutex());
  if (impl_->database->db() == nullptr) return absl::UnavailableError("store: not open after an error");
  return impl_->database->Get(StateKey(key));
}

absl::Status Store::ScanStates(
    std::string_view prefix,
    const std::function<void(std::string_view key, std::string_view value)>& visit) const {
  const std::shared_lock lock(impl_->database->mutex());
  rocksdb::DB* db = impl_->database->db();
  if (db == nullptr) return absl::UnavailableError("store: not open after an error");
  const std::string first = StateKey(prefix);
  const std::unique_ptr<rocksdb::Iterator> it(db->NewIterator(rocksdb::ReadOptions()));
  for (it->Seek(first); it->Valid() && it->key().starts_with(first); it->Next()) {
    visit(std::string_view(it->key().data() + 1, it->key().size() - 1),
          std::string_view(it->value().data(), it->value().size()));
  }
  return ToStatus(it->status(), "read store");
}

absl::StatusOr<std::unique_ptr<Reader>> Store::NewReader() const {
  return OpenLiveReader(impl_->database);
}

StoreStats Store::stats() const {
  const std::lock_guard lock(impl_->stats_mutex);
  return impl_->stats;
}

uint64_t Store::hash_seed() const {
  return impl_->hash_seed;
}

}  // namespace bouncewatch

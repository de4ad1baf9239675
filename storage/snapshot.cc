#include "storage/snapshot.h"

#include <rocksdb/db.h>

#include "classifier/status_macros.h"
#include "storage/database.h"
#include "storage/keys.h"

namespace bouncewatch {

absl::StatusOr<std::optional<std::string>> Snapshot::Get(std::string_view key) const {
  rocksdb::ReadOptions options;
  options.snapshot = at_;
  std::string value;
  const rocksdb::Status status = db_->Get(options, rocksdb::Slice(key.data(), key.size()), &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  RETURN_IF_ERROR(ToStatus(status, "read store"));
  return std::optional<std::string>(std::move(value));
}

absl::StatusOr<Meta> Snapshot::GetMeta() const {
  ASSIGN_OR_RETURN(const std::optional<std::string> stored, Get(MetaKey()));
  if (!stored.has_value()) return absl::DataLossError("store: no meta record");
  return DecodeMeta(*stored);
}

std::unique_ptr<rocksdb::Iterator> Snapshot::NewIterator() const {
  rocksdb::ReadOptions options;
  options.snapshot = at_;
  return std::unique_ptr<rocksdb::Iterator>(db_->NewIterator(options));
}

}  // namespace bouncewatch

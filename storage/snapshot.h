// Snapshot: one consistent state of a store, as the query engine reads it. Borrowed: the handle outlives it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "storage/records.h"

namespace rocksdb {
class DB;
class Iterator;
class Snapshot;
}  // namespace rocksdb

namespace bouncewatch {

class Snapshot {
 public:
  // `at`: nullptr for the handle's own state, when nothing changes it meanwhile (a secondary).
  Snapshot(rocksdb::DB* db, const rocksdb::Snapshot* at) : db_(db), at_(at) {}

  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const;
  absl::StatusOr<Meta> GetMeta() const;
  std::unique_ptr<rocksdb::Iterator> NewIterator() const;

 private:
  rocksdb::DB* db_;
  const rocksdb::Snapshot* at_;
};

}  // namespace bouncewatch

// Dictionary: entry -> id of the store, for the writer. New ids go into the batch with the rows that use
// them.
//
// A bounded cache answers for what is seen often; the rest is one Get behind a bloom filter. Entries are the
// same when their 64-bit keyed hashes are, as in Interner.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/database.h"
#include "storage/keys.h"

namespace bouncewatch {

// Hash -> id, four ways, newest first; memory that no entry has touched yet is not resident.
class IdCache {
 public:
  explicit IdCache(size_t entries);
  uint32_t Find(uint64_t hash) const;       // 0: not cached
  bool Insert(uint64_t hash, uint32_t id);  // true: another entry had to go
  void Clear();

 private:
  static constexpr size_t kWays = 4;
  struct Slot {
    uint64_t hash;
    uint32_t id;
  };
  struct Free {
    void operator()(Slot* slots) const { std::free(slots); }
  };
  void Allocate();

  size_t buckets_;
  std::unique_ptr<Slot[], Free> slots_;
};

class Dictionary {
 public:
  Dictionary(const Database* database, size_t cache_entries) : database_(database), cache_(cache_entries) {}

  // Forgets the cache and starts from what the store says.
  void Reset(uint64_t hash_seed, const std::array<uint32_t, kKindCount>& next_id);

  // The id of the entry that is known by `identity`. `value` is what a new entry's page holds.
  absl::StatusOr<uint32_t> Id(Kind kind, std::string_view identity, std::string_view value,
                              rocksdb::WriteBatch* batch);
  // Puts the pages of the entries that are new since the last Flush.
  void Flush(rocksdb::WriteBatch* batch);

  const std::array<uint32_t, kKindCount>& next_id() const { return next_id_; }

 private:
  const Database* database_;
  IdCache cache_;
  uint64_t hash_seed_ = 0;
  // The cache holds every entry of the store: what is not in it is new.
  bool complete_ = false;
  std::array<uint32_t, kKindCount> next_id_{};
  std::array<std::vector<std::string>, kKindCount> fresh_;
};

// What an entry is found by: the same in every process that opens the store.
uint64_t EntryHash(Kind kind, std::string_view identity, uint64_t hash_seed);

}  // namespace bouncewatch

// Dictionary: entry -> id of the store, for the writer. New ids go into the batch with the rows that use
// them.
//
// A bounded cache answers for what is seen often; the rest is one Get behind a bloom filter. Entries are the
// same when their 64-bit keyed hashes are, as in Interner.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/database.h"
#include "storage/keys.h"

namespace bouncewatch {

// Hash -> id, bounded: two generations of a hash table. When the younger is full the older is forgotten and
// they change places; what is found in the older moves to the younger. So what is in use stays.
class IdCache {
 public:
  explicit IdCache(size_t entries);
  uint32_t Find(uint64_t hash);  // 0: not cached
  void Insert(uint64_t hash, uint32_t id);
  void Clear();
  bool forgot() const { return forgot_; }  // since the last Clear

 private:
  struct Slot {
    uint64_t hash = 0;
    uint32_t id = 0;  // 0: free
  };
  struct Generation {
    std::vector<Slot> slots;
    size_t used = 0;
    Slot* Place(uint64_t hash);  // where it is, or would be
    void Grow();
    void Clear();
  };

  const size_t generation_max_;
  Generation young_, old_;
  bool forgot_ = false;
};

class Dictionary {
 public:
  Dictionary(const Database* database, size_t cache_entries) : database_(database), cache_(cache_entries) {}

  // Forgets the cache and starts from what the store says.
  void Reset(uint64_t hash_seed, const std::array<uint32_t, kKindCount>& next_id);

  // The id of the entry that is known by `identity`. `value` is what a new entry's page holds. Between two
  // Flushes an identity may be asked for once: a new one is neither stored yet nor sure to stay in the cache.
  absl::StatusOr<uint32_t> Id(Kind kind, std::string_view identity, std::string_view value);
  // Puts the entries that are new since the last Flush.
  void Flush(rocksdb::WriteBatch* batch);

  const std::array<uint32_t, kKindCount>& next_id() const { return next_id_; }

 private:
  const Database* database_;
  IdCache cache_;
  uint64_t hash_seed_ = 0;
  // The store was empty at Reset: while the cache forgot nothing, what is not in it is new.
  bool began_empty_ = false;
  std::array<uint32_t, kKindCount> next_id_{};
  std::array<std::vector<std::string>, kKindCount> fresh_;
  std::vector<std::pair<std::string, uint32_t>> fresh_index_;
};

// What an entry is found by: the same in every process that opens the store.
uint64_t EntryHash(Kind kind, std::string_view identity, uint64_t hash_seed);

}  // namespace bouncewatch

// Dictionary: entry -> id of the store, for the writer. New ids go into the batch with the rows that use
// them.
//
// Entries are the same when their 64-bit keyed hashes are, as in Interner. The newest ones are known from
// their pages alone and kept in memory. When those become many, all of them go into the index at once; of
// what is indexed a bounded cache answers for what is seen often, and the rest is one Get behind a bloom
// filter.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/database.h"
#include "storage/id_cache.h"
#include "storage/keys.h"
#include "storage/records.h"

namespace bouncewatch {

// What an entry is found by: the same in every process that opens the store.
uint64_t EntryHash(Kind kind, std::string_view identity, uint64_t hash_seed);

class Dictionary {
 public:
  // `cache_entries` bounds what is in memory, but for what one commit adds.
  Dictionary(const Database* database, size_t cache_entries);

  // Forgets everything and reads the entries that are not in the index.
  absl::Status Load(const Meta& meta);

  // What Id asks for: the hash of what the entry is known by. A few other calls between the two hide a cache
  // miss.
  uint64_t Expect(Kind kind, std::string_view identity) const {
    const uint64_t hash = EntryHash(kind, identity, hash_seed_);
    cache_.Prefetch(hash);
    return hash;
  }
  // The entry's id. `value` is what its page holds if it is new.
  absl::StatusOr<uint32_t> Id(Kind kind, uint64_t hash, std::string_view value);
  // Puts the entries that are new since the last Flush, and the index when it is due. Sets next_id and
  // indexed_id.
  void Flush(rocksdb::WriteBatch* batch, Meta* meta);

 private:
  // Entries one after another.
  struct Fresh {
    std::string bytes;
    std::vector<uint32_t> sizes;
  };

  absl::Status LoadKind(Kind kind);
  void FlushPages(Kind kind, rocksdb::WriteBatch* batch);

  const Database* database_;
  IdCache cache_;
  uint64_t hash_seed_ = 0;
  std::array<uint32_t, kKindCount> next_id_{}, indexed_id_{};
  std::array<Fresh, kKindCount> fresh_;
};

}  // namespace bouncewatch

#include "storage/dictionary.h"

#include <rocksdb/write_batch.h>

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "absl/strings/str_format.h"
#include "classifier/status_macros.h"
#include "storage/records.h"

namespace bouncewatch {

IdCache::IdCache(size_t entries) : generation_max_(std::max<size_t>(entries / 2, 1)) {}

IdCache::Slot* IdCache::Generation::Place(uint64_t hash) {
  const size_t mask = slots.size() - 1;
  size_t i = hash & mask;
  while (slots[i].id != 0 && slots[i].hash != hash) i = (i + 1) & mask;
  return &slots[i];
}

void IdCache::Generation::Grow() {
  std::vector<Slot> before(std::max<size_t>(slots.size() * 2, 64));
  before.swap(slots);
  for (const Slot& slot : before) {
    if (slot.id != 0) *Place(slot.hash) = slot;
  }
}

void IdCache::Generation::Clear() {
  std::fill(slots.begin(), slots.end(), Slot{});
  used = 0;
}

void IdCache::Clear() {
  young_.Clear();
  old_.Clear();
  forgot_ = false;
}

uint32_t IdCache::Find(uint64_t hash) {
  if (young_.used > 0) {
    if (const uint32_t id = young_.Place(hash)->id; id != 0) return id;
  }
  if (old_.used == 0) return 0;
  const uint32_t id = old_.Place(hash)->id;
  if (id != 0) Insert(hash, id);
  return id;
}

void IdCache::Insert(uint64_t hash, uint32_t id) {
  if (young_.used >= generation_max_) {
    std::swap(young_, old_);
    forgot_ = forgot_ || young_.used > 0;
    young_.Clear();
  }
  if (3 * young_.slots.size() <= 4 * young_.used) young_.Grow();
  *young_.Place(hash) = Slot{hash, id};
  ++young_.used;
}

uint64_t EntryHash(Kind kind, std::string_view identity, uint64_t hash_seed) {
  return HashName(identity, hash_seed + static_cast<uint64_t>(kind));
}

void Dictionary::Reset(uint64_t hash_seed, const std::array<uint32_t, kKindCount>& next_id) {
  cache_.Clear();
  hash_seed_ = hash_seed;
  next_id_ = next_id;
  began_empty_ = std::all_of(next_id.begin(), next_id.end(), [](uint32_t id) { return id == 1; });
  for (std::vector<std::string>& entries : fresh_) entries.clear();
  fresh_index_.clear();
}

absl::StatusOr<uint32_t> Dictionary::Id(Kind kind, std::string_view identity, std::string_view value) {
  const uint64_t hash = EntryHash(kind, identity, hash_seed_);
  if (const uint32_t id = cache_.Find(hash); id != 0) return id;
  std::string key = IndexKey(kind, hash);
  if (!began_empty_ || cache_.forgot()) {
    ASSIGN_OR_RETURN(const std::optional<std::string> stored, database_->Get(key));
    if (stored.has_value()) {
      const std::optional<uint32_t> id = DecodeIndex(*stored);
      if (!id.has_value()) return absl::DataLossError("store: damaged dictionary index");
      cache_.Insert(hash, *id);
      return *id;
    }
  }
  uint32_t& next = next_id_[static_cast<size_t>(kind)];
  if (next == UINT32_MAX) return absl::ResourceExhaustedError("store: a dictionary is full");
  const uint32_t id = next++;
  fresh_index_.emplace_back(std::move(key), id);
  fresh_[static_cast<size_t>(kind)].emplace_back(value);
  cache_.Insert(hash, id);
  return id;
}

void Dictionary::Flush(rocksdb::WriteBatch* batch) {
  for (size_t kind = 0; kind < kKindCount; ++kind) {
    std::vector<std::string>& entries = fresh_[kind];
    const uint32_t first = next_id_[kind] - static_cast<uint32_t>(entries.size());
    for (size_t i = 0; i < entries.size(); i += kPageEntriesMax) {
      const size_t end = std::min(i + kPageEntriesMax, entries.size());
      const std::span page(entries.begin() + static_cast<std::ptrdiff_t>(i), end - i);
      batch->Put(PageKey(static_cast<Kind>(kind), first + static_cast<uint32_t>(i)), EncodePage(page));
    }
    entries.clear();
  }
  // In the order of keys: RocksDB's table in memory takes neighbours far faster than scattered keys.
  std::sort(fresh_index_.begin(), fresh_index_.end());
  for (const auto& [key, id] : fresh_index_) batch->Put(key, EncodeIndex(id));
  fresh_index_.clear();
}

}  // namespace bouncewatch

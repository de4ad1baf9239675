#include "storage/dictionary.h"

#include <rocksdb/write_batch.h>

#include <algorithm>
#include <bit>
#include <new>
#include <optional>
#include <span>

#include "absl/strings/str_format.h"
#include "classifier/status_macros.h"
#include "storage/coding.h"
#include "storage/records.h"

namespace bouncewatch {

IdCache::IdCache(size_t entries) : buckets_(std::bit_ceil(std::max(entries, kWays) / kWays)) {
  Allocate();
}

void IdCache::Allocate() {
  slots_.reset(static_cast<Slot*>(std::calloc(buckets_ * kWays, sizeof(Slot))));
  if (slots_ == nullptr) throw std::bad_alloc();
}

void IdCache::Clear() {
  Allocate();
}

uint32_t IdCache::Find(uint64_t hash) const {
  const Slot* bucket = &slots_[(hash & (buckets_ - 1)) * kWays];
  for (size_t way = 0; way < kWays; ++way) {
    if (bucket[way].hash == hash && bucket[way].id != 0) return bucket[way].id;
  }
  return 0;
}

bool IdCache::Insert(uint64_t hash, uint32_t id) {
  Slot* bucket = &slots_[(hash & (buckets_ - 1)) * kWays];
  const bool full = bucket[kWays - 1].id != 0;
  std::copy_backward(bucket, bucket + kWays - 1, bucket + kWays);
  bucket[0] = Slot{hash, id};
  return full;
}

uint64_t EntryHash(Kind kind, std::string_view identity, uint64_t hash_seed) {
  return HashName(identity, hash_seed + static_cast<uint64_t>(kind));
}

void Dictionary::Reset(uint64_t hash_seed, const std::array<uint32_t, kKindCount>& next_id) {
  cache_.Clear();
  hash_seed_ = hash_seed;
  next_id_ = next_id;
  complete_ = std::all_of(next_id.begin(), next_id.end(), [](uint32_t id) { return id == 1; });
  for (std::vector<std::string>& entries : fresh_) entries.clear();
}

absl::StatusOr<uint32_t> Dictionary::Id(Kind kind, std::string_view identity, std::string_view value,
                                        rocksdb::WriteBatch* batch) {
  const uint64_t hash = EntryHash(kind, identity, hash_seed_);
  if (const uint32_t id = cache_.Find(hash); id != 0) return id;
  const std::string key = IndexKey(kind, hash);
  if (!complete_) {
    ASSIGN_OR_RETURN(const std::optional<std::string> stored, database_->Get(key));
    if (stored.has_value()) {
      Input in(*stored);
      uint32_t id = 0;
      if (!in.Fixed(&id) || id == 0 || !in.empty())
        return absl::DataLossError("store: damaged dictionary index");
      cache_.Insert(hash, id);
      return id;
    }
  }
  uint32_t& next = next_id_[static_cast<size_t>(kind)];
  if (next == UINT32_MAX) return absl::ResourceExhaustedError("store: a dictionary is full");
  const uint32_t id = next++;
  std::string index;
  PutFixed(&index, id);
  batch->Put(key, index);
  fresh_[static_cast<size_t>(kind)].emplace_back(value);
  if (cache_.Insert(hash, id)) complete_ = false;
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
}

}  // namespace bouncewatch

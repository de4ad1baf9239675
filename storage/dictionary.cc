#include "storage/dictionary.h"

#define XXH_INLINE_ALL
#include <rocksdb/write_batch.h>
#include <xxhash.h>

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "absl/strings/str_format.h"
#include "classifier/status_macros.h"
#include "storage/entries.h"
#include "storage/snapshot.h"

namespace bouncewatch {
namespace {

size_t IndexOf(Kind kind) {
  return static_cast<size_t>(kind);
}

}  // namespace

// Seeds of kinds lie far apart: XXH3 adds short texts and seeds bit by bit, and with neighbouring seeds "mx1"
// of one kind could have the hash of "mx0" of another.
uint64_t EntryHash(Kind kind, std::string_view identity, uint64_t hash_seed) {
  constexpr uint64_t kKindStep = 0x9e3779b97f4a7c15;
  return XXH3_64bits_withSeed(identity.data(), identity.size(),
                              hash_seed + kKindStep * static_cast<uint64_t>(kind));
}

Dictionary::Dictionary(const Database* database, size_t cache_entries)
    : database_(database), cache_(cache_entries) {}

absl::Status Dictionary::Load(const Meta& meta) {
  cache_.Clear();
  for (Fresh& fresh : fresh_) fresh = Fresh();
  hash_seed_ = meta.hash_seed;
  next_id_ = meta.next_id;
  indexed_id_ = meta.indexed_id;
  for (size_t kind = 0; kind < kKindCount; ++kind) RETURN_IF_ERROR(LoadKind(static_cast<Kind>(kind)));
  return absl::OkStatus();
}

absl::Status Dictionary::LoadKind(Kind kind) {
  const uint32_t end = next_id_[IndexOf(kind)];
  uint32_t id = indexed_id_[IndexOf(kind)];
  if (id == end) return absl::OkStatus();
  Entries entries(Snapshot(database_->db(), nullptr));
  for (; id < end; ++id) {
    ASSIGN_OR_RETURN(std::string_view identity, entries.Find(kind, id));
    if (kind == Kind::kTemplate) {
      if (identity.size() < kTemplateIdentitySize) return absl::DataLossError("store: damaged template");
      identity = identity.substr(0, kTemplateIdentitySize);
    }
    cache_.InsertUnindexed(EntryHash(kind, identity, hash_seed_), id);
  }
  return absl::OkStatus();
}

absl::StatusOr<uint32_t> Dictionary::Id(Kind kind, uint64_t hash, std::string_view value) {
  if (const uint32_t id = cache_.Find(hash); id != 0) return id;
  if (indexed_id_[IndexOf(kind)] > 1) {
    ASSIGN_OR_RETURN(const std::optional<std::string> stored, database_->Get(IndexKey(hash)));
    if (stored.has_value()) {
      const std::optional<uint32_t> id = DecodeIndex(*stored);
      if (!id.has_value()) return absl::DataLossError("store: damaged dictionary index");
      cache_.InsertIndexed(hash, *id);
      return *id;
    }
  }
  uint32_t& next = next_id_[IndexOf(kind)];
  if (next == UINT32_MAX) return absl::ResourceExhaustedError("store: a dictionary is full");
  const uint32_t id = next++;
  Fresh& fresh = fresh_[IndexOf(kind)];
  fresh.bytes.append(value);
  fresh.sizes.push_back(static_cast<uint32_t>(value.size()));
  cache_.InsertUnindexed(hash, id);
  return id;
}

void Dictionary::FlushPages(Kind kind, rocksdb::WriteBatch* batch) {
  Fresh& fresh = fresh_[IndexOf(kind)];
  std::span<const uint32_t> sizes = fresh.sizes;
  std::string_view bytes = fresh.bytes;
  uint32_t first = next_id_[IndexOf(kind)] - static_cast<uint32_t>(sizes.size());
  while (!sizes.empty()) {
    const std::span<const uint32_t> page = sizes.first(std::min(sizes.size(), kPageEntriesMax));
    size_t length = 0;
    for (uint32_t size : page) length += size;
    batch->Put(PageKey(kind, first), EncodePage(page, bytes.substr(0, length)));
    bytes.remove_prefix(length);
    sizes = sizes.subspan(page.size());
    first += static_cast<uint32_t>(page.size());
  }
  fresh.bytes.clear();
  fresh.sizes.clear();
}

void Dictionary::Flush(rocksdb::WriteBatch* batch, Meta* meta) {
  for (size_t kind = 0; kind < kKindCount; ++kind) FlushPages(static_cast<Kind>(kind), batch);
  if (cache_.full()) {
    // In the order of keys: RocksDB's table in memory takes neighbours far faster than scattered keys.
    for (const IdCache::Entry& entry : cache_.Age()) batch->Put(IndexKey(entry.hash), EncodeIndex(entry.id));
    indexed_id_ = next_id_;
  }
  meta->next_id = next_id_;
  meta->indexed_id = indexed_id_;
}

}  // namespace bouncewatch

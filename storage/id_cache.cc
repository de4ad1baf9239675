#include "storage/id_cache.h"

#include <algorithm>
#include <utility>

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
}

uint32_t IdCache::Find(uint64_t hash) {
  if (young_.used > 0) {
    if (const uint32_t id = young_.Place(hash)->id; id != 0) return id;
  }
  if (old_.used == 0) return 0;
  const uint32_t id = old_.Place(hash)->id;
  if (id != 0) InsertIndexed(hash, id);
  return id;
}

void IdCache::Insert(const Slot& slot) {
  if (3 * young_.slots.size() <= 4 * young_.used) young_.Grow();
  Slot* const place = young_.Place(slot.hash);
  if (place->id == 0) ++young_.used;
  *place = slot;
}

std::vector<IdCache::Entry> IdCache::Age() {
  std::vector<Entry> unindexed;
  for (Slot& slot : young_.slots) {
    if (slot.id == 0 || slot.indexed) continue;
    unindexed.push_back({slot.hash, slot.id});
    slot.indexed = true;
  }
  std::sort(unindexed.begin(), unindexed.end(),
            [](const Entry& a, const Entry& b) { return a.hash < b.hash; });
  std::swap(young_, old_);
  young_.Clear();
  return unindexed;
}

}  // namespace bouncewatch

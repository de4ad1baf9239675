#include "classifier/interner.h"

#include <algorithm>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace bouncewatch {
namespace {

constexpr size_t kInitialSlots = 64;  // a power of two, as every size after it

}  // namespace

uint64_t HashName(std::string_view text, uint64_t seed) {
  return XXH3_64bits_withSeed(text.data(), text.size(), seed);
}

Interner::Interner() : slots_(kInitialSlots), mask_(kInitialSlots - 1), offsets_{0, 0} {}

uint32_t Interner::Intern(std::string_view text, uint64_t hash) {
  if (text.empty()) return 0;
  size_t i = hash & mask_;
  for (; slots_[i].id != 0; i = (i + 1) & mask_) {
    if (slots_[i].hash == hash) return slots_[i].id;
  }
  const uint32_t id = size();
  slots_[i] = Slot{hash, id};
  arena_.append(text);
  offsets_.push_back(static_cast<uint32_t>(arena_.size()));
  // At most half full, so that a probe stays within a cache line or two.
  if (size_t{2} * size() > slots_.size()) Grow();
  return id;
}

size_t Interner::memory_bytes() const {
  return slots_.size() * sizeof(Slot) + offsets_.capacity() * sizeof(uint32_t) + arena_.capacity();
}

void Interner::Clear() {
  if (size() == 1) return;
  std::fill(slots_.begin(), slots_.end(), Slot{});
  offsets_.resize(2);
  arena_.clear();
}

void Interner::Grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  mask_ = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.id == 0) continue;
    size_t i = slot.hash & mask_;
    while (slots_[i].id != 0) i = (i + 1) & mask_;
    slots_[i] = slot;
  }
}

}  // namespace bouncewatch

#include "classifier/interner.h"

#include <algorithm>
#include <bit>

namespace bouncewatch {
namespace {

constexpr size_t kInitialSlots = 64;  // a power of two, as every size after it

}  // namespace

Interner::Interner()
    : slots_(kInitialSlots),
      mask_(kInitialSlots - 1),
      shift_(64 - std::countr_zero(kInitialSlots)),
      hashes_{0} {
  texts_.push_back({});
}

uint32_t Interner::Insert(size_t slot, std::string_view text, uint64_t hash) {
  const uint32_t id = size();
  if (id == kMaxSize) return 0;
  slots_[slot] = hash << kIdBits | id;
  texts_.push_back(arena_.Copy(text));
  hashes_.push_back(hash);
  // At most two thirds full: a probe stays within a cache line or two.
  if (size_t{3} * size() > 2 * slots_.size()) Grow();
  return id;
}

size_t Interner::memory_bytes() const {
  return (slots_.size() + hashes_.capacity()) * sizeof(uint64_t) + texts_.memory_bytes() +
         arena_.memory_bytes();
}

void Interner::Clear() {
  if (size() == 1) return;
  std::fill(slots_.begin(), slots_.end(), 0);
  hashes_.resize(1);
  texts_.Truncate(1);
  arena_.Clear();
}

void Interner::Grow() {
  slots_.assign(slots_.size() * 2, 0);
  mask_ = slots_.size() - 1;
  --shift_;
  for (uint32_t id = 1; id < size(); ++id) {
    size_t i = hashes_[id] >> shift_;
    while (slots_[i] != 0) i = (i + 1) & mask_;
    slots_[i] = hashes_[id] << kIdBits | id;
  }
}

}  // namespace bouncewatch

// TupleMap: pairs of numbers to dense indices 0, 1, 2, ... in the order of first sight. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bouncewatch {

class TupleMap {
 public:
  struct Tuple {
    uint64_t a = 0, b = 0;
    bool operator==(const Tuple&) const = default;
  };

  // The tuple's index; new tuples get size().
  uint32_t Index(uint64_t a, uint64_t b) {
    const Tuple tuple{a, b};
    // Rows come sorted: the same series mostly follows itself.
    if (last_.used && last_.tuple == tuple) return last_.index;
    if (2 * tuples_.size() >= slots_.size()) Grow();
    Slot& slot = Place(tuple);
    if (!slot.used) {
      slot = Slot{tuple, static_cast<uint32_t>(tuples_.size()), true};
      tuples_.push_back(tuple);
    }
    last_ = slot;
    return slot.index;
  }
  size_t size() const { return tuples_.size(); }
  const Tuple& operator[](size_t index) const { return tuples_[index]; }

 private:
  struct Slot {
    Tuple tuple;
    uint32_t index = 0;
    bool used = false;
  };

  // Keys are ids given in order of sight: multiplication spreads them, and nobody outside chooses them.
  static size_t Hash(const Tuple& tuple) {
    uint64_t hash = (tuple.a ^ (tuple.b << 32 | tuple.b >> 32)) * 0x9e3779b97f4a7c15;
    hash ^= hash >> 32;
    hash *= 0xd6e8feb86659fd93;
    return hash ^ (hash >> 32);
  }
  Slot& Place(const Tuple& tuple) {
    size_t i = Hash(tuple) & (slots_.size() - 1);
    while (slots_[i].used && !(slots_[i].tuple == tuple)) i = (i + 1) & (slots_.size() - 1);
    return slots_[i];
  }
  void Grow() {
    std::vector<Slot> before(slots_.empty() ? 64 : slots_.size() * 2);
    before.swap(slots_);
    for (const Slot& slot : before) {
      if (slot.used) Place(slot.tuple) = slot;
    }
  }

  std::vector<Tuple> tuples_;
  std::vector<Slot> slots_;
  Slot last_;
};

}  // namespace bouncewatch

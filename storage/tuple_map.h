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
    if (last_ < tuples_.size() && tuples_[last_] == tuple) return last_;
    if (2 * tuples_.size() >= slots_.size()) Grow();
    size_t i = Hash(tuple) & (slots_.size() - 1);
    for (; slots_[i] != 0; i = (i + 1) & (slots_.size() - 1)) {
      if (tuples_[slots_[i] - 1] == tuple) return last_ = slots_[i] - 1;
    }
    tuples_.push_back(tuple);
    slots_[i] = static_cast<uint32_t>(tuples_.size());
    return last_ = slots_[i] - 1;
  }
  size_t size() const { return tuples_.size(); }
  const Tuple& operator[](size_t index) const { return tuples_[index]; }

 private:
  // Keys are ids given in order of sight: multiplication spreads them, and nobody outside chooses them.
  static size_t Hash(const Tuple& tuple) {
    uint64_t hash = (tuple.a ^ (tuple.b << 32 | tuple.b >> 32)) * 0x9e3779b97f4a7c15;
    hash ^= hash >> 32;
    hash *= 0xd6e8feb86659fd93;
    return hash ^ (hash >> 32);
  }
  void Grow() {
    slots_.assign(slots_.empty() ? 64 : slots_.size() * 2, 0);
    for (uint32_t index = 0; index < tuples_.size(); ++index) {
      size_t i = Hash(tuples_[index]) & (slots_.size() - 1);
      while (slots_[i] != 0) i = (i + 1) & (slots_.size() - 1);
      slots_[i] = index + 1;
    }
  }

  std::vector<Tuple> tuples_;
  std::vector<uint32_t> slots_;  // index + 1; 0: free
  uint32_t last_ = 0;
};

}  // namespace bouncewatch

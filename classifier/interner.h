// Interner: byte strings to dense ids 0, 1, 2, ... in the order of first sight; id 0 is the empty string.
//
// Open addressing over 64-bit keyed hashes; two strings are the same when their hashes are (a collision has odds of
// n^2 / 2^65, below 1e-6 for five million names, and the seed is not known to senders). One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bouncewatch {

// XXH3 under a seed: the same in every build, so that a hash under a stored seed may be stored.
uint64_t HashName(std::string_view text, uint64_t seed);

class Interner {
 public:
  Interner();

  void Prefetch(uint64_t hash) const { __builtin_prefetch(&slots_[hash & mask_]); }
  // `hash` stands for `text` from now on. Returns the id.
  uint32_t Intern(std::string_view text, uint64_t hash);

  uint32_t size() const { return static_cast<uint32_t>(offsets_.size() - 1); }  // ids are 0..size()-1
  std::string_view text(uint32_t id) const {
    return std::string_view(arena_).substr(offsets_[id], offsets_[id + 1] - offsets_[id]);
  }
  size_t memory_bytes() const;
  void Clear();  // back to the empty string alone; keeps the memory

 private:
  struct Slot {
    uint64_t hash = 0;
    uint32_t id = 0;  // 0: free
  };
  void Grow();

  std::vector<Slot> slots_;
  size_t mask_;
  std::vector<uint32_t> offsets_;  // offsets_[id] .. offsets_[id + 1] in arena_
  std::string arena_;
};

}  // namespace bouncewatch

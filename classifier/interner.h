// Interner: byte strings to dense ids 0, 1, 2, ... in the order of first sight; id 0 is the empty string.
//
// Open addressing over 64-bit keyed hashes, eight bytes a slot: the upper bits of a hash choose the slot, the
// lower 40 are kept in it, with 24 bits of id. Two strings are taken for the same when those bits agree; the
// odds that any two of n strings do are n / 2^42 or less (below 1e-6 for a million names), and the seed is
// not known to senders. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "classifier/arena.h"
#include "classifier/name_hash.h"
#include "classifier/stable_vector.h"

namespace bouncewatch {

class Interner {
 public:
  static constexpr uint32_t kMaxSize = 1u << 24;  // names, with the empty one

  Interner();

  void Prefetch(uint64_t hash) const { __builtin_prefetch(&slots_[hash >> shift_]); }
  // `hash` stands for `text` from now on. Returns the id; 0 also when there are kMaxSize names already.
  uint32_t Intern(std::string_view text, uint64_t hash) {
    if (text.empty()) return 0;
    size_t i = hash >> shift_;
    for (; slots_[i] != 0; i = (i + 1) & mask_) {
      if ((slots_[i] ^ hash << kIdBits) >> kIdBits == 0) return slots_[i] & kIdMask;
    }
    return Insert(i, text, hash);
  }

  uint32_t size() const { return static_cast<uint32_t>(hashes_.size()); }  // ids are 0..size()-1
  std::string_view text(uint32_t id) const { return texts_[id]; }          // holds until Clear
  uint64_t hash(uint32_t id) const { return hashes_[id]; }                 // as given to Intern; 0 for id 0
  size_t memory_bytes() const;
  void Clear();  // back to the empty string alone; keeps the tables' memory

 private:
  static constexpr int kIdBits = 24;
  static constexpr uint64_t kIdMask = (uint64_t{1} << kIdBits) - 1;

  uint32_t Insert(size_t slot, std::string_view text, uint64_t hash);
  void Grow();

  std::vector<uint64_t> slots_;  // lower bits of the hash << kIdBits | id; 0: free
  size_t mask_;
  int shift_;                     // 64 - log2 of the slots
  std::vector<uint64_t> hashes_;  // by id
  StableVector<std::string_view> texts_;
  Arena arena_;  // of the texts
};

}  // namespace bouncewatch

// IdCache: hash of a dictionary entry -> id, for the writer. Two generations of a hash table: what is in use
// moves to the younger, and Age forgets the older. One thread.
//
// An entry that the store's index does not hold yet is always in the younger generation, so that no look-up
// misses it; Age hands those entries over to be indexed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bouncewatch {

class IdCache {
 public:
  struct Entry {
    uint64_t hash = 0;
    uint32_t id = 0;
  };

  // Full with half of `entries` in the younger generation; it takes more until Age is called.
  explicit IdCache(size_t entries);

  void Prefetch(uint64_t hash) const {
    if (!young_.slots.empty()) __builtin_prefetch(&young_.slots[hash & (young_.slots.size() - 1)]);
  }
  uint32_t Find(uint64_t hash);  // 0: not cached
  void InsertIndexed(uint64_t hash, uint32_t id) { Insert({hash, id, true}); }
  void InsertUnindexed(uint64_t hash, uint32_t id) { Insert({hash, id, false}); }
  bool full() const { return young_.used >= generation_max_; }

  // The younger generation becomes the older. Returns what the index lacks, in the order of hashes; from now
  // on it counts as indexed.
  std::vector<Entry> Age();
  void Clear();

 private:
  struct Slot {
    uint64_t hash = 0;
    uint32_t id = 0;  // 0: free
    bool indexed = false;
  };
  struct Generation {
    std::vector<Slot> slots;
    size_t used = 0;

    Slot* Place(uint64_t hash);  // the slot of this hash, or the free one where it belongs
    void Grow();
    void Clear();
  };

  void Insert(const Slot& slot);

  const size_t generation_max_;
  Generation young_, old_;
};

}  // namespace bouncewatch

// PackedRow: a row of one hour in 16 bytes, global ids, laid out so that sorting rows is sorting numbers.
//
// From the top: shard and domain (32 bits), minute (6), lane (32), answer (32), count (26).
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

#include "storage/keys.h"

namespace bouncewatch {

struct PackedRow {
  static constexpr uint32_t kCountMax = (1u << 26) - 1;

  uint64_t high = 0, low = 0;

  static PackedRow Of(uint32_t domain, uint32_t minute, uint32_t lane, uint32_t answer, uint32_t count) {
    // The domain is rotated so that its shard leads.
    const uint64_t rotated = (domain << 26) | (domain >> 6);
    return {(rotated << 32) | (uint64_t{minute} << 26) | (lane >> 6),
            (uint64_t{lane & 63} << 58) | (uint64_t{answer} << 26) | count};
  }
  uint32_t shard() const { return static_cast<uint32_t>(high >> 58); }
  uint32_t domain() const { return (static_cast<uint32_t>(high >> 32) << 6) | shard(); }
  uint32_t minute() const { return static_cast<uint32_t>(high >> 26) & 63; }
  uint32_t lane() const { return (static_cast<uint32_t>(high & kCountMax) << 6) | (low >> 58); }
  uint32_t answer() const { return static_cast<uint32_t>(low >> 26); }
  uint32_t count() const { return static_cast<uint32_t>(low) & kCountMax; }

  // Counts may be added: all but the count is equal.
  bool SameSeries(const PackedRow& other) const { return high == other.high && (low ^ other.low) >> 26 == 0; }
  auto operator<=>(const PackedRow&) const = default;
};
static_assert(kShardCount == 64, "PackedRow gives the shard six bits");

// Appends `count` of a row whose own count does not matter; a count beyond kCountMax takes several rows.
void AppendRow(std::vector<PackedRow>* rows, PackedRow row, uint64_t count);

// Sorts, in linear time, and adds up what is the same.
void SortAndMerge(std::vector<PackedRow>* rows, std::vector<PackedRow>* scratch);
// Adds up what is the same in rows that are sorted.
void MergeSorted(std::vector<PackedRow>* rows);

}  // namespace bouncewatch

// How rows lie in the store. A block is one (shard, hour), sorted, with a directory of its domains; a delta
// is what one commit added to one hour, as it came. Both are columns of fixed width, byte plane after byte
// plane, so that any row is found by its index and RocksDB's compression sees like beside like.
//
// Parsing checks all of it: after Parse every index below rows() is safe to ask for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/coding.h"
#include "storage/packed_row.h"

namespace bouncewatch {

// Numbers of 0 to 8 bytes; width 0: all are zero. A view of bytes that outlive it.
class Column {
 public:
  static constexpr int kNarrow = 4, kWide = 8;

  // Reads `size` numbers of at most `width_max` bytes.
  static bool Read(Input* in, size_t size, Column* column, int width_max = kNarrow);
  static void Put(std::string* out, std::span<const uint64_t> values);
  static void Put(std::string* out, std::span<const uint32_t> values);

  int width() const { return width_; }
  std::string_view bytes() const { return bytes_; }
  uint32_t operator[](size_t i) const {
    uint32_t value = 0;
    for (int plane = 0; plane < width_; ++plane) {
      value |= uint32_t{static_cast<uint8_t>(bytes_[static_cast<size_t>(plane) * size_ + i])} << (8 * plane);
    }
    return value;
  }
  uint64_t wide(size_t i) const {
    uint64_t value = 0;
    for (int plane = 0; plane < width_; ++plane) {
      value |= uint64_t{static_cast<uint8_t>(bytes_[static_cast<size_t>(plane) * size_ + i])} << (8 * plane);
    }
    return value;
  }

 private:
  std::string_view bytes_;
  size_t size_ = 0;
  int width_ = 0;
};

// The columns that blocks and deltas share.
class RowColumns {
 public:
  bool Read(Input* in, size_t size);
  uint32_t minute(size_t i) const { return minute_[i]; }
  uint32_t lane(size_t i) const { return lane_[i]; }
  uint32_t answer(size_t i) const { return answer_[i]; }
  uint64_t count(size_t i) const { return uint64_t{count_[i]} + 1; }

 private:
  Column minute_, lane_, answer_, count_;
};

class BlockView : public RowColumns {
 public:
  struct Run {
    uint32_t domain;
    size_t begin, end;  // rows of this domain
  };
  // DataLoss: not a block. The view points into `bytes`.
  static absl::StatusOr<BlockView> Parse(std::string_view bytes, uint32_t shard);

  size_t rows() const { return rows_; }
  std::span<const Run> runs() const { return runs_; }  // ascending domains
  void AppendTo(std::vector<PackedRow>* rows) const;   // sorted, as in the block

 private:
  size_t rows_ = 0;
  std::vector<Run> runs_;
};

class DeltaView : public RowColumns {
 public:
  static absl::StatusOr<DeltaView> Parse(std::string_view bytes);

  size_t rows() const { return rows_; }
  uint32_t domain(size_t i) const { return domain_[i]; }
  void AppendTo(std::vector<PackedRow>* rows) const;

 private:
  size_t rows_ = 0;
  Column domain_;
};

// `rows`: one shard, sorted and merged, not empty.
std::string EncodeBlock(std::span<const PackedRow> rows);
// Any rows with a count.
std::string EncodeDelta(std::span<const PackedRow> rows);

}  // namespace bouncewatch

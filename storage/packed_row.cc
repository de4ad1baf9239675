// A radix sort over the bits that differ at all. Ids are dense and small, so of 102 bits about 50 do: six
// passes of eleven bits, each a sequential read and a scatter, where a comparison sort of an hour takes
// fifteen levels.
#include "storage/packed_row.h"

#include <algorithm>
#include <array>
#include <bit>

namespace bouncewatch {
namespace {

constexpr int kDigitBits = 11;
constexpr size_t kSmall = 1024;  // below this a comparison sort is done before the histograms are cleared

using Word = uint64_t PackedRow::*;

void Scatter(const std::vector<PackedRow>& from, std::vector<PackedRow>* to, Word word, int shift) {
  constexpr uint64_t kMask = (1u << kDigitBits) - 1;
  std::array<uint32_t, 1 << kDigitBits> next{};
  for (const PackedRow& row : from) ++next[(row.*word >> shift) & kMask];
  uint32_t sum = 0;
  for (uint32_t& slot : next) {
    const uint32_t count = slot;
    slot = sum;
    sum += count;
  }
  for (const PackedRow& row : from) (*to)[next[(row.*word >> shift) & kMask]++] = row;
}

void RadixSort(std::vector<PackedRow>* rows, std::vector<PackedRow>* scratch) {
  PackedRow differ;
  for (const PackedRow& row : *rows) {
    differ.high |= row.high ^ rows->front().high;
    differ.low |= row.low ^ rows->front().low;
  }
  differ.low &= ~uint64_t{PackedRow::kCountMax};  // the order of equal rows does not matter
  scratch->resize(rows->size());
  for (Word word : {&PackedRow::low, &PackedRow::high}) {
    for (uint64_t left = differ.*word; left != 0;) {
      const int shift = std::countr_zero(left);
      Scatter(*rows, scratch, word, shift);
      rows->swap(*scratch);
      left = shift + kDigitBits < 64 ? left >> (shift + kDigitBits) << (shift + kDigitBits) : 0;
    }
  }
}

}  // namespace

void AppendRow(std::vector<PackedRow>* rows, PackedRow row, uint64_t count) {
  row.low &= ~uint64_t{PackedRow::kCountMax};
  for (; count > PackedRow::kCountMax; count -= PackedRow::kCountMax) {
    rows->push_back({row.high, row.low | PackedRow::kCountMax});
  }
  if (count > 0) rows->push_back({row.high, row.low | count});
}

void MergeSorted(std::vector<PackedRow>* rows) {
  size_t last = 0;
  for (size_t i = 1; i < rows->size(); ++i) {
    PackedRow& kept = (*rows)[last];
    const PackedRow& row = (*rows)[i];
    if (kept.SameSeries(row) && kept.count() + row.count() <= PackedRow::kCountMax) {
      kept.low += row.count();
    } else {
      (*rows)[++last] = row;
    }
  }
  if (!rows->empty()) rows->resize(last + 1);
}

void SortAndMerge(std::vector<PackedRow>* rows, std::vector<PackedRow>* scratch) {
  if (rows->size() < kSmall) {
    std::sort(rows->begin(), rows->end());
  } else {
    RadixSort(rows, scratch);
  }
  MergeSorted(rows);
}

}  // namespace bouncewatch

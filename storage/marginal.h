// Marginals: the rows of an hour or a day summed over all but one of their names. A value holds one part of
// the names: a directory of them with their sums by outcome, then for each name its answers and their counts.
//
// The directory alone tells who failed most; the rows behind it tell of what.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "classifier/event.h"
#include "storage/block.h"
#include "storage/keys.h"
#include "storage/packed_row.h"

namespace bouncewatch {

// A marginal's row as a PackedRow: only name, answer and count are set. Sorted rows are in the order of
// parts.
inline PackedRow MarginalRow(Marginal marginal, uint32_t name, uint32_t answer, uint32_t count) {
  return marginal == Marginal::kDomain ? PackedRow::Of(name, 0, 0, answer, count)
                                       : PackedRow::Of(0, 0, name, answer, count);
}
inline uint32_t NameOf(Marginal marginal, const PackedRow& row) {
  return marginal == Marginal::kDomain ? row.domain() : row.lane();
}

// The outcomes whose sums stand beside each name, in this order. Echoes and probes are in rows alone.
inline constexpr std::array<Outcome, 4> kSummedOutcomes = {Outcome::kDelivered, Outcome::kDeferred,
                                                           Outcome::kBounced, Outcome::kExpired};

class MarginalView {
 public:
  // DataLoss: not a marginal. The view points into `bytes`; afterwards every index below names() and rows()
  // is safe to ask for.
  static absl::StatusOr<MarginalView> Parse(std::string_view bytes, Marginal marginal, uint32_t part);

  size_t names() const { return names_; }
  size_t rows() const { return rows_; }
  // Names come in ascending order: a walk adds step(i) to where it is, and its rows are the next length(i).
  uint32_t first_name() const { return first_name_; }
  uint32_t step(size_t i) const { return (steps_[i] + (i > 0 ? 1 : 0)) * stride_; }
  size_t length(size_t i) const { return size_t{lengths_[i]} + 1; }
  // By place in kSummedOutcomes.
  uint64_t sum(size_t outcome, size_t i) const { return sums_[outcome].wide(i); }

  uint32_t answer(size_t row) const { return answer_[row]; }
  uint64_t count(size_t row) const { return count_.wide(row) + 1; }
  void AppendTo(std::vector<PackedRow>* rows) const;  // sorted, as in the value

 private:
  Marginal marginal_ = Marginal::kDomain;
  uint32_t first_name_ = 0, stride_ = 1;
  size_t names_ = 0, rows_ = 0;
  Column steps_, lengths_, answer_, count_;
  std::array<Column, kSummedOutcomes.size()> sums_;
};

// `rows`: of one part, sorted and merged, not empty. `outcome_of` an answer.
std::string EncodeMarginal(Marginal marginal, std::span<const PackedRow> rows,
                           const std::function<Outcome(uint32_t answer)>& outcome_of);

}  // namespace bouncewatch

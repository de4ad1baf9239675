#include "storage/marginal.h"

#include <algorithm>

#include "absl/status/status.h"
#include "storage/coding.h"

namespace bouncewatch {
namespace {

constexpr char kFormat = 1;

absl::Status Damaged() {
  return absl::DataLossError("store: damaged marginal");
}

// The name that a part's places are counted from, and how far they are apart.
struct Places {
  uint32_t first, stride;
};
Places PlacesOf(Marginal marginal, uint32_t part) {
  if (marginal == Marginal::kDomain) return {part, kShardCount};
  return {part * kNamesPerPart, 1};
}

}  // namespace

absl::StatusOr<MarginalView> MarginalView::Parse(std::string_view bytes, Marginal marginal, uint32_t part) {
  Input in(bytes);
  char format = 0;
  uint64_t rows = 0, names = 0;
  if (!in.Fixed(&format) || format != kFormat || !in.Varint(&rows) || !in.Varint(&names)) return Damaged();
  // Every row takes at least a byte of its answer, every name at least a row.
  if (rows > bytes.size() || names > rows) return Damaged();
  MarginalView view;
  view.marginal_ = marginal;
  view.names_ = names;
  view.rows_ = rows;
  view.first_name_ = PlacesOf(marginal, part).first;
  view.stride_ = PlacesOf(marginal, part).stride;
  if (!Column::Read(&in, names, &view.steps_) || !Column::Read(&in, names, &view.lengths_)) return Damaged();
  for (Column& sums : view.sums_) {
    if (!Column::Read(&in, names, &sums, Column::kWide)) return Damaged();
  }
  if (!Column::Read(&in, rows, &view.answer_) || !Column::Read(&in, rows, &view.count_, Column::kWide)) {
    return Damaged();
  }
  if (!in.empty() || (rows > 0 && view.answer_.width() == 0)) return Damaged();
  uint64_t place = 0, row = 0;
  for (size_t i = 0; i < names; ++i) {
    place += uint64_t{view.steps_[i]} + (i > 0 ? 1 : 0);
    row += view.length(i);
  }
  if (row != rows || (place + 1) * view.stride_ + view.first_name_ > UINT32_MAX) return Damaged();
  return view;
}

void MarginalView::AppendTo(std::vector<PackedRow>* rows) const {
  rows->reserve(rows->size() + rows_);
  uint32_t name = first_name_;
  size_t row = 0;
  for (size_t i = 0; i < names_; ++i) {
    name += step(i);
    for (const size_t end = row + length(i); row < end; ++row) {
      AppendRow(rows, MarginalRow(marginal_, name, answer(row), 0), count(row));
    }
  }
}

std::string EncodeMarginal(Marginal marginal, std::span<const PackedRow> rows,
                           const std::function<Outcome(uint32_t answer)>& outcome_of) {
  const Places places = PlacesOf(marginal, PartOf(marginal, NameOf(marginal, rows.front())));
  std::vector<uint32_t> steps, lengths, answers;
  std::array<std::vector<uint64_t>, kSummedOutcomes.size()> sums;
  std::vector<uint64_t> counts;
  answers.reserve(rows.size());
  counts.reserve(rows.size());
  uint32_t place = 0;
  for (size_t begin = 0; begin < rows.size();) {
    const uint32_t name = NameOf(marginal, rows[begin]);
    for (std::vector<uint64_t>& sum : sums) sum.push_back(0);
    size_t end = begin;
    for (; end < rows.size() && NameOf(marginal, rows[end]) == name; ++end) {
      answers.push_back(rows[end].answer());
      counts.push_back(rows[end].count() - 1);
      const auto summed =
          std::find(kSummedOutcomes.begin(), kSummedOutcomes.end(), outcome_of(rows[end].answer()));
      if (summed == kSummedOutcomes.end()) continue;
      sums[static_cast<size_t>(summed - kSummedOutcomes.begin())].back() += rows[end].count();
    }
    const uint32_t here = (name - places.first) / places.stride;
    steps.push_back(here - place - (begin > 0 ? 1 : 0));
    lengths.push_back(static_cast<uint32_t>(end - begin - 1));
    place = here;
    begin = end;
  }
  std::string out(1, kFormat);
  PutVarint(&out, rows.size());
  PutVarint(&out, steps.size());
  Column::Put(&out, steps);
  Column::Put(&out, lengths);
  for (const std::vector<uint64_t>& sum : sums) Column::Put(&out, sum);
  Column::Put(&out, answers);
  Column::Put(&out, counts);
  return out;
}

}  // namespace bouncewatch

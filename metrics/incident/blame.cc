#include "metrics/incident/blame.h"

#include <algorithm>
#include <cmath>

namespace bouncewatch {
namespace {

constexpr size_t kBestValues = 6;  // of each dimension, from which pairs are made
constexpr double kPairFactor = 0.85, kPairCost = 3;
constexpr double kMinCoverage = 0.35;  // of the excess; what explains less is not to blame
constexpr double kMinScore = 8;
constexpr double kSameMail = 0.98;  // of the attempts of both, in both

struct Sums {
  double attempts = 0, failures = 0, expected = 0;

  void Add(const BlameRow& row) {
    attempts += static_cast<double>(row.attempts);
    failures += static_cast<double>(row.failures);
    expected += row.expected;
  }
};

double Term(double failures, double expected) {
  return failures <= 0 ? 0 : failures * std::log(failures / expected);
}

// The log likelihood ratio of a slice against no slice; 0 when failures are not denser inside. `all.expected`
// is scaled to all.failures first: that everything is worse is not told by any slice.
double LogLikelihoodRatio(const Sums& in, const Sums& all) {
  if (in.expected <= 0 || all.expected <= 0) return 0;
  const double inside = in.expected * all.failures / all.expected, outside = all.failures - inside;
  if (in.failures <= inside) return 0;
  return Term(in.failures, inside) + Term(all.failures - in.failures, std::max(outside, 1e-9));
}

bool Selects(const Slice& slice, const BlameRow& row) {
  for (size_t i = 0; i < slice.size; ++i) {
    const Slice::Value& value = slice.values[i];
    if (row.values[static_cast<size_t>(value.dimension)] != value.value) return false;
  }
  return true;
}

BlamedSlice Weigh(const Slice& slice, const Sums& in, const Sums& all) {
  BlamedSlice out;
  out.slice = slice;
  out.score = LogLikelihoodRatio(in, all);
  if (slice.size == 2) out.score = out.score * kPairFactor - kPairCost;
  const double excess = all.failures - all.expected;
  out.coverage = excess <= 0 ? 0 : (in.failures - in.expected) / excess;
  out.attempts = static_cast<uint64_t>(in.attempts);
  out.failures = static_cast<uint64_t>(in.failures);
  out.expected = in.expected;
  return out;
}

bool Better(const BlamedSlice& a, const BlamedSlice& b) {
  return a.score > b.score;
}

// Every value of a dimension, the best first.
std::vector<BlamedSlice> WeighValues(std::span<const BlameRow> rows, Dimension dimension, const Sums& all) {
  const auto d = static_cast<size_t>(dimension);
  uint32_t largest = 0;
  for (const BlameRow& row : rows) largest = std::max(largest, row.values[d]);
  std::vector<Sums> sums(size_t{largest} + 1);
  for (const BlameRow& row : rows) sums[row.values[d]].Add(row);
  std::vector<BlamedSlice> out;
  for (uint32_t value = 0; value <= largest; ++value) {
    if (sums[value].failures == 0) continue;
    Slice slice;
    slice.values[0] = {dimension, value};
    slice.size = 1;
    out.push_back(Weigh(slice, sums[value], all));
  }
  std::sort(out.begin(), out.end(), Better);
  return out;
}

BlamedSlice WeighPair(std::span<const BlameRow> rows, const Slice::Value& a, const Slice::Value& b,
                      const Sums& all) {
  Slice slice;
  slice.values = {a, b};
  slice.size = 2;
  Sums in;
  for (const BlameRow& row : rows) {
    if (Selects(slice, row)) in.Add(row);
  }
  return Weigh(slice, in, all);
}

bool SelectSameMail(std::span<const BlameRow> rows, const Slice& a, const Slice& b) {
  double both = 0, either = 0;
  for (const BlameRow& row : rows) {
    const bool in_a = Selects(a, row), in_b = Selects(b, row);
    if (in_a && in_b) both += static_cast<double>(row.attempts);
    if (in_a || in_b) either += static_cast<double>(row.attempts);
  }
  return both >= kSameMail * either;
}

}  // namespace

Blame FindBlame(std::span<const BlameRow> rows) {
  Sums all;
  for (const BlameRow& row : rows) all.Add(row);
  std::vector<BlamedSlice> found;
  std::array<std::vector<BlamedSlice>, kDimensionCount> best;
  for (size_t d = 0; d < kDimensionCount; ++d) {
    best[d] = WeighValues(rows, static_cast<Dimension>(d), all);
    best[d].resize(std::min(best[d].size(), kBestValues));
    found.insert(found.end(), best[d].begin(), best[d].end());
  }
  for (size_t d = 0; d < kDimensionCount; ++d) {
    for (size_t other = d + 1; other < kDimensionCount; ++other) {
      for (const BlamedSlice& a : best[d]) {
        for (const BlamedSlice& b : best[other]) {
          found.push_back(WeighPair(rows, a.slice.values[0], b.slice.values[0], all));
        }
      }
    }
  }
  std::stable_sort(found.begin(), found.end(), Better);
  Blame blame;
  const auto fits = [](const BlamedSlice& s) { return s.score >= kMinScore && s.coverage >= kMinCoverage; };
  const auto first = std::find_if(found.begin(), found.end(), fits);
  if (first == found.end()) {
    blame.blamed = Weigh(Slice(), all, all);
    return blame;
  }
  blame.blamed = *first;
  for (auto it = std::next(first); it != found.end(); ++it) {
    if (SelectSameMail(rows, blame.blamed.slice, it->slice)) {
      if (it->slice.size == 1 || blame.blamed.slice.size == 2) blame.not_separable.push_back(*it);
    } else if (blame.runner_up.slice.size == 0 && it->score > 0) {
      blame.runner_up = *it;
    }
    if (it->score <= 0) break;
  }
  return blame;
}

}  // namespace bouncewatch

#include "storage/marginal.h"

#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace bouncewatch {
namespace {

Outcome OutcomeOf(uint32_t answer) {
  return static_cast<Outcome>(answer % kOutcomeCount);
}

std::vector<PackedRow> RandomRows(Marginal marginal, uint32_t part, std::mt19937* random) {
  std::vector<PackedRow> rows, scratch;
  for (uint32_t n = (*random)() % 3000 + 1; n > 0; --n) {
    const uint32_t place = (*random)() % 500;
    const uint32_t name =
        marginal == Marginal::kDomain ? place * kShardCount + part : part * kNamesPerPart + place;
    rows.push_back(MarginalRow(marginal, name, (*random)() % 300 + 1, (*random)() % 1000 + 1));
  }
  SortAndMerge(&rows, &scratch);
  return rows;
}

TEST(Marginal, RoundTripsAndSums) {
  std::mt19937 random(7);
  for (int round = 0; round < 20; ++round) {
    const Marginal marginal = static_cast<Marginal>(random() % kMarginalCount);
    const uint32_t part = random() % kShardCount;
    const std::vector<PackedRow> rows = RandomRows(marginal, part, &random);
    const std::string bytes = EncodeMarginal(marginal, rows, OutcomeOf);
    const auto view = MarginalView::Parse(bytes, marginal, part);
    ASSERT_TRUE(view.ok()) << view.status().ToString();
    std::vector<PackedRow> read;
    view->AppendTo(&read);
    EXPECT_EQ(read, rows);
    size_t row = 0;
    for (size_t i = 0; i < view->names(); ++i) {
      std::array<uint64_t, kSummedOutcomes.size()> sums{};
      for (const size_t end = row + view->length(i); row < end; ++row) {
        for (size_t o = 0; o < sums.size(); ++o) {
          if (OutcomeOf(view->answer(row)) == kSummedOutcomes[o]) sums[o] += view->count(row);
        }
      }
      for (size_t o = 0; o < sums.size(); ++o) EXPECT_EQ(view->sum(o, i), sums[o]);
    }
    EXPECT_EQ(row, view->rows());
  }
}

TEST(Marginal, DamagedBytesAreRefusedOrSafe) {
  std::mt19937 random(8);
  const std::vector<PackedRow> rows = RandomRows(Marginal::kDomain, 3, &random);
  const std::string good = EncodeMarginal(Marginal::kDomain, rows, OutcomeOf);
  for (size_t size = 0; size < std::min<size_t>(good.size(), 400); ++size) {
    EXPECT_FALSE(MarginalView::Parse(std::string_view(good).substr(0, size), Marginal::kDomain, 3).ok())
        << size;
  }
  size_t refused = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string bytes = good;
    for (uint32_t n = random() % 4 + 1; n > 0; --n)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    const auto view = MarginalView::Parse(bytes, Marginal::kDomain, 3);
    refused += view.ok() ? 0 : 1;
    std::vector<PackedRow> read;
    if (view.ok()) view->AppendTo(&read);
  }
  EXPECT_GT(refused, 100u);
}

}  // namespace
}  // namespace bouncewatch

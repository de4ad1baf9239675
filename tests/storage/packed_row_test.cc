#include "storage/packed_row.h"

#include <algorithm>
#include <map>
#include <random>
#include <tuple>

#include "gtest/gtest.h"

namespace bouncewatch {
namespace {

TEST(PackedRow, HoldsEveryFieldWhole) {
  for (uint32_t id : {0u, 1u, 63u, 64u, 65u, 0x03ffffffu, 0x04000000u, 0xfffffffeu, 0xffffffffu}) {
    const PackedRow row = PackedRow::Of(id, 59, id, ~id, PackedRow::kCountMax);
    EXPECT_EQ(row.domain(), id);
    EXPECT_EQ(row.shard(), ShardOf(id));
    EXPECT_EQ(row.minute(), 59u);
    EXPECT_EQ(row.lane(), id);
    EXPECT_EQ(row.answer(), ~id);
    EXPECT_EQ(row.count(), PackedRow::kCountMax);
  }
}

TEST(PackedRow, SortsByShardThenDomainThenMinute) {
  const PackedRow rows[] = {
      PackedRow::Of(64, 0, 0, 0, 9), PackedRow::Of(64, 1, 0, 0, 1),  PackedRow::Of(64, 1, 0, 1, 1),
      PackedRow::Of(64, 1, 1, 0, 1), PackedRow::Of(64, 1, 64, 0, 1), PackedRow::Of(128, 0, 0, 0, 1),
      PackedRow::Of(1, 0, 0, 0, 1),
  };
  EXPECT_TRUE(std::is_sorted(std::begin(rows), std::end(rows)));
}

TEST(PackedRow, SplitsCountsThatDoNotFit) {
  std::vector<PackedRow> rows;
  AppendRow(&rows, PackedRow::Of(1, 2, 3, 4, 77), uint64_t{3} * PackedRow::kCountMax + 5);
  ASSERT_EQ(rows.size(), 4u);
  uint64_t sum = 0;
  for (const PackedRow& row : rows) {
    EXPECT_TRUE(row.SameSeries(rows[0]));
    sum += row.count();
  }
  EXPECT_EQ(sum, uint64_t{3} * PackedRow::kCountMax + 5);
  AppendRow(&rows, rows[0], 0);
  EXPECT_EQ(rows.size(), 4u) << "nothing is no row";
}

TEST(PackedRow, SortAndMergeKeepsEveryCount) {
  std::mt19937 random(1);
  for (size_t size : {0u, 1u, 2u, 1000u, 20'000u}) {
    for (uint32_t range : {1u, 50u, 0x80000000u}) {
      std::vector<PackedRow> rows, scratch;
      std::map<std::tuple<uint32_t, uint32_t, uint32_t, uint32_t>, uint64_t> expected, got;
      for (size_t i = 0; i < size; ++i) {
        const uint32_t domain = random() % range, minute = random() % 60, lane = random() % range;
        const uint32_t answer = random() % range, count = random() % PackedRow::kCountMax + 1;
        rows.push_back(PackedRow::Of(domain, minute, lane, answer, count));
        expected[{domain, minute, lane, answer}] += count;
      }
      SortAndMerge(&rows, &scratch);
      for (const PackedRow& row : rows) {
        got[{row.domain(), row.minute(), row.lane(), row.answer()}] += row.count();
      }
      EXPECT_EQ(got, expected);
      for (size_t i = 1; i < rows.size(); ++i) {
        ASSERT_TRUE(rows[i - 1] < rows[i] || rows[i - 1].SameSeries(rows[i]));
      }
    }
  }
}

}  // namespace
}  // namespace bouncewatch

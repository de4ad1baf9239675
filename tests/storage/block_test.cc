#include "storage/block.h"

#include <random>
#include <string>

#include "gtest/gtest.h"

namespace bouncewatch {
namespace {

std::vector<PackedRow> RandomRows(std::mt19937& random, size_t size, uint32_t shard, uint32_t range) {
  std::vector<PackedRow> rows, scratch;
  for (size_t i = 0; i < size; ++i) {
    const uint32_t domain = random() % range / kShardCount * kShardCount + shard;
    rows.push_back(
        PackedRow::Of(domain, random() % 60, random() % range, random() % range, random() % 300 + 1));
  }
  SortAndMerge(&rows, &scratch);
  return rows;
}

TEST(Block, RoundTripsAtEveryWidth) {
  std::mt19937 random(2);
  for (uint32_t range : {64u, 200u, 60'000u, 10'000'000u, 0xffffffc0u}) {
    for (size_t size : {1u, 2u, 3000u}) {
      const uint32_t shard = random() % kShardCount;
      const std::vector<PackedRow> rows = RandomRows(random, size, shard, range);
      const auto block = BlockView::Parse(EncodeBlock(rows), shard);
      ASSERT_TRUE(block.ok()) << block.status().ToString();
      EXPECT_EQ(block->rows(), rows.size());
    }
  }
}

TEST(Block, GivesBackItsRowsAndRuns) {
  std::mt19937 random(3);
  const std::vector<PackedRow> rows = RandomRows(random, 5000, 7, 20'000);
  const std::string bytes = EncodeBlock(rows);
  const auto block = BlockView::Parse(bytes, 7);
  ASSERT_TRUE(block.ok());
  std::vector<PackedRow> read;
  block->AppendTo(&read);
  EXPECT_EQ(read, rows);
  for (const BlockView::Run& run : block->runs()) {
    ASSERT_LT(run.begin, run.end);
    for (size_t i = run.begin; i < run.end; ++i) EXPECT_EQ(rows[i].domain(), run.domain);
  }
}

TEST(Block, ARowOfTheCommonKindIsSmall) {
  std::vector<PackedRow> rows;
  for (uint32_t i = 0; i < 1000; ++i) rows.push_back(PackedRow::Of(64 * (i / 4), i % 60, 300, 40, 1));
  std::vector<PackedRow> scratch;
  SortAndMerge(&rows, &scratch);
  EXPECT_LT(EncodeBlock(rows).size(), rows.size() * 5);
}

TEST(Block, LargestCountsSurvive) {
  std::vector<PackedRow> rows;
  AppendRow(&rows, PackedRow::Of(0, 0, 0, 1, 0), uint64_t{UINT32_MAX});
  std::sort(rows.begin(), rows.end());
  const std::string bytes = EncodeBlock(rows);
  const auto block = BlockView::Parse(bytes, 0);
  ASSERT_TRUE(block.ok());
  uint64_t sum = 0;
  for (size_t i = 0; i < block->rows(); ++i) sum += block->count(i);
  EXPECT_EQ(sum, UINT32_MAX);
}

TEST(Delta, RoundTripsUnsorted) {
  std::mt19937 random(4);
  std::vector<PackedRow> rows;
  for (int i = 0; i < 2000; ++i) {
    rows.push_back(PackedRow::Of(random(), random() % 60, random(), random(), random() % 1000 + 1));
  }
  const std::string bytes = EncodeDelta(rows);
  const auto delta = DeltaView::Parse(bytes);
  ASSERT_TRUE(delta.ok());
  std::vector<PackedRow> read;
  delta->AppendTo(&read);
  EXPECT_EQ(read, rows);
}

// Reads all that a view offers; the sanitizers look on.
uint64_t Touch(const std::string& bytes) {
  uint64_t sum = 0;
  if (const auto block = BlockView::Parse(bytes, 5); block.ok()) {
    for (size_t i = 0; i < block->rows(); ++i) {
      EXPECT_LT(block->minute(i), 60u);
      sum += block->lane(i) + block->answer(i) + block->count(i);
    }
    for (const BlockView::Run& run : block->runs()) EXPECT_LE(run.end, block->rows());
  }
  if (const auto delta = DeltaView::Parse(bytes); delta.ok()) {
    for (size_t i = 0; i < delta->rows(); ++i) sum += delta->domain(i) + delta->count(i);
  }
  return sum;
}

TEST(Block, DamagedBytesAreRefusedOrHarmless) {
  std::mt19937 random(5);
  const std::vector<PackedRow> rows = RandomRows(random, 60, 5, 100'000);
  for (const std::string& good : {EncodeBlock(rows), EncodeDelta(rows)}) {
    for (size_t cut = 0; cut < good.size(); ++cut) {
      EXPECT_FALSE(BlockView::Parse(good.substr(0, cut), 5).ok());
      EXPECT_FALSE(DeltaView::Parse(good.substr(0, cut)).ok());
    }
    for (int i = 0; i < 20'000; ++i) {
      std::string bad = good;
      for (uint32_t n = random() % 4 + 1; n > 0; --n)
        bad[random() % bad.size()] = static_cast<char>(random());
      Touch(bad);
    }
  }
  for (int i = 0; i < 20'000; ++i) {
    std::string noise(random() % 40, '\1');
    for (char& c : noise) c = static_cast<char>(random() % 3 == 0 ? random() : random() % 3);
    Touch(noise);
  }
}

TEST(Block, AHeaderCannotPromiseMoreRowsThanBytes) {
  std::string bytes("\1", 1);
  PutVarint(&bytes, UINT32_MAX);
  PutVarint(&bytes, UINT32_MAX);
  bytes.append(6, '\0');
  EXPECT_FALSE(BlockView::Parse(bytes, 0).ok());
}

}  // namespace
}  // namespace bouncewatch

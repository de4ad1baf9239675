#include "storage/id_cache.h"

#include <algorithm>
#include <vector>

#include "gtest/gtest.h"

namespace bouncewatch {
namespace {

TEST(IdCache, KeepsWhatIsNotIndexedUntilItAges) {
  IdCache cache(8);
  for (uint32_t id = 1; id <= 1000; ++id) cache.InsertUnindexed(id * 77, id);
  EXPECT_TRUE(cache.full());
  for (uint32_t id = 1; id <= 1000; ++id) EXPECT_EQ(cache.Find(id * 77), id);
  EXPECT_EQ(cache.Find(78), 0u);
}

TEST(IdCache, HandsOverWhatTheIndexLacksOnceAndInOrder) {
  IdCache cache(8);
  cache.InsertUnindexed(30, 1);
  cache.InsertIndexed(20, 2);
  cache.InsertUnindexed(10, 3);
  const std::vector<IdCache::Entry> entries = cache.Age();
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].hash, 10u);
  EXPECT_EQ(entries[0].id, 3u);
  EXPECT_EQ(entries[1].hash, 30u);
  EXPECT_EQ(entries[1].id, 1u);
  EXPECT_EQ(cache.Find(30), 1u) << "moves it to the younger generation";
  EXPECT_TRUE(cache.Age().empty());
}

TEST(IdCache, KeepsWhatIsInUseAndForgetsTheRest) {
  IdCache cache(8);
  cache.InsertUnindexed(1, 1);
  cache.InsertUnindexed(2, 2);
  cache.Age();
  EXPECT_EQ(cache.Find(1), 1u);
  cache.Age();
  EXPECT_EQ(cache.Find(1), 1u);
  EXPECT_EQ(cache.Find(2), 0u);
  cache.Clear();
  EXPECT_EQ(cache.Find(1), 0u);
}

}  // namespace
}  // namespace bouncewatch

#include "storage/keys.h"

#include <algorithm>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace bouncewatch {
namespace {

TEST(Keys, SortInTheOrderTheyAreScanned) {
  const std::vector<std::string> keys = {
      BlockKey(0, 1),
      BlockKey(0, 256),
      BlockKey(1, 0),
      BlockKey(63, 7),
      DeltaKey(1, 2),
      DeltaKey(1, 300),
      DeltaKey(256, 1),
      MarginalKey({Resolution::kHour, Marginal::kDomain, 0, 7}),
      MarginalKey({Resolution::kHour, Marginal::kDomain, 63, 1}),
      MarginalKey({Resolution::kHour, Marginal::kHost, 0, 0}),
      IndexKey(0),
      IndexKey(256),
      MetaKey(),
      PageKey(Kind::kDomain, 1),
      PageKey(Kind::kDomain, 300),
      PageKey(Kind::kLane, 1),
      StateKey("position/a"),
      MarginalKey({Resolution::kDay, Marginal::kIp, 2, 300}),
  };
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
}

TEST(Keys, MarginalsRoundTrip) {
  const std::string key = MarginalKey({Resolution::kDay, Marginal::kSender, 300, 20'000});
  const auto address = ParseMarginalKey(key);
  ASSERT_TRUE(address.has_value());
  EXPECT_EQ(address->resolution, Resolution::kDay);
  EXPECT_EQ(address->marginal, Marginal::kSender);
  EXPECT_EQ(address->part, 300u);
  EXPECT_EQ(address->bucket, 20'000u);
  EXPECT_FALSE(ParseMarginalKey(key + "x").has_value());
  EXPECT_FALSE(ParseMarginalKey("h\x05" + key.substr(2)).has_value()) << "there are five";
  EXPECT_FALSE(ParseMarginalKey(BlockKey(1, 1)).has_value());
}

TEST(Keys, RoundTrip) {
  const auto delta = ParseDeltaKey(DeltaKey(490'000, 77));
  ASSERT_TRUE(delta.has_value());
  EXPECT_EQ(delta->hour, 490'000u);
  EXPECT_EQ(delta->commit, 77u);
  const auto block = ParseBlockKey(BlockKey(63, 490'000));
  ASSERT_TRUE(block.has_value());
  EXPECT_EQ(block->shard, 63u);
  EXPECT_EQ(block->hour, 490'000u);
  EXPECT_EQ(ParsePageKey(PageKey(Kind::kLane, 5), Kind::kLane), 5u);
}

TEST(Keys, RefuseOtherSorts) {
  EXPECT_FALSE(ParseDeltaKey(BlockKey(1, 2)));
  EXPECT_FALSE(ParseDeltaKey(DeltaKey(1, 2) + "x"));
  EXPECT_FALSE(ParseBlockKey(DeltaKey(1, 2)));
  EXPECT_FALSE(ParseBlockKey(BlockKey(64, 2))) << "there are 64 shards";
  EXPECT_FALSE(ParsePageKey(PageKey(Kind::kLane, 5), Kind::kAnswer));
  EXPECT_FALSE(ParseDeltaKey(""));
  EXPECT_FALSE(ParseBlockKey("b"));
}

}  // namespace
}  // namespace bouncewatch

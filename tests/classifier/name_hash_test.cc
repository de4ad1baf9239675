#include "classifier/name_hash.h"

#include <gtest/gtest.h>

#include <string>
#include <unordered_set>
#include <vector>

namespace bouncewatch {
namespace {

constexpr uint64_t kSeed = 42;

TEST(NameHash, DependsOnTheBytesAlone) {
  for (size_t size = 0; size < 80; ++size) {
    const std::string text(size, 'x');
    const std::vector<char> copy(text.begin(), text.end());  // exact: an over-read is caught by the sanitizer
    EXPECT_EQ(HashName(text, kSeed), HashName(std::string_view(copy.data(), copy.size()), kSeed)) << size;
  }
}

TEST(NameHash, EveryByteAndTheSizeCount) {
  for (size_t size = 1; size < 80; ++size) {
    std::unordered_set<uint64_t> seen{HashName(std::string(size, 'a'), kSeed)};
    for (size_t at = 0; at < size; ++at) {
      std::string text(size, 'a');
      text[at] = 'b';
      EXPECT_TRUE(seen.insert(HashName(text, kSeed)).second) << size << " " << at;
    }
    EXPECT_TRUE(seen.insert(HashName(std::string(size, 'a') + '\0', kSeed)).second) << size;
  }
}

TEST(NameHash, SeedsGiveHashesOfTheirOwn) {
  std::unordered_set<uint64_t> seen;
  for (uint64_t seed = 0; seed < 10'000; ++seed)
    EXPECT_TRUE(seen.insert(HashName("example.org", seed)).second);
}

// The tables take upper bits for the slot and lower ones for the tag: both must spread.
TEST(NameHash, SpreadsSimilarNames) {
  constexpr size_t kNames = 200'000;
  std::unordered_set<uint64_t> whole, upper, lower;
  for (size_t i = 0; i < kNames; ++i) {
    const uint64_t hash = HashName("d" + std::to_string(i) + ".example.org", kSeed);
    whole.insert(hash);
    upper.insert(hash >> 40);
    lower.insert(hash & 0xffffff);
  }
  EXPECT_EQ(whole.size(), kNames);
  // 200,000 balls into 2^24 bins leave 198,812 bins used, give or take 34.
  EXPECT_NEAR(static_cast<double>(upper.size()), 198'812, 200);
  EXPECT_NEAR(static_cast<double>(lower.size()), 198'812, 200);
}

TEST(NameHash, MixHashesTellsTheOrder) {
  EXPECT_NE(MixHashes(1, 2), MixHashes(2, 1));
  EXPECT_NE(MixHashes(0, 1), MixHashes(0, 2));
}

}  // namespace
}  // namespace bouncewatch

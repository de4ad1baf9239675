#include "classifier/interner.h"

#include <string>

#include "gtest/gtest.h"

namespace bouncewatch {
namespace {

constexpr uint64_t kSeed = 42;

uint32_t Intern(Interner& interner, std::string_view text) {
  return interner.Intern(text, HashName(text, kSeed));
}

TEST(Interner, EmptyStringIsZero) {
  Interner interner;
  EXPECT_EQ(interner.size(), 1u);
  EXPECT_EQ(interner.text(0), "");
  EXPECT_EQ(Intern(interner, ""), 0u);
  EXPECT_EQ(interner.size(), 1u);
}

TEST(Interner, IdsAreDenseInOrderOfFirstSight) {
  Interner interner;
  EXPECT_EQ(Intern(interner, "example.org"), 1u);
  EXPECT_EQ(Intern(interner, "example.net"), 2u);
  EXPECT_EQ(Intern(interner, "example.org"), 1u);
  EXPECT_EQ(interner.text(1), "example.org");
  EXPECT_EQ(interner.text(2), "example.net");
}

TEST(Interner, KeepsIdsWhileItGrows) {
  Interner interner;
  for (int round = 0; round < 2; ++round) {
    for (uint32_t i = 1; i <= 10'000; ++i) {
      ASSERT_EQ(Intern(interner, "d" + std::to_string(i) + ".test"), i);
    }
  }
  EXPECT_EQ(interner.text(10'000), "d10000.test");
  EXPECT_EQ(interner.size(), 10'001u);
}

TEST(Interner, BytesThatAreNotText) {
  Interner interner;
  const std::string zero(1, '\0'), zeros(2, '\0');
  EXPECT_EQ(Intern(interner, zero), 1u);
  EXPECT_EQ(Intern(interner, zeros), 2u);
  EXPECT_EQ(Intern(interner, "\xff\xfe"), 3u);
  EXPECT_EQ(interner.text(2), zeros);
}

TEST(Interner, ClearForgetsNames) {
  Interner interner;
  for (int i = 0; i < 1000; ++i) Intern(interner, std::to_string(i));
  const size_t bytes = interner.memory_bytes();
  interner.Clear();
  EXPECT_EQ(interner.size(), 1u);
  EXPECT_LE(interner.memory_bytes(), bytes);
  EXPECT_EQ(Intern(interner, "again"), 1u);
  EXPECT_EQ(interner.text(1), "again");
}

TEST(Interner, SeedChangesHashes) {
  EXPECT_NE(HashName("example.org", 1), HashName("example.org", 2));
  EXPECT_EQ(HashName("example.org", 1), HashName("example.org", 1));
}

}  // namespace
}  // namespace bouncewatch

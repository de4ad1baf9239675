#include "metrics/incident/count_tail.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace bouncewatch {
namespace {

TEST(CountTail, NothingIsNoSurprise) {
  EXPECT_EQ(TailScore(0, 5, 4), 0);
  EXPECT_EQ(TailScore(5, 0, 4), 0);
  EXPECT_LT(TailScore(5, 5, 4), 0.5);
}

TEST(CountTail, GrowsWithTheCountAndFallsWithNoise) {
  for (uint64_t count = 6; count < 400; count += 7) {
    EXPECT_GE(TailScore(count + 7, 5, 4), TailScore(count, 5, 4)) << count;
    if (count < 20) continue;  // near the mean noise takes away as well as it adds
    EXPECT_LE(TailScore(count, 5, 1), TailScore(count, 5, 10) + 1e-9) << count;
  }
}

TEST(CountTail, WithoutNoiseIsPoisson) {
  // P(K >= 10 | 2) = 4.6498e-5, P(K >= 5 | 0.05) = 2.4982e-9.
  EXPECT_NEAR(TailScore(10, 2, 1e6), -std::log10(4.6498e-5), 0.001);
  EXPECT_NEAR(TailScore(5, 0.05, 1e6), -std::log10(2.4982e-9), 0.001);
}

TEST(CountTail, AgreesWithCounting) {
  constexpr double kExpected = 20, kDispersion = 4;
  const double sigma = std::sqrt(std::log1p(1 / kDispersion));
  std::mt19937_64 random(5);
  std::lognormal_distribution<double> share(std::log(kExpected) - sigma * sigma / 2, sigma);
  constexpr int kTrials = 200'000;
  int above = 0;
  for (int i = 0; i < kTrials; ++i) above += std::poisson_distribution<int>(share(random))(random) >= 50;
  EXPECT_NEAR(std::pow(10, -TailScore(50, kExpected, kDispersion)), static_cast<double>(above) / kTrials,
              0.002);
}

TEST(CountTail, StaysFiniteFarOut) {
  EXPECT_EQ(TailScore(1'000'000, 1e-6, 4), kMaxTailScore);
  EXPECT_LT(TailScore(1'000'000, 1e6, 4), 1);
  EXPECT_GE(TailScore(1, 1e9, 0.76), 0);
}

}  // namespace
}  // namespace bouncewatch

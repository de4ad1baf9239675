// The short form of slow.power_loss (tests/README.md).
#include "tests/support/power_loss.h"

#include "gtest/gtest.h"

namespace bouncewatch {
namespace {

TEST(PowerLoss, NothingIsLostOrCountedTwice) {
  const absl::StatusOr<PowerLossReport> report = RunPowerLosses({7, 50});
  ASSERT_TRUE(report.ok()) << report.status().ToString();
  EXPECT_GT(report->in_opening, 5);
  EXPECT_GT(report->in_commit, 5);
  EXPECT_GT(report->events, 100u);
}

}  // namespace
}  // namespace bouncewatch

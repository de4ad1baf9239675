#include "storage/plan.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace bouncewatch {
namespace {

constexpr int64_t kHourS = 3600, kDayS = 86'400, kDay = 20'000;

// "m a b", "h a b", "d a b": ranges relative to kDay, minutes in minutes, hours in hours.
std::string Text(const Plan& plan) {
  std::string text;
  for (const BucketRange& range : plan.buckets) {
    const bool hours = range.resolution == Resolution::kHour;
    const int64_t start = hours ? kDay * 24 : kDay;
    text += std::string(hours ? "h " : "d ") + std::to_string(range.begin - start) + " " +
            std::to_string(range.end - start) + "; ";
  }
  for (const MinuteRange& range : plan.minutes) {
    text += "m " + std::to_string(range.begin - kDay * 1440) + " " + std::to_string(range.end - kDay * 1440) +
            "; ";
  }
  return text;
}

Meta Kept() {
  Meta meta;
  meta.minutes_from_hour = (kDay + 38) * 24;
  meta.hours_from_hour = (kDay + 5) * 24;
  meta.days_from_day = kDay - 360;
  meta.days_closed = kDay + 40;
  return meta;
}

struct Case {
  std::vector<Key> by;
  int64_t from_s, to_s, step_s;  // from_s and to_s relative to kDay
  std::string plan;
};

TEST(Plan, TakesTheCoarsestThatAnswers) {
  const std::vector<Case> cases = {
      {{Key::kDomain}, 39 * kDayS, 40 * kDayS, 60, "m 56160 57600; "},
      {{Key::kDomain}, 39 * kDayS, 40 * kDayS, kHourS, "h 936 960; "},
      {{Key::kDomain}, 39 * kDayS, 40 * kDayS, 0, "d 39 40; "},
      {{Key::kDomain, Key::kIp}, 39 * kDayS, 40 * kDayS, 0, "m 56160 57600; "},
      {{Key::kCause}, 10 * kDayS, 41 * kDayS + 90 * 60, 0, "d 10 40; h 960 985; m 59100 59130; "},
      {{Key::kCause}, 38 * kDayS + 600, 38 * kDayS + 1200, 0, "m 54730 54740; "},
      {{Key::kCause}, 38 * kDayS + 600, 39 * kDayS + 1200, 0, "h 913 936; m 54730 54780; m 56160 56180; "},
      {{Key::kCause}, 10 * kDayS + 600, 10 * kDayS + 1200, 0, "h 240 241; "},
      {{Key::kCause}, kDayS + 600, kDayS + 1200, kDayS, "d 1 2; "},
      {{Key::kCause}, 120, 60, 0, ""},
  };
  for (const Case& test : cases) {
    QuerySpec spec;
    spec.by = test.by;
    spec.from_s = kDay * kDayS + test.from_s;
    spec.to_s = kDay * kDayS + test.to_s;
    spec.step_s = test.step_s;
    const auto plan = MakePlan(Kept(), spec);
    ASSERT_TRUE(plan.ok()) << plan.status().ToString();
    EXPECT_EQ(Text(*plan), test.plan) << test.from_s << " " << test.to_s << " " << test.step_s;
  }
}

TEST(Plan, AnOldStoreHasMinutesAlone) {
  Meta meta;
  meta.format = kFormatWithoutMarginals;
  QuerySpec spec;
  spec.from_s = kDay * kDayS;
  spec.to_s = spec.from_s + kDayS;
  const auto plan = MakePlan(meta, spec);
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(Text(*plan), "m 0 1440; ");
}

TEST(Plan, RefusesStepsThatAreNoWholeMinutes) {
  QuerySpec spec;
  spec.to_s = 100;
  spec.step_s = 90;
  EXPECT_EQ(MakePlan(Meta(), spec).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace bouncewatch

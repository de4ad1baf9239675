#include "classifier/decode/log_time.h"

#include <gtest/gtest.h>

#include <limits>

namespace bouncewatch {
namespace {

int64_t Parse(std::string_view text, const char* zone_name = "UTC") {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone(zone_name, &zone));
  int64_t time_s = -1;
  return LogTimeParser(zone).Parse(text, &time_s) ? time_s : -1;
}

TEST(LogTime, ReadsEveryForm) {
  constexpr int64_t kWant = 1772600767;  // 2026-03-04 05:06:07 UTC
  for (const char* text :
       {"2026-03-04 05:06:07+0000", "2026-03-04T05:06:07Z", "2026-03-04 06:06:07+01:00",
        "2026-03-04 05:06:07.25Z", "2026-03-04 05:06:07", "2026-03-04T05:06:07.999", "1772600767",
        "1772600767.5", "1772600767000", "1772600767999", "1772600767000000", "1772600767000000000"}) {
    EXPECT_EQ(Parse(text), kWant) << text;
  }
}

TEST(LogTime, TakesTheZoneGivenForStampsWithoutOne) {
  EXPECT_EQ(Parse("2026-03-04 06:06:07", "Europe/Berlin"), 1772600767);
  EXPECT_EQ(Parse("2026-07-04 07:06:07", "Europe/Berlin"), Parse("2026-07-04 05:06:07"));
  EXPECT_EQ(Parse("2026-03-04 05:06:07+0000", "Europe/Berlin"), 1772600767);
}

TEST(LogTime, RefusesOtherTexts) {
  for (const char* text : {"", "x", "-5", "2026", "2026-02-30 05:06:07", "2026-03-04 05:06",
                           "2026-03-04 05:06:07 x", "2026-03-04 25:06:07", "1772600767x", "1772600767.x",
                           "1969-12-31 23:59:58Z", "177260076700000000000000", "12a4-03-04 05:06:07"}) {
    EXPECT_EQ(Parse(text), -1) << text;
  }
}

TEST(LogTime, RefusesNumbersThatAreNoTime) {
  int64_t time_s = 0;
  EXPECT_FALSE(LogTimeParser::FromUnix(-1, &time_s));
  EXPECT_FALSE(LogTimeParser::FromUnix(std::numeric_limits<double>::infinity(), &time_s));
  EXPECT_FALSE(LogTimeParser::FromUnix(std::numeric_limits<double>::quiet_NaN(), &time_s));
  EXPECT_TRUE(LogTimeParser::FromUnix(1e300, &time_s));
  EXPECT_LT(time_s, 100'000'000'000);
}

}  // namespace
}  // namespace bouncewatch

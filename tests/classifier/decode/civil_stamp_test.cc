#include "classifier/decode/civil_stamp.h"

#include <gtest/gtest.h>

namespace bouncewatch {
namespace {

constexpr int64_t kStamp = 1795404869;  // 2026-11-23T03:34:29Z

struct Case {
  const char* text;
  int64_t time_s;  // -1: no stamp
  size_t length = 19;
};

TEST(CivilStamp, ReadsStampsWithAndWithoutFractionAndZone) {
  const Case cases[] = {
      {"2026-11-23 03:34:29", kStamp},
      {"2026-11-23 03:34:29 [43] x", kStamp},
      {"2026-11-23 03:34:29 -x", kStamp},
      {"2026-11-23T03:34:29.123Z [NOTICE]", kStamp, 24},
      {"2026-11-23 03:34:29.368 1xVKp4", kStamp, 23},
      {"2026-11-23 03:34:29 +0100 1xVKp4", kStamp - 3600, 25},
      {"2026-11-23 03:34:29.368 -05:30", kStamp + 5 * 3600 + 1800, 30},
      {"2026-11-23 03:34:29+0530", kStamp - 5 * 3600 - 1800, 24},
      {"2026-11-23 03:34:60", kStamp + 31},
      {"2026-02-30 03:34:29", -1},
      {"2026-11-23 24:34:29", -1},
      {"2026-11-23 03:34:61", -1},
      {"2026-11-23 03:34:2", -1},
      {"2026-11-23_03:34:29", -1},
      {"Nov 23 03:34:29 mx7 x", -1},
      {"", -1},
  };
  for (const Case& want : cases) {
    CivilStampParser parser(absl::UTCTimeZone());
    int64_t time_s = -1;
    size_t length = 0;
    EXPECT_EQ(parser.Parse(want.text, &time_s, &length), want.time_s != -1) << want.text;
    if (want.time_s == -1) continue;
    EXPECT_EQ(time_s, want.time_s) << want.text;
    EXPECT_EQ(length, want.length) << want.text;
  }
}

TEST(CivilStamp, WithoutAZoneTheGivenOneCounts) {
  CivilStampParser parser(absl::FixedTimeZone(7200));
  int64_t time_s = 0;
  size_t length = 0;
  ASSERT_TRUE(parser.Parse("2026-11-23 03:34:29", &time_s, &length));
  EXPECT_EQ(time_s, kStamp - 7200);
  ASSERT_TRUE(parser.Parse("2026-11-23 03:34:29 +0000", &time_s, &length)) << "the same minute, with a zone";
  EXPECT_EQ(time_s, kStamp);
  ASSERT_TRUE(parser.Parse("2026-11-23 03:35:29", &time_s, &length));
  EXPECT_EQ(time_s, kStamp - 7200 + 60);
}

}  // namespace
}  // namespace bouncewatch

#include "classifier/decode/syslog_header.h"

#include <gtest/gtest.h>

#include <string>

namespace bouncewatch {
namespace {

constexpr int64_t kNov23 = 1795392000;  // 2026-11-23T00:00:00Z
constexpr int64_t kStamp = kNov23 + 3 * 3600 + 18 * 60 + 32;

struct HeadCase {
  const char* name;
  const char* head;
  bool ok = true;
  int64_t time_s = kStamp;
  const char* host = "mx7";
  const char* tag = "postfix/smtp";
};

class SyslogHead : public testing::TestWithParam<HeadCase> {};

TEST_P(SyslogHead, Parses) {
  SyslogHeaderParser parser(absl::UTCTimeZone());
  YearAnchor anchor;
  anchor.not_after_s = kNov23 + 10 * 86400;
  SyslogHeader header;
  ASSERT_EQ(parser.Parse(GetParam().head, &anchor, &header), GetParam().ok);
  if (!GetParam().ok) return;
  EXPECT_EQ(header.time_s, GetParam().time_s);
  EXPECT_EQ(header.host, GetParam().host);
  EXPECT_EQ(header.tag, GetParam().tag);
}

const HeadCase kHeads[] = {
    {"Postlogd", "Nov 23 03:18:32 mx7 postfix/smtp[325]: "},
    {"BlankPaddedDay", "Nov  3 03:18:32 mx7 postfix/smtp[325]: ", true, kStamp - 20 * 86400},
    {"ZeroPaddedDay", "Nov 03 03:18:32 mx7 postfix/smtp[325]: ", true, kStamp - 20 * 86400},
    {"Rfc3339", "2026-11-23T03:18:32.888266+00:00 mx7 postfix/smtp[899]: "},
    {"Rfc3339Zone", "2026-11-23T05:48:32.1+02:30 mx7 postfix/smtp[899]: "},
    {"Rfc3339Zulu", "2026-11-23T03:18:32Z mx7 postfix/smtp[899]: "},
    {"ShortIsoPrecise", "2026-11-22T22:18:32.768749-0500 mx7 postfix/smtp[896]: "},
    {"LongTag", "2026-11-23T03:18:32Z mx7 out2/192.0.2.2/smtp[8]: ", true, kStamp, "mx7",
     "out2/192.0.2.2/smtp"},
    {"NoPid", "2026-11-23T03:18:32Z mx7 postfix/smtp: ", true, kStamp},
    {"Rfc5424CutTag", "<22>1 2026-11-23T03:18:32.888266+00:00 mx7 postfix-out1 899 - - ", true, kStamp, "mx7",
     "postfix-out1"},
    {"Rfc3164Priority", "<22>Nov 23 03:18:32 mx7 postfix/smtp[325]: "},
    {"LocalisedMonth", "Απρ 15 12:20:28 mx2 postfix/smtp[1]: ", false},
    {"NoSuchDay", "2026-02-30T03:18:32Z mx7 postfix/smtp[899]: ", false},
    {"NoSuchHour", "2026-11-23T24:18:32Z mx7 postfix/smtp[899]: ", false},
    {"NoZone", "2026-11-23T03:18:32 mx7 postfix/smtp[899]: ", false},
    {"CutInZone", "2026-11-23T03:18:32+0", false},
    {"Empty", "", false},
    {"OnlyPriority", "<22>", false},
};
INSTANTIATE_TEST_SUITE_P(Forms, SyslogHead, testing::ValuesIn(kHeads),
                         [](const auto& test) { return test.param.name; });

int64_t Parse(SyslogHeaderParser* parser, const std::string& stamp, YearAnchor* anchor) {
  int64_t time_s = -1;
  size_t length = 0;
  return parser->ParseStamp(stamp, anchor, &time_s, &length) ? time_s : -1;
}

TEST(YearInference, TakesTheLatestYearThatIsNotInTheFutureOfTheFile) {
  SyslogHeaderParser parser(absl::UTCTimeZone());
  YearAnchor anchor;
  anchor.not_after_s = kNov23;
  EXPECT_EQ(Parse(&parser, "Nov 22 00:00:00", &anchor), kNov23 - 86400);
  YearAnchor december;
  december.not_after_s = kNov23;
  EXPECT_EQ(Parse(&parser, "Dec 31 00:00:00", &december), 1767139200);  // 2025
}

TEST(YearInference, GoesOverNewYearAndBackForALateLine) {
  SyslogHeaderParser parser(absl::UTCTimeZone());
  YearAnchor anchor;
  anchor.year = 2025;
  EXPECT_EQ(Parse(&parser, "Dec 31 23:59:59", &anchor), 1767225599);
  EXPECT_EQ(Parse(&parser, "Jan  1 00:00:00", &anchor), 1767225600);
  EXPECT_EQ(anchor.year, 2026);
  EXPECT_EQ(Parse(&parser, "Dec 31 23:59:58", &anchor), 1767225598);
  EXPECT_EQ(anchor.year, 2026) << "a late line does not turn the year back";
  EXPECT_EQ(Parse(&parser, "Jan  1 00:00:01", &anchor), 1767225601);
}

TEST(YearInference, IsTheSameOnReadingAgainFromAStoredAnchor) {
  YearAnchor first;
  first.not_after_s = kNov23;
  SyslogHeaderParser parser(absl::UTCTimeZone());
  Parse(&parser, "Dec 30 10:00:00", &first);
  const YearAnchor stored = first;
  const int64_t once = Parse(&parser, "Jan  2 10:00:00", &first);
  SyslogHeaderParser fresh(absl::UTCTimeZone());
  YearAnchor again = stored;
  EXPECT_EQ(Parse(&fresh, "Jan  2 10:00:00", &again), once);
}

TEST(YearInference, FindsALeapDay) {
  SyslogHeaderParser parser(absl::UTCTimeZone());
  YearAnchor anchor;
  anchor.not_after_s = kNov23;
  EXPECT_EQ(Parse(&parser, "Feb 29 00:00:00", &anchor), 1709164800);  // 2024
}

TEST(TimeZone, IsAppliedToStampsWithoutOne) {
  SyslogHeaderParser parser(absl::FixedTimeZone(3600));
  YearAnchor anchor;
  anchor.not_after_s = kNov23 + 86400;
  EXPECT_EQ(Parse(&parser, "Nov 23 03:18:32", &anchor), kStamp - 3600);
}

}  // namespace
}  // namespace bouncewatch

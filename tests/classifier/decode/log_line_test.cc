#include "classifier/decode/log_line.h"

#include <gtest/gtest.h>

#include <string>

namespace bouncewatch {
namespace {

struct Case {
  const char* name;
  std::string line;
  const char* pid = "93";
  const char* body = "the body: x";
  uint32_t repeat = 1;
  const char* tag = "sm-mta";
};

class LogLines : public testing::TestWithParam<Case> {
 protected:
  LogLines() : parser_(absl::UTCTimeZone()) { anchor_.not_after_s = 1796083200; }
  LogLineParser parser_;
  YearAnchor anchor_;
  TextArena arena_;
  LogLine out_;
  LineShape shape_ = LineShape::kBadHeader;
};

TEST_P(LogLines, AreTakenApart) {
  const Case& want = GetParam();
  ASSERT_TRUE(parser_.Parse(want.line, &anchor_, &arena_, &out_, &shape_));
  EXPECT_EQ(out_.time_s, 1795403912);
  EXPECT_EQ(out_.host, "mx7");
  EXPECT_EQ(out_.tag, want.tag);
  EXPECT_EQ(out_.pid, want.pid);
  EXPECT_EQ(out_.body, want.body);
  EXPECT_EQ(out_.repeat, want.repeat);
}

const Case kCases[] = {
    {"Traditional", "Nov 23 03:18:32 mx7 sm-mta[93]: the body: x"},
    {"Rfc3339", "2026-11-23T03:18:32.888266+00:00 mx7 sm-mta[93]: the body: x"},
    {"NoPid", "Nov 23 03:18:32 mx7 sm-mta: the body: x", ""},
    {"Rfc5424", "<22>1 2026-11-23T03:18:32.888266+00:00 mx7 sm-mta 93 - - the body: x"},
    {"Rfc5424WithData",
     "<22>1 2026-11-23T03:18:32.888266+00:00 mx7 sm-mta 93 ID7 [x@1 a=\"b c\"][y d=\"e\"] the body: x"},
    {"RsyslogJson",
     R"({"@timestamp":"2026-11-23T03:18:32Z","host":"mx7","syslogtag":"sm-mta[93]:",)"
     R"("message":" the body: x"})"},
    {"JournalJson",
     R"({"_SOURCE_REALTIME_TIMESTAMP":"1795403912888266","_HOSTNAME":"mx7","SYSLOG_IDENTIFIER":"sm-mta",)"
     R"("_PID":"92","SYSLOG_PID":"93","MESSAGE":"the body: x"})"},
    {"Repeated", "Nov 23 03:18:32 mx7 sm-mta[93]: message repeated 3 times: [ the body: x]", "93",
     "the body: x", 3},
    {"NotRepeated", "Nov 23 03:18:32 mx7 sm-mta[93]: message repeated x times: [ the body: x]", "93",
     "message repeated x times: [ the body: x]", 1},
    {"EmptyBody", "Nov 23 03:18:32 mx7 sm-mta[93]: ", "93", ""},
};
INSTANTIATE_TEST_SUITE_P(Forms, LogLines, testing::ValuesIn(kCases),
                         [](const auto& test) { return test.param.name; });

using LogLinesRefused = LogLines;
TEST_F(LogLinesRefused, SayWhy) {
  const std::pair<const char*, LineShape> cases[] = {
      {"", LineShape::kBadHeader},
      {"hello world", LineShape::kBadHeader},
      {"Nov 23 03:18:32 mx7", LineShape::kBadHeader},
      {"Nov 23 03:18:32 mx7 tag:", LineShape::kBadHeader},
      {"<22>1 2026-11-23T03:18:32Z mx7 app 93", LineShape::kBadHeader},
      {"<22>1 2026-11-23T03:18:32Z mx7 app 93 - [open", LineShape::kBadHeader},
      {"{\"message\":", LineShape::kBadJson},
      {R"({"host":"mx7"})", LineShape::kBadJson},
      {R"({"message":"x","timestamp":"yesterday"})", LineShape::kBadHeader},
  };
  for (const auto& [line, shape] : cases) {
    EXPECT_FALSE(parser_.Parse(line, &anchor_, &arena_, &out_, &shape_)) << line;
    EXPECT_EQ(LineShapeName(shape_), LineShapeName(shape)) << line;
  }
}

}  // namespace
}  // namespace bouncewatch

#include "daemon/log.h"

#include <gtest/gtest.h>

namespace bouncewatch {
namespace {

TEST(Log, QuotesAndEscapesWhatComesFromOutside) {
  EXPECT_EQ(FormatLogLine("started", {}), "msg=\"started\"");
  EXPECT_EQ(FormatLogLine("a \"b\"", {{"path", "/var/log/mail.log"}, {"n", "3"}}),
            "msg=\"a \\\"b\\\"\" path=/var/log/mail.log n=3");
  EXPECT_EQ(FormatLogLine("x", {{"k", "a b"}, {"e", ""}, {"c", "1\n<3>\x1b"}}),
            "msg=\"x\" k=\"a b\" e=\"\" c=\"1\\x0a<3>\\x1b\"");
}

TEST(LogLimiter, LetsOneThroughAndCountsTheRest) {
  LogLimiter limiter(std::chrono::hours(1));
  uint64_t suppressed = 7;
  EXPECT_TRUE(limiter.Allow("a", &suppressed));
  EXPECT_EQ(suppressed, 0u);
  EXPECT_FALSE(limiter.Allow("a", &suppressed));
  EXPECT_TRUE(limiter.Allow("b", &suppressed));
  LogLimiter open(std::chrono::seconds(0));
  EXPECT_TRUE(open.Allow("a", &suppressed));
  EXPECT_TRUE(open.Allow("a", &suppressed));
}

}  // namespace
}  // namespace bouncewatch

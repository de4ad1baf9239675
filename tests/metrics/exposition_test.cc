#include "metrics/exposition.h"

#include <cmath>
#include <string>

#include "gtest/gtest.h"

namespace bouncewatch {
namespace {

TEST(Exposition, WritesFamiliesAndSamples) {
  std::string out = "# before\n";
  ExpositionWriter writer(&out);
  writer.Family("bw_x_total", "counter", "What it counts.");
  writer.Sample("bw_x_total", RenderLabels({{"a", "x"}, {"b", "y"}}), uint64_t{18446744073709551615u});
  writer.Sample("bw_y", "", 0.5);
  EXPECT_EQ(out,
            "# before\n# HELP bw_x_total What it counts.\n# TYPE bw_x_total counter\n"
            "bw_x_total{a=\"x\",b=\"y\"} 18446744073709551615\nbw_y 0.5\n");
}

TEST(Exposition, WritesSpecialNumbersAsScrapersReadThem) {
  std::string out;
  ExpositionWriter writer(&out);
  for (double value : {std::nan(""), HUGE_VAL, -HUGE_VAL, 1e300}) writer.Sample("v", "", value);
  EXPECT_EQ(out, "v NaN\nv +Inf\nv -Inf\nv 1e+300\n");
}

TEST(Exposition, LabelsAreEscaped) {
  EXPECT_EQ(RenderLabels({}), "");
  EXPECT_EQ(RenderLabels({{"a", ""}}), "{a=\"\"}");
  EXPECT_EQ(RenderLabels({{"a", "q\"b\\n\n"}}), "{a=\"q\\\"b\\\\n\\n\"}");
}

TEST(LabelValue, KeepsGoodUtf8AndReplacesTheRest) {
  const std::string bad = "\xEF\xBF\xBD";
  const struct {
    std::string raw, value;
  } kCases[] = {
      {"plain", "plain"},
      {"m\xC3\xBCller \xE2\x82\xAC \xF0\x9F\x93\xA7", "m\xC3\xBCller \xE2\x82\xAC \xF0\x9F\x93\xA7"},
      {"\xFF", bad},
      {"\xC0\xAF", bad + bad},                      // overlong
      {"\xED\xA0\x80", bad + bad + bad},            // surrogate
      {"\xF4\x90\x80\x80", bad + bad + bad + bad},  // past U+10FFFF
      {"cut \xE2\x82", "cut " + bad + bad},
      {std::string("a\0b\rc\x7F", 6), "a" + bad + "b" + bad + "c" + bad},
      {"two\nlines", "two\nlines"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(LabelValue(c.raw), c.value);
    EXPECT_EQ(LabelValue(LabelValue(c.raw)), LabelValue(c.raw));
  }
}

TEST(LabelValue, IsCutBetweenCharacters) {
  std::string euros;
  for (int i = 0; i < 200; ++i) euros += "\xE2\x82\xAC";
  const std::string cut = LabelValue(euros);
  EXPECT_EQ(cut.size(), 255u);
  EXPECT_EQ(LabelValue(cut), cut);
  EXPECT_EQ(LabelValue(std::string(1000, 'x')).size(), kMaxLabelValue);
}

TEST(Exposition, NegotiatesTheFormat) {
  const struct {
    const char* accept;
    ExpositionFormat format;
  } cases[] = {
      {"", ExpositionFormat::kText},
      {"*/*", ExpositionFormat::kText},
      {"application/json", ExpositionFormat::kText},
      {"application/openmetrics-text", ExpositionFormat::kOpenMetrics},
      {"application/openmetrics-text; version=0.0.1", ExpositionFormat::kText},
      {"application/openmetrics-text;version=1.0.0;q=0", ExpositionFormat::kText},
      {"text/plain;q=0.9, application/openmetrics-text;q=0.8", ExpositionFormat::kText},
      // As Prometheus 2.42 and 2.50 ask.
      {"application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
       "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
       ExpositionFormat::kOpenMetrics},
      {"text/plain;version=0.0.4;q=0.5,*/*;q=0.1", ExpositionFormat::kText},
      {";;,,=q=", ExpositionFormat::kText},
  };
  for (const auto& test : cases) EXPECT_EQ(NegotiateFormat(test.accept), test.format) << test.accept;
}

TEST(Exposition, OpenMetricsNamesCountersWithoutTotal) {
  std::string out;
  ExpositionWriter writer(&out, ExpositionFormat::kOpenMetrics);
  writer.Family("x_total", "counter", "Help.");
  writer.Sample("x_total", "", uint64_t{1});
  writer.Family("y", "gauge", "Help.");
  writer.End();
  EXPECT_EQ(out, "# HELP x Help.\n# TYPE x counter\nx_total 1\n# HELP y Help.\n# TYPE y gauge\n# EOF\n");
}

}  // namespace
}  // namespace bouncewatch

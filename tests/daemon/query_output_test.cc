#include "daemon/query_output.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace bouncewatch {
namespace {

QueryResult Sample() {
  QueryResult result;
  Series series;
  series.key = {{Key::kDomain, "ex\"ample.org\xff"}};
  Point point;
  point.t_s = 1'795'403'760;
  point.attempts = 5;
  point.delivered = 2;
  point.deferred = 1;
  point.bounced = 2;
  point.expired = 1;
  point.causes = {{"auth.spf", 2}, {"greylist.greylisted", 1}};
  series.points = {point};
  result.series = {series};
  result.series_total = 3;
  return result;
}

TEST(QueryOutput, WritesTheContractedJson) {
  EXPECT_EQ(
      QueryJson(Sample()),
      "{\"series\":[{\"key\":{\"domain\":\"ex\\\"ample.org\xef\xbf\xbd\"},\"points\":[{\"t\":"
      "\"2026-11-23T03:16:00Z\",\"attempts\":5,\"delivered\":2,\"deferred\":1,\"bounced\":2,\"expired\":1,"
      "\"causes\":{\"auth.spf\":2,\"greylist.greylisted\":1}}]}],\"series_total\":3}");
  EXPECT_EQ(QueryJson({}), "{\"series\":[]}");
}

TEST(QueryOutput, WritesCsvThatSpreadsheetsReadAsText) {
  QuerySpec spec;
  spec.by = {Key::kDomain};
  spec.step_s = 60;
  QueryResult result = Sample();
  result.series.push_back(result.series[0]);
  result.series[1].key[0].second = "=1+1";
  EXPECT_EQ(QueryCsv(spec, result),
            "domain,t,attempts,delivered,deferred,bounced,expired,causes\r\n"
            "\"ex\"\"ample.org\xff\",2026-11-23T03:16:00Z,5,2,1,2,1,auth.spf=2 greylist.greylisted=1\r\n"
            "'=1+1,2026-11-23T03:16:00Z,5,2,1,2,1,auth.spf=2 greylist.greylisted=1\r\n");
}

TEST(QueryOutput, ReadsItsOwnJson) {
  const absl::StatusOr<QueryResult> back = ParseQueryJson(QueryJson(Sample()));
  ASSERT_TRUE(back.ok()) << back.status();
  ASSERT_EQ(back->series.size(), 1u);
  ASSERT_EQ(back->series[0].points.size(), 1u);
  EXPECT_EQ(back->series[0].points[0].t_s, 1'795'403'760);
  EXPECT_EQ(back->series[0].points[0].bounced, 2u);
  EXPECT_EQ(back->series[0].points[0].causes.at("auth.spf"), 2u);
}

TEST(QueryOutput, RefusesForeignJson) {
  for (const char* text :
       {"", "[]", "{}", "{\"series\":1}", "{\"series\":[1]}", "{\"series\":[{\"key\":1,\"points\":2}]}",
        "{\"series\":[{\"key\":{\"size\":\"1\"},\"points\":[]}]}"}) {
    EXPECT_FALSE(ParseQueryJson(text).ok()) << text;
  }
  EXPECT_TRUE(ParseQueryJson("{\"series\":[{\"key\":{},\"points\":[1,{\"t\":2,\"causes\":3}]}]}").ok());
}

TEST(QueryOutput, AlignsTheTable) {
  QuerySpec spec;
  spec.by = {Key::kDomain};
  QueryResult result = Sample();
  result.series[0].key[0].second = "example.org\n";
  EXPECT_EQ(
      QueryTable(spec, result),
      "domain        attempts  delivered  deferred  bounced  expired  causes\n"
      "example.org?         5          2         1        2        1  auth.spf=2 greylist.greylisted=1\n"
      "1 of 3 series; --limit and --offset show more\n");
}

}  // namespace
}  // namespace bouncewatch

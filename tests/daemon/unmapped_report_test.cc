#include "daemon/unmapped_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace bouncewatch {
namespace {

using testing::ElementsAre;

Series Group(const std::string& name, uint64_t attempts) {
  Series series;
  series.key = {{Key::kProvider, name}};
  Point first, second;
  first.attempts = 1;
  second.attempts = attempts - 1;
  series.points = {first, second};
  return series;
}

std::vector<std::string> Names(const QueryResult& result) {
  std::vector<std::string> names;
  for (const Series& series : result.series) names.push_back(series.key[0].second);
  return names;
}

TEST(UnmappedReport, ListsByVolumeWhatNoEntryKnows) {
  ProviderMap known;
  known.Intern("google");
  known.Intern("one.com");
  QueryResult result;
  result.series = {Group("google", 900), Group("small.example", 2),  Group("", 500),
                   Group("one.com", 40), Group("large.example", 70), Group("middle.example", 9)};
  const QueryResult all = KeepUnmapped(result, known, 0);
  EXPECT_THAT(Names(all), ElementsAre("large.example", "middle.example", "small.example"));
  EXPECT_EQ(all.series_total, 3u);
  const QueryResult some = KeepUnmapped(result, known, 2);
  EXPECT_THAT(Names(some), ElementsAre("large.example", "middle.example"));
  EXPECT_EQ(some.series_total, 3u);
}

}  // namespace
}  // namespace bouncewatch

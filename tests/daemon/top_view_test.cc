#include "daemon/top_view.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace bouncewatch {
namespace {

using ::testing::HasSubstr;

constexpr int64_t kNow = 1'795'406'400;

Series Minutes(std::string name, std::vector<std::pair<int64_t, uint64_t>> failures) {
  Series series;
  series.key = {{Key::kProvider, std::move(name)}};
  for (const auto& [minute, count] : failures) {
    Point& point = series.points.emplace_back();
    point.t_s = kNow - kTopWindowS + minute * 60;
    point.bounced = point.attempts = count;
  }
  return series;
}

TEST(TopView, SparklinesScaleToTheirHighestPart) {
  EXPECT_EQ(Sparkline(Minutes("", {}), kNow - kTopWindowS, 6), "      ");
  EXPECT_EQ(Sparkline(Minutes("", {{0, 80}, {15, 40}, {31, 1}, {59, 10}}), kNow - kTopWindowS, 6), "█▄ ▁ ▁");
  EXPECT_EQ(Sparkline(Minutes("", {{60, 1}, {-1, 9}}), kNow - kTopWindowS, 3), "  █")
      << "the minute that is running counts, what is too old does not";
}

TEST(TopView, KeysChooseWhatIsShown) {
  TopState state;
  EXPECT_TRUE(ApplyTopKey('d', &state));
  EXPECT_EQ(state.by, Key::kDomain);
  EXPECT_TRUE(ApplyTopKey('b', &state));
  EXPECT_EQ(state.sort, RankBy::kBounced);
  EXPECT_FALSE(ApplyTopKey('z', &state));
  const QuerySpec spec = TopTableQuery(state, kNow);
  EXPECT_EQ(spec.by, std::vector<Key>{Key::kDomain});
  EXPECT_EQ(spec.sort, RankBy::kBounced);
  EXPECT_EQ(spec.limit, state.rows - 3);
}

TEST(TopView, DrawsWithinTheTerminal) {
  QueryResult table, minutes;
  for (int i = 0; i < 50; ++i) {
    Series series;
    series.key = {{Key::kProvider, "provider\x1b[2J" + std::to_string(i)}};
    Point& point = series.points.emplace_back();
    point.attempts = 200;
    point.delivered = 150;
    point.deferred = 30;
    point.bounced = 20;
    point.causes = {{"auth.spf", 20}, {"rate.connections", 30}};
    table.series.push_back(series);
  }
  minutes.series.push_back(Minutes("provider\x1b[2J0", {{0, 1}, {30, 2}}));
  TopState state;
  state.rows = 10;
  const std::string text = DrawTop(state, table, minutes, kNow);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 10);
  EXPECT_THAT(text, HasSubstr("25.0%"));
  EXPECT_THAT(text, HasSubstr("▄"));
  EXPECT_EQ(text.find('\x1b'), std::string::npos) << "what comes from logs does not steer the terminal";
  EXPECT_EQ(TopMinutesQuery(state, table, kNow).where[0].values.size(), 50u);
}

}  // namespace
}  // namespace bouncewatch

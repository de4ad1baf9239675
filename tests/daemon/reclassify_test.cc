// A mended rule labels the past: causes move, totals do not, at every resolution.
#include "daemon/reclassify.h"

#include "classifier/rules/rule_set.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/store.h"
#include "tests/support/store_samples.h"

namespace bouncewatch {
namespace {

constexpr uint32_t kDay = 20'000;

std::map<std::string, uint64_t> CausesOf(Reader* reader, int64_t step_s) {
  const auto result = reader->Query(Everything({Key::kDomain}, step_s));
  EXPECT_TRUE(result.ok()) << result.status().ToString();
  std::map<std::string, uint64_t> causes;
  for (const Series& series : result->series) {
    for (const Point& point : series.points) {
      for (const auto& [cause, count] : point.causes) causes[cause] += count;
    }
  }
  return causes;
}

TEST(Reclassify, MovesCausesAndKeepsTotals) {
  TestDirectory directory;
  StoreOptions options;
  options.path = directory.store();
  auto store = Store::Open(options);
  ASSERT_TRUE(store.ok());
  Rollup rollup(1);
  for (uint32_t day = 0; day < 4; ++day) {
    Sample wrong{(kDay + day) * 1440, "a.test", Outcome::kBounced, 3, "content.spam"};
    wrong.template_id = 0xabc;  // its text is "a reply", which no rule knows
    wrong.code = 550;
    AddSample(&rollup, wrong);
    AddSample(&rollup, {(kDay + day) * 1440 + 1, "a.test", Outcome::kDelivered, 5});
  }
  ASSERT_TRUE((*store)->Commit(rollup, {}).ok());
  auto reader = (*store)->NewReader();
  ASSERT_TRUE(reader.ok());
  auto rules = RuleSet::Compile({});
  ASSERT_TRUE(rules.ok()) << rules.status().ToString();
  const auto moved = Reclassify(reader->get(), **rules);
  ASSERT_TRUE(moved.ok()) << moved.status().ToString();
  EXPECT_EQ(moved->causes.size(), 1u);
  const auto totals = SumsOf(*(*reader)->Query(Everything({Key::kDomain})));
  for (const int64_t step_s : {0, 3600, 86'400}) {
    EXPECT_THAT(CausesOf(reader->get(), step_s), ::testing::ElementsAre(::testing::Pair("content.spam", 12)));
  }
  ASSERT_TRUE((*store)->Commit(Rollup(1), {EncodeRelabelling(moved->causes)}).ok());
  for (const int64_t step_s : {0, 3600, 86'400}) {
    EXPECT_THAT(CausesOf(reader->get(), step_s),
                ::testing::ElementsAre(::testing::Pair("unknown.unspecified", 12)));
  }
  EXPECT_EQ(SumsOf(*(*reader)->Query(Everything({Key::kDomain}))), totals);
  // What comes after with the old cause is another matter: the answer is the same, and so is its label.
  ASSERT_TRUE((*store)->Commit(Rollup(1), {EncodeRelabelling({})}).ok());
  EXPECT_THAT(CausesOf(reader->get(), 0), ::testing::ElementsAre(::testing::Pair("content.spam", 12)));
}

TEST(Reclassify, ADamagedRelabellingIsAnError) {
  TestDirectory directory;
  StoreOptions options;
  options.path = directory.store();
  auto store = Store::Open(options);
  ASSERT_TRUE(store.ok());
  Rollup rollup(1);
  AddSample(&rollup, {kDay * 1440, "a.test", Outcome::kBounced, 1, "content.spam"});
  ASSERT_TRUE((*store)->Commit(rollup, {{std::string(kRelabellingState), "garbage"}}).ok());
  EXPECT_EQ((*(*store)->NewReader())->Query(Everything({})).status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace bouncewatch

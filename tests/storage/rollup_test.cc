#include "storage/rollup.h"

#include <string>

#include "gtest/gtest.h"

namespace bouncewatch {
namespace {

TEST(Rollup, StartsWithTheEmptyThings) {
  Rollup rollup(1);
  EXPECT_TRUE(rollup.empty());
  EXPECT_EQ(rollup.sizes().lanes, 1u);
  EXPECT_EQ(rollup.sizes().answers, 1u);
  EXPECT_EQ(rollup.sizes().templates, 1u);
  EXPECT_EQ(rollup.ids()->template_record(0).id, 0u);
  EXPECT_EQ(rollup.InternLane({}), 0u);
  EXPECT_EQ(rollup.InternAnswer({}), 0u);
  EXPECT_EQ(rollup.InternTemplate(0, "", ""), 0u);
}

TEST(Rollup, NamesOfEachKindHaveTheirOwnIds) {
  Rollup rollup(1);
  EXPECT_EQ(rollup.InternName(Name::kDomain, "example.org"), 1u);
  EXPECT_EQ(rollup.InternName(Name::kSender, "example.net"), 1u);
  EXPECT_EQ(rollup.InternName(Name::kDomain, "example.net"), 2u);
  EXPECT_EQ(rollup.ids()->names(Name::kDomain).text(2), "example.net");
}

TEST(Rollup, EveryFieldOfALaneCounts) {
  Rollup rollup(1);
  const LaneKey lanes[] = {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}};
  for (int round = 0; round < 2; ++round) {
    uint32_t expected = 1;
    for (const LaneKey& lane : lanes) EXPECT_EQ(rollup.InternLane(lane), expected++);
  }
  EXPECT_EQ(rollup.ids()->lane(4).host, 1u);
}

TEST(Rollup, EveryFieldOfAnAnswerCounts) {
  Rollup rollup(1);
  AnswerKey a[8];
  a[0].template_ref = 1;
  a[1].provider = 1;
  a[2].enhanced = 1;
  a[3].code = 1;
  a[4].cause = 1;
  a[5].outcome = Outcome::kDeferred;
  a[6].origin = Origin::kRemote;
  a[7].phase = Phase::kConnect;
  for (int round = 0; round < 2; ++round) {
    uint32_t expected = 1;
    for (const AnswerKey& answer : a) EXPECT_EQ(rollup.InternAnswer(answer), expected++);
  }
  EXPECT_EQ(rollup.ids()->answer(8).phase, Phase::kConnect);
}

TEST(Rollup, TemplatesAreOneById) {
  Rollup rollup(1);
  EXPECT_EQ(rollup.InternTemplate(77, "550 5.7.1 no", "rule.a"), 1u);
  EXPECT_EQ(rollup.InternTemplate(78, "550 5.1.1 no", ""), 2u);
  EXPECT_EQ(rollup.InternTemplate(77, "550 5.7.1 no", "rule.a"), 1u);
  EXPECT_EQ(rollup.ids()->template_record(1).text, "550 5.7.1 no");
  EXPECT_EQ(rollup.ids()->template_record(1).rule, "rule.a");
}

TEST(Rollup, ClearForgetsRowsAndKeepsIds) {
  Rollup rollup(1);
  rollup.Add({1, rollup.InternName(Name::kDomain, "example.org"), rollup.InternLane({1, 2, 3, 4}), 0, 5});
  EXPECT_EQ(rollup.size(), 1u);
  rollup.Clear();
  EXPECT_TRUE(rollup.empty());
  EXPECT_EQ(rollup.InternLane({9, 9, 9, 9}), 2u);
  EXPECT_EQ(rollup.InternName(Name::kDomain, "example.org"), 1u);
}

TEST(Rollup, ASealedOneDoesNotSeeWhatIsAddedLater) {
  Rollup first(1), second(first.ids());
  first.InternLane({1, 2, 3, 4});
  first.Seal();
  EXPECT_EQ(second.InternLane({5, 6, 7, 8}), 2u);
  EXPECT_EQ(first.sizes().lanes, 2u);
  EXPECT_EQ(second.sizes().lanes, 3u);
  first.Clear();
  EXPECT_EQ(first.sizes().lanes, 3u);
}

TEST(Rollup, RestartsWithOtherIds) {
  Rollup rollup(1);
  rollup.InternLane({1, 2, 3, 4});
  rollup.Restart(std::make_shared<LocalIds>(1));
  EXPECT_EQ(rollup.sizes().lanes, 1u);
}

}  // namespace
}  // namespace bouncewatch

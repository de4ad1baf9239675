#include "storage/local_ids.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>

#include "storage/rollup.h"

namespace bouncewatch {
namespace {

constexpr uint64_t kSeed = 42;

TEST(LocalIds, TheEmptyNameIsThereFromTheStart) {
  LocalIds ids(kSeed);
  for (int name = 0; name < kNameCount; ++name) {
    EXPECT_EQ(ids.names(static_cast<Name>(name)).size(), 1u);
    EXPECT_EQ(ids.names(static_cast<Name>(name)).text(0), "");
  }
}

TEST(LocalIds, EqualKeysHaveOneId) {
  LocalIds ids(kSeed);
  const LaneKey lane{1, 2, 3, 4};
  const uint32_t id = ids.Lane(lane);
  EXPECT_EQ(ids.Lane(lane), id);
  EXPECT_EQ(ids.lane(id), lane);
  EXPECT_NE(ids.Lane({1, 2, 4, 3}), id);
  AnswerKey answer;
  answer.code = 550;
  const uint32_t first = ids.Answer(answer);
  EXPECT_EQ(ids.Answer(answer), first);
  answer.phase = Phase::kRcpt;
  EXPECT_NE(ids.Answer(answer), first);
  EXPECT_EQ(ids.answer(first).phase, Phase::kUnknown);
}

TEST(LocalIds, ATemplateKeepsItsTextAndRule) {
  LocalIds ids(kSeed);
  const uint32_t id = ids.Template(7, "550 <id>", "some-rule");
  EXPECT_EQ(ids.Template(7, "550 <id>", "some-rule"), id);
  EXPECT_EQ(ids.template_record(id).text, "550 <id>");
  EXPECT_EQ(ids.template_record(id).rule, "some-rule");
}

TEST(LocalIds, OutliveARollup) {
  Rollup rollup(kSeed);
  const uint32_t id = rollup.InternName(Name::kDomain, "example.org");
  rollup.Add({1, id, 0, 0, 1});
  rollup.Clear();
  EXPECT_TRUE(rollup.empty());
  EXPECT_EQ(rollup.InternName(Name::kDomain, "example.org"), id);
}

// The writer reads what a sealed rollup refers to while the worker goes on naming.
TEST(LocalIds, ReadsWhatIsSealedWhileMoreIsAdded) {
  auto ids = std::make_shared<LocalIds>(kSeed);
  constexpr uint32_t kRounds = 20, kNames = 3000;
  for (uint32_t round = 0; round < kRounds; ++round) {
    Rollup sealed(ids);
    for (uint32_t i = 0; i < kNames; ++i) {
      sealed.InternName(Name::kDomain, "d" + std::to_string(round * kNames + i));
      sealed.InternLane({round * kNames + i, 1, 2, 3});
    }
    sealed.Seal();
    uint64_t wrong = 0;
    std::thread writer([&] {
      const LocalIds::Sizes sizes = sealed.sizes();
      const auto domains = sizes.names[static_cast<size_t>(Name::kDomain)];
      for (uint32_t i = 1; i < domains; ++i) {
        wrong += sealed.ids()->names(Name::kDomain).text(i) != "d" + std::to_string(i - 1);
      }
      for (uint32_t i = 1; i < sizes.lanes; ++i) wrong += sealed.ids()->lane(i).host > 3;
    });
    for (uint32_t i = 0; i < kNames; ++i) {
      ids->names(Name::kSender).Intern("s" + std::to_string(i), HashName("s" + std::to_string(i), kSeed));
      ids->Lane({i, 9, 9, 0});
    }
    writer.join();
    EXPECT_EQ(wrong, 0u) << round;
    EXPECT_EQ(sealed.sizes().names[static_cast<size_t>(Name::kDomain)], (round + 1) * kNames + 1);
  }
}

}  // namespace
}  // namespace bouncewatch

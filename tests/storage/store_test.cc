#include "storage/store.h"

#include <filesystem>
#include <map>
#include <random>
#include <tuple>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/store_samples.h"

namespace bouncewatch {
namespace {

constexpr uint32_t kHour = 490'000;

class StoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    options_.path = directory_.store();
    Reopen();
  }
  void Reopen() {
    store_.reset();
    auto store = Store::Open(options_);
    ASSERT_TRUE(store.ok()) << store.status().ToString();
    store_ = *std::move(store);
  }
  void Commit(const std::vector<Sample>& samples) {
    Rollup rollup(1);
    for (const Sample& sample : samples) AddSample(&rollup, sample);
    const absl::Status status = store_->Commit(rollup, {});
    ASSERT_TRUE(status.ok()) << status.ToString();
  }
  std::map<std::string, Sums> Totals() {
    auto reader = store_->NewReader();
    EXPECT_TRUE(reader.ok());
    auto result = (*reader)->Query(Everything({Key::kDomain}, 60));
    EXPECT_TRUE(result.ok()) << result.status().ToString();
    return SumsOf(*result);
  }

  TestDirectory directory_;
  StoreOptions options_;
  std::unique_ptr<Store> store_;
};

TEST_F(StoreTest, CommittedRowsSurviveWithoutAnyFold) {
  Commit({{kHour * 60, "a.test"}, {kHour * 60 + 1, "b.test", Outcome::kBounced, 7, "auth.spf"}});
  const auto before = Totals();
  EXPECT_EQ(store_->stats().open_rows, 2u);
  Reopen();
  EXPECT_EQ(Totals(), before);
  EXPECT_EQ(store_->stats().open_rows, 2u);
  EXPECT_EQ(store_->stats().newest_event_s, (int64_t{kHour} * 60 + 1) * 60);
}

TEST_F(StoreTest, AnHourIsFoldedOnlyAfterItsGrace) {
  Commit({{kHour * 60, "a.test"}});
  Commit({{kHour * 60 + 60 + 4, "b.test"}});
  EXPECT_EQ(store_->stats().folded_hours, 0u);
  Commit({{kHour * 60 + 60 + 5, "c.test"}});
  EXPECT_EQ(store_->stats().folded_hours, 1u);
  EXPECT_EQ(store_->stats().open_rows, 2u);
  EXPECT_EQ(Totals().size(), 3u);
  Reopen();
  EXPECT_EQ(store_->stats().open_rows, 2u) << "the folded hour's delta is gone";
  EXPECT_EQ(Totals().size(), 3u);
}

TEST_F(StoreTest, AnHourThatOpensAndClosesInOneCommit) {
  Commit({{kHour * 60, "a.test"}, {kHour * 60 + 180, "b.test"}});
  EXPECT_EQ(store_->stats().folded_hours, 1u);
  EXPECT_EQ(store_->stats().open_rows, 1u);
  EXPECT_EQ(Totals().size(), 2u);
}

TEST_F(StoreTest, LateRowsWaitAndAreMergedWithTheirBlock) {
  Commit({{kHour * 60, "a.test", Outcome::kDelivered, 2}, {kHour * 60 + 120, "b.test"}});
  ASSERT_EQ(store_->stats().folded_hours, 1u);
  Commit({{kHour * 60, "a.test", Outcome::kDelivered, 3}, {kHour * 60 + 1, "z.test"}});
  EXPECT_EQ(store_->stats().folded_hours, 1u) << "a trickle of late rows rewrites nothing";
  const auto before = Totals();
  EXPECT_EQ(before.at("a.test|" + std::to_string(int64_t{kHour} * 3600)).attempts, 5u);
  Commit({{kHour * 60 + 240, "c.test"}});
  EXPECT_EQ(store_->stats().open_rows, 1u);
  const auto after = Totals();
  EXPECT_EQ(after.at("a.test|" + std::to_string(int64_t{kHour} * 3600)).attempts, 5u);
  EXPECT_EQ(after.size(), before.size() + 1);
}

TEST_F(StoreTest, TooManyOpenRowsAreFoldedEarly) {
  options_.open_rows_max = 100;
  Reopen();
  for (uint32_t round = 0; round < 5; ++round) {
    std::vector<Sample> samples;
    for (uint32_t i = 0; i < 60; ++i)
      samples.push_back({kHour * 60 + i, "a.test", Outcome::kDelivered, round + 1});
    Commit(samples);
    EXPECT_LE(store_->stats().open_rows, 100u);
  }
  EXPECT_GT(store_->stats().folded_hours, 0u);
  const auto totals = Totals();
  EXPECT_EQ(totals.size(), 60u);
  for (const auto& [key, sums] : totals) EXPECT_EQ(sums.attempts, 15u) << key;
}

TEST_F(StoreTest, FoldAllLeavesNothingOpen) {
  Commit({{kHour * 60, "a.test"}, {kHour * 60 + 60, "b.test"}});
  const auto before = Totals();
  ASSERT_TRUE(store_->FoldAll().ok());
  ASSERT_TRUE(store_->FoldAll().ok());
  EXPECT_EQ(store_->stats().open_rows, 0u);
  EXPECT_EQ(Totals(), before);
  Reopen();
  EXPECT_EQ(store_->stats().open_rows, 0u);
  EXPECT_EQ(Totals(), before);
}

TEST_F(StoreTest, StatesAreWrittenReadScannedAndDeleted) {
  const Rollup nothing(1);
  ASSERT_TRUE(store_->Commit(nothing, {{"position/a", "1"}, {"position/b", "2"}, {"table/a", ""}}).ok());
  ASSERT_TRUE(store_->Commit(nothing, {{"position/a", std::nullopt}, {"position/b", "3"}}).ok());
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(*store_->GetState("position/a"), std::nullopt);
    EXPECT_EQ(*store_->GetState("position/b"), "3");
    EXPECT_EQ(*store_->GetState("table/a"), "");
    std::map<std::string, std::string> seen;
    ASSERT_TRUE(store_
                    ->ScanStates("position/", [&](std::string_view key,
                                                  std::string_view value) { seen.emplace(key, value); })
                    .ok());
    EXPECT_EQ(seen, (std::map<std::string, std::string>{{"position/b", "3"}}));
    Reopen();
  }
}

TEST_F(StoreTest, HashSeedStaysWithTheStore) {
  const uint64_t seed = store_->hash_seed();
  Reopen();
  EXPECT_EQ(store_->hash_seed(), seed);
}

TEST_F(StoreTest, ASecondOpenIsRefused) {
  const auto second = Store::Open(options_);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(second.status().ToString().find("is in use by another bouncewatch"), std::string::npos);
}

TEST_F(StoreTest, NamesBeyondTheCacheKeepTheirIds) {
  options_.dictionary_cache_entries = 16;
  Reopen();
  for (int round = 0; round < 3; ++round) {
    std::vector<Sample> samples;
    for (int i = 0; i < 500; ++i) samples.push_back({kHour * 60, "d" + std::to_string(i) + ".test"});
    Commit(samples);
  }
  const uint64_t entries = store_->stats().dictionary_entries;
  EXPECT_EQ(entries, 500u + 5u) << "domains, and one ip, sender, host, lane and answer";
  const auto totals = Totals();
  EXPECT_EQ(totals.size(), 500u);
  for (const auto& [key, sums] : totals) EXPECT_EQ(sums.attempts, 3u) << key;
  Reopen();
  Commit({{kHour * 60, "d7.test"}, {kHour * 60, "fresh.test"}});
  EXPECT_EQ(store_->stats().dictionary_entries, entries + 1);
}

// Names reach the index late and many at once: before, between and after, a restart and a question find them.
TEST_F(StoreTest, NamesAreFoundBeforeAndAfterTheyAreIndexed) {
  for (size_t cache_entries : {1'000'000u, 200u, 20u}) {
    options_.dictionary_cache_entries = cache_entries;
    for (int round = 0; round < 6; ++round) {
      Reopen();
      std::vector<Sample> samples;
      for (int i = 0; i < 30; ++i) {
        samples.push_back({kHour * 60, "d" + std::to_string(round * 20 + i) + ".test"});
      }
      Commit(samples);
      const uint64_t names = cache_entries == 1'000'000 ? 20u * static_cast<uint64_t>(round) + 30u : 130u;
      EXPECT_EQ(store_->stats().dictionary_entries, names + 5u) << cache_entries << ", round " << round;
    }
  }
  for (int i = 0; i <= 130; ++i) {
    QuerySpec spec = Everything({Key::kDomain});
    spec.where = {{Key::kDomain, {"d" + std::to_string(i) + ".test"}}};
    auto reader = store_->NewReader();
    ASSERT_TRUE(reader.ok());
    const auto result = (*reader)->Query(spec);
    ASSERT_TRUE(result.ok()) << result.status().ToString();
    EXPECT_EQ(result->series.size(), i < 130 ? 1u : 0u) << i;
  }
}

// Hashes of short names must not meet across dictionaries.
TEST_F(StoreTest, ShortNamesOfDifferentKindsKeepTheirOwnIds) {
  const std::string letters = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::vector<Sample> samples;
  for (char letter : letters) {
    Sample sample{kHour * 60, std::string("mx") + letter};
    for (std::string* name : {&sample.ip, &sample.sender, &sample.host, &sample.customer, &sample.provider}) {
      *name = sample.domain;
    }
    samples.push_back(sample);
  }
  Commit(samples);
  EXPECT_EQ(store_->stats().dictionary_entries, 8 * letters.size()) << "six names, a lane and an answer each";
}

// One host's clock is wrong: its events are counted where it says, and everybody's hours go on closing.
TEST_F(StoreTest, AStampInTheFutureIsCountedAndDoesNotCloseHours) {
  options_.now_s = [] { return (int64_t{kHour} + 1) * 3600; };
  Reopen();
  const uint32_t far = (kHour + 10'000) * 60, tomorrow = (kHour + 25) * 60;
  Commit({{kHour * 60, "a.test"}, {far, "far.test", Outcome::kDelivered, 3}});
  EXPECT_EQ(store_->stats().newest_event_s, int64_t{kHour} * 3600);
  EXPECT_EQ(store_->stats().future_events, 3u);
  EXPECT_EQ(store_->stats().folded_hours, 0u);
  Commit({{(kHour + 1) * 60 + 5, "b.test"}});
  EXPECT_EQ(store_->stats().folded_hours, 1u) << "the next hour closes the first";
  Commit({{tomorrow, "c.test"}});
  EXPECT_EQ(store_->stats().future_events, 3u) << "a day is allowed: zones are mistaken easily";
  EXPECT_EQ(store_->stats().newest_event_s, int64_t{tomorrow} * 60);
  const auto totals = Totals();
  EXPECT_EQ(totals.at("far.test|" + std::to_string(int64_t{far} * 60)).attempts, 3u);
  Reopen();
  EXPECT_EQ(Totals(), totals);
}

TEST_F(StoreTest, AWatermarkFromTheFutureIsBroughtBackAtTheNextStart) {
  Commit({{(kHour + 10'000) * 60, "far.test"}});  // without a clock every stamp is believed
  EXPECT_EQ(store_->stats().newest_event_s, (int64_t{kHour} + 10'000) * 3600);
  options_.now_s = [] { return int64_t{kHour} * 3600; };
  Reopen();
  EXPECT_EQ(store_->stats().newest_event_s, (int64_t{kHour} + 24) * 3600);
}

TEST_F(StoreTest, ALateLineGoesToItsOwnMinute) {
  Commit({{kHour * 60, "a.test"}, {kHour * 60 + 7, "b.test"}});
  Commit({{(kHour + 47) * 60, "c.test"}});  // 48 hours, less than an hour
  EXPECT_EQ(store_->stats().folded_hours, 1u);
  Commit({{kHour * 60 + 7, "a.test"}, {kHour * 60 + 7, "b.test"}});
  EXPECT_EQ(store_->stats().late_events, 0u);
  const std::string first = "|" + std::to_string(int64_t{kHour} * 3600);
  const std::string seventh = "|" + std::to_string(int64_t{kHour} * 3600 + 420);
  for (int round = 0; round < 2; ++round) {
    const auto totals = Totals();
    EXPECT_EQ(totals.at("a.test" + first).attempts, 1u);
    EXPECT_EQ(totals.at("a.test" + seventh).attempts, 1u);
    EXPECT_EQ(totals.at("b.test" + seventh).attempts, 2u);
    EXPECT_EQ(totals.size(), 4u);
    ASSERT_TRUE(store_->FoldAll().ok());
  }
}

TEST_F(StoreTest, LinesOlderThanWhatIsRetainedAreToldApart) {
  const uint32_t day = kHour / 24;
  Commit({{(day + 400) * 1440, "new.test"}});
  Commit({{day * 1440 - 1, "old.test", Outcome::kDelivered, 5}, {day * 1440, "kept.test"}});
  EXPECT_EQ(store_->stats().late_events, 5u);
  ASSERT_TRUE(store_->FoldAll().ok());
  auto reader = store_->NewReader();
  ASSERT_TRUE(reader.ok());
  const auto days = (*reader)->Query(Everything({Key::kDomain}, 86'400));
  ASSERT_TRUE(days.ok()) << days.status().ToString();
  EXPECT_THAT(SumsOf(*days),
              ::testing::ElementsAre(
                  ::testing::Pair("kept.test|" + std::to_string(int64_t{day} * 86'400), Sums{1, 0, 0}),
                  ::testing::Pair("new.test|" + std::to_string(int64_t{day + 400} * 86'400), Sums{1, 0, 0})));
}

// Whatever the order of commits, folds, reopenings and bounds: what was committed is what is read.
TEST(Store, MatchesAModel) {
  const uint32_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 4; ++round) {
    TestDirectory directory;
    StoreOptions options;
    options.path = directory.store();
    options.open_rows_max = random() % 2 == 0 ? 200 : 1'000'000;
    options.dictionary_cache_entries = random() % 2 == 0 ? 8 : 100'000;
    auto store = Store::Open(options);
    ASSERT_TRUE(store.ok());
    std::map<std::string, Sums> model;
    uint32_t now = kHour * 60;
    for (int step = 0; step < 40; ++step) {
      Rollup rollup(random());
      for (uint32_t n = random() % 80; n > 0; --n) {
        now += random() % 4 == 0 ? random() % 3 : 0;
        const uint32_t late = random() % 10 == 0 ? random() % 600 : random() % 3;
        const bool failed = random() % 3 == 0;
        const uint32_t count = random() % 3 + 1;
        const Sample sample{now - late,
                            "d" + std::to_string(random() % 150) + ".test",
                            failed ? Outcome::kBounced : Outcome::kDelivered,
                            count,
                            failed ? "auth.spf" : "event.delivered",
                            "192.0.2." + std::to_string(random() % 3)};
        AddSample(&rollup, sample);
        Sums& sums =
            model[sample.domain + "," + sample.ip + "|" + std::to_string(int64_t{sample.minute} * 60)];
        sums.attempts += sample.count;
        sums.failures += failed ? sample.count : 0;
      }
      ASSERT_TRUE((*store)->Commit(rollup, {}).ok());
      const uint32_t dice = random() % 20;
      if (dice == 0) {
        ASSERT_TRUE((*store)->FoldAll().ok());
      }
      if (dice == 1) {
        store->reset();
        store = Store::Open(options);
        ASSERT_TRUE(store.ok()) << store.status().ToString();
      }
    }
    auto reader = (*store)->NewReader();
    ASSERT_TRUE(reader.ok());
    const auto result = (*reader)->Query(Everything({Key::kDomain, Key::kIp}, 60));
    ASSERT_TRUE(result.ok()) << result.status().ToString();
    EXPECT_EQ(SumsOf(*result), model);
  }
}

}  // namespace
}  // namespace bouncewatch

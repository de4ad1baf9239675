// Rows as they age: from minutes to hours to days, with totals equal at every resolution that is kept.
#include "storage/retention.h"

#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/store.h"
#include "tests/support/store_samples.h"

namespace bouncewatch {
namespace {

constexpr uint32_t kDay = 20'000;  // days since 1970
constexpr int64_t kDayS = 86'400;

TEST(Retention, CountsBackFromTheNewestEventInWholeBuckets) {
  Meta meta;
  meta.newest_event_s = int64_t{kDay} * kDayS + 7 * 3600 + 60;
  const FirstKept kept = FirstKeptBy(Retention(), meta);
  EXPECT_EQ(kept.minutes_hour, (kDay - 2) * 24 + 7);
  EXPECT_EQ(kept.hours_hour, (kDay - 35) * 24);
  EXPECT_EQ(kept.day, kDay - 400);
}

TEST(Retention, NeverComesBackToWhatWasDropped) {
  Meta meta;
  meta.newest_event_s = int64_t{kDay} * kDayS;
  meta.minutes_from_hour = kDay * 24 - 1;
  meta.hours_from_hour = (kDay - 2) * 24;
  meta.days_from_day = kDay - 3;
  const FirstKept kept = FirstKeptBy(Retention(), meta);
  EXPECT_EQ(kept.minutes_hour, meta.minutes_from_hour);
  EXPECT_EQ(kept.hours_hour, meta.hours_from_hour);
  EXPECT_EQ(kept.day, meta.days_from_day);
}

// Names the keys of one sample as SumsOf does.
std::string ValueOf(Key key, const Sample& sample) {
  switch (key) {
    case Key::kDomain:
      return sample.domain;
    case Key::kIp:
      return sample.ip;
    case Key::kSenderDomain:
      return sample.sender;
    case Key::kCustomer:
      return sample.customer;
    case Key::kHost:
      return sample.host;
    default:
      return sample.provider;
  }
}

class RetentionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    options_.path = directory_.store();
    options_.retention = {6, 3, 12};
    options_.fold_grace_s = 60;
    Open();
  }
  void Open() {
    store_.reset();
    auto store = Store::Open(options_);
    ASSERT_TRUE(store.ok()) << store.status().ToString();
    store_ = *std::move(store);
  }
  void Commit(const std::vector<Sample>& samples) {
    Rollup rollup(1);
    for (const Sample& sample : samples) AddSample(&rollup, sample);
    ASSERT_TRUE(store_->Commit(rollup, {}).ok());
  }
  absl::StatusOr<QueryResult> Ask(std::vector<Key> by, int64_t step_s, int64_t from_s) {
    QuerySpec spec = Everything(std::move(by), step_s);
    spec.from_s = from_s;
    return (*store_->NewReader())->Query(spec);
  }
  // What `samples` say by `key` in buckets of `step_s` from `from_s` on.
  static std::map<std::string, Sums> Model(const std::vector<Sample>& samples, Key key, int64_t step_s,
                                           int64_t from_s) {
    std::map<std::string, Sums> model;
    for (const Sample& sample : samples) {
      const int64_t time_s = int64_t{sample.minute} * 60;
      if (time_s < from_s) continue;
      Sums& sums = model[ValueOf(key, sample) + "|" + std::to_string(time_s / step_s * step_s)];
      sums.attempts += sample.count;
      sums.failures += sample.outcome == Outcome::kDelivered ? 0 : sample.count;
    }
    return model;
  }
  void ExpectEqualAtEveryResolution(const std::vector<Sample>& samples) {
    const StoreStats stats = store_->stats();
    const std::pair<int64_t, int64_t> resolutions[] = {
        {60, stats.minutes_from_s}, {3600, stats.hours_from_s}, {kDayS, stats.days_from_s}};
    for (const Key key :
         {Key::kDomain, Key::kIp, Key::kSenderDomain, Key::kCustomer, Key::kHost, Key::kProvider}) {
      for (const auto& [step_s, from_s] : resolutions) {
        const auto result = Ask({key}, step_s, from_s);
        ASSERT_TRUE(result.ok()) << result.status().ToString();
        EXPECT_EQ(SumsOf(*result), Model(samples, key, step_s, from_s))
            << KeyName(key) << " by " << step_s << " s from " << from_s;
      }
    }
  }

  TestDirectory directory_;
  StoreOptions options_;
  std::unique_ptr<Store> store_;
};

TEST_F(RetentionTest, TotalsAreEqualAtEveryResolution) {
  const uint32_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  std::vector<Sample> samples;
  uint32_t now = kDay * 1440, newest = 0;
  uint64_t late_events = 0, late_seen = 0;
  for (int step = 0; step < 150; ++step) {
    std::vector<Sample> commit;
    for (uint32_t n = random() % 40; n > 0; --n) {
      now += random() % 20;
      const uint32_t late = random() % 8 == 0 ? random() % (14 * 1440) : random() % 30;
      Sample sample{now - late, "d" + std::to_string(random() % 90) + ".test"};
      if (random() % 3 == 0) {
        sample.outcome = random() % 2 == 0 ? Outcome::kBounced : Outcome::kDeferred;
        sample.cause = "auth.spf";
      }
      sample.count = random() % 5 + 1;
      sample.ip = "192.0.2." + std::to_string(random() % 4);
      sample.sender = "s" + std::to_string(random() % 20) + ".test";
      sample.host = "mx" + std::to_string(random() % 2);
      sample.provider = random() % 2 == 0 ? "google" : "yahoo";
      commit.push_back(sample);
    }
    for (const Sample& sample : commit) {
      if (newest >= 12 * 1440 && sample.minute / 1440 < (newest - 12 * 1440) / 1440) {
        late_events += sample.count;
      } else {
        samples.push_back(sample);
      }
    }
    Commit(commit);
    for (const Sample& sample : commit) newest = std::max(newest, sample.minute);
    const uint32_t dice = random() % 12;
    if (dice == 0) {
      ASSERT_TRUE(store_->FoldAll().ok());
    } else if (dice == 1) {
      late_seen += store_->stats().late_events;
      Open();
    } else if (dice == 2) {
      ExpectEqualAtEveryResolution(samples);
    }
  }
  ExpectEqualAtEveryResolution(samples);
  EXPECT_EQ(store_->stats().late_events + late_seen, late_events);
  EXPECT_GT(store_->stats().days_from_s, 0);
  ASSERT_TRUE(store_->FoldAll().ok());
  ExpectEqualAtEveryResolution(samples);
}

TEST_F(RetentionTest, SaysFromWhenOnItIsKept) {
  Commit({{kDay * 1440, "a.test"}});
  Commit({{(kDay + 5) * 1440, "b.test"}});
  const auto by_minute = Ask({Key::kDomain}, 60, 0);
  EXPECT_EQ(by_minute.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(by_minute.status().ToString(),
              ::testing::HasSubstr("minutes are kept since 2024-10-08T18:00Z"));
  EXPECT_THAT(Ask({Key::kDomain}, 3600, 0).status().ToString(),
              ::testing::HasSubstr("hours are kept since 2024-10-06T00:00Z"));
  EXPECT_THAT(Ask({Key::kDomain, Key::kIp}, 0, 0).status().ToString(), ::testing::HasSubstr("combinations"));
  EXPECT_TRUE(Ask({Key::kDomain, Key::kIp}, 0, (int64_t{kDay} + 5) * kDayS).ok());
  EXPECT_TRUE(Ask({Key::kDomain, Key::kCause}, kDayS, 0).ok());
}

// An edge within a bucket that is kept as a whole takes all of it.
TEST_F(RetentionTest, EdgesWidenToWhatIsKept) {
  Commit({{kDay * 1440 + 5, "a.test", Outcome::kDelivered, 3}});
  Commit({{(kDay + 2) * 1440, "b.test"}});
  const auto result = Ask({Key::kDomain}, 0, int64_t{kDay} * kDayS + 600);
  ASSERT_TRUE(result.ok()) << result.status().ToString();
  ASSERT_EQ(result->series.size(), 2u);
  EXPECT_EQ(result->series[0].points[0].attempts, 3u);
  EXPECT_EQ(result->series[0].points[0].t_s, int64_t{kDay} * kDayS) << "the answer says where it begins";
}

TEST_F(RetentionTest, DropsWhatIsTooOldAndReportsItsDisk) {
  uint64_t largest = 0;
  for (uint32_t day = 0; day < 40; ++day) {
    std::vector<Sample> commit;
    for (uint32_t i = 0; i < 200; ++i) {
      commit.push_back({(kDay + day) * 1440 + i % 60, "d" + std::to_string(i) + ".test"});
    }
    Commit(commit);
    EXPECT_GT(store_->stats().disk_bytes, 0u);
    if (day == 20) largest = store_->stats().disk_bytes;
  }
  EXPECT_EQ(store_->stats().days_from_s, (int64_t{kDay} + 39 - 12) * kDayS);
  EXPECT_LT(store_->stats().disk_bytes, 4 * largest);
  const auto result = Ask({Key::kProvider}, kDayS, 0);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->series[0].points.size(), 13u);
}

}  // namespace
}  // namespace bouncewatch

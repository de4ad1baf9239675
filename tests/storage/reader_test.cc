#include "storage/reader.h"

#include "classifier/reply.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/store.h"
#include "tests/support/store_samples.h"

namespace bouncewatch {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr uint32_t kHour = 490'000;

// Half of the rows in blocks, half in deltas, whatever the question.
class ReaderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto store = Store::Open({directory_.store()});
    ASSERT_TRUE(store.ok()) << store.status().ToString();
    store_ = *std::move(store);
    Rollup rollup(1);
    const uint32_t start = kHour * 60;
    AddSample(&rollup, {start, "a.test", Outcome::kDelivered, 10});
    AddSample(&rollup, Bounce(start + 1, "a.test", 2));
    AddSample(&rollup, {start + 59, "b.test", Outcome::kDeferred, 5, "rate.connections"});
    ASSERT_TRUE(store_->Commit(rollup, {}).ok());
    ASSERT_TRUE(store_->FoldAll().ok());
    rollup.Clear();
    AddSample(&rollup, Bounce(start + 60, "a.test", 1));
    AddSample(&rollup, {start + 60, "c.test", Outcome::kExpired, 4});
    for (Outcome outcome :
         {Outcome::kEcho, Outcome::kProbe, Outcome::kOutOfBand, Outcome::kComplaint, Outcome::kDropped}) {
      AddSample(&rollup, {start + 60, "echo.test", outcome, 9});
    }
    for (Outcome outcome : {Outcome::kDelivered, Outcome::kDeferred, Outcome::kBounced, Outcome::kExpired}) {
      Sample own_words{start + 60, "provider.test", outcome, 9};
      own_words.origin = Origin::kProvider;
      AddSample(&rollup, own_words);
    }
    Sample other{start + 121, "ab.test", Outcome::kDelivered, 3};
    other.ip = "192.0.2.2";
    other.sender = "other.test";
    other.host = "mx2";
    other.customer = "acme";
    AddSample(&rollup, other);
    ASSERT_TRUE(store_->Commit(rollup, {}).ok());
    auto reader = store_->NewReader();
    ASSERT_TRUE(reader.ok());
    reader_ = *std::move(reader);
  }

  static Sample Bounce(uint32_t minute, std::string domain, uint32_t count) {
    Sample sample{minute, std::move(domain), Outcome::kBounced, count, "auth.spf"};
    sample.code = 550;
    sample.enhanced = EnhancedCode{5, 7, 1}.packed();
    sample.template_id = 0xabc;
    sample.provider = "google";
    return sample;
  }

  QueryResult Ask(const QuerySpec& spec) {
    auto result = reader_->Query(spec);
    EXPECT_TRUE(result.ok()) << result.status().ToString();
    return result.ok() ? *std::move(result) : QueryResult();
  }
  std::map<std::string, Sums> AskBy(Key key) { return SumsOf(Ask(Everything({key}))); }
  std::map<std::string, Sums> AskWhere(Key key, std::vector<std::string> values) {
    QuerySpec spec = Everything({Key::kDomain});
    spec.where = {{key, std::move(values)}};
    return SumsOf(Ask(spec));
  }

  TestDirectory directory_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Reader> reader_;
};

TEST_F(ReaderTest, Totals) {
  const QueryResult result = Ask(Everything({}));
  ASSERT_EQ(result.series.size(), 1u);
  ASSERT_EQ(result.series[0].points.size(), 1u);
  const Point& point = result.series[0].points[0];
  EXPECT_EQ(point.t_s, 0);
  EXPECT_EQ(point.attempts, 21u);
  EXPECT_EQ(point.delivered, 13u);
  EXPECT_EQ(point.deferred, 5u);
  EXPECT_EQ(point.bounced, 3u);
  EXPECT_EQ(point.expired, 4u) << "expired is in no denominator";
  EXPECT_THAT(point.causes, ElementsAre(Pair("auth.spf", 3), Pair("rate.connections", 5)));
}

TEST_F(ReaderTest, EveryKey) {
  EXPECT_THAT(AskBy(Key::kDomain),
              ElementsAre(Pair("a.test|0", Sums{13, 3, 0}), Pair("ab.test|0", Sums{3, 0, 0}),
                          Pair("b.test|0", Sums{5, 5, 0}), Pair("c.test|0", Sums{0, 0, 4})));
  EXPECT_THAT(AskBy(Key::kIp),
              ElementsAre(Pair("192.0.2.1|0", Sums{18, 8, 4}), Pair("192.0.2.2|0", Sums{3, 0, 0})));
  EXPECT_THAT(AskBy(Key::kSenderDomain),
              ElementsAre(Pair("other.test|0", Sums{3, 0, 0}), Pair("sender.test|0", Sums{18, 8, 4})));
  EXPECT_THAT(AskBy(Key::kHost), ElementsAre(Pair("mx1|0", Sums{18, 8, 4}), Pair("mx2|0", Sums{3, 0, 0})));
  EXPECT_THAT(AskBy(Key::kCustomer), ElementsAre(Pair("acme|0", Sums{3, 0, 0}), Pair("|0", Sums{18, 8, 4})));
  EXPECT_THAT(AskBy(Key::kProvider),
              ElementsAre(Pair("google|0", Sums{3, 3, 0}), Pair("|0", Sums{18, 5, 4})));
  EXPECT_THAT(AskBy(Key::kCode), ElementsAre(Pair("550|0", Sums{3, 3, 0}), Pair("|0", Sums{18, 5, 4})));
  EXPECT_THAT(AskBy(Key::kEnhanced), ElementsAre(Pair("5.7.1|0", Sums{3, 3, 0}), Pair("|0", Sums{18, 5, 4})));
  EXPECT_THAT(AskBy(Key::kTemplate),
              ElementsAre(Pair("0000000000000abc|0", Sums{3, 3, 0}), Pair("|0", Sums{18, 5, 4})));
  EXPECT_THAT(AskBy(Key::kOutcome),
              ElementsAre(Pair("bounced|0", Sums{3, 3, 0}), Pair("deferred|0", Sums{5, 5, 0}),
                          Pair("delivered|0", Sums{13, 0, 0}), Pair("expired|0", Sums{0, 0, 4})));
  EXPECT_THAT(AskBy(Key::kCause),
              ElementsAre(Pair("auth.spf|0", Sums{3, 3, 0}), Pair("event.delivered|0", Sums{13, 0, 4}),
                          Pair("rate.connections|0", Sums{5, 5, 0})));
}

TEST_F(ReaderTest, SeveralKeysInTheirOrder) {
  const QueryResult result = Ask(Everything({Key::kOutcome, Key::kDomain, Key::kIp}));
  ASSERT_FALSE(result.series.empty());
  EXPECT_THAT(result.series[0].key, ElementsAre(Pair(Key::kOutcome, "deferred"), Pair(Key::kDomain, "b.test"),
                                                Pair(Key::kIp, "192.0.2.1")));
}

TEST_F(ReaderTest, FiltersByValuesAndPrefixes) {
  EXPECT_THAT(AskWhere(Key::kDomain, {"a.test", "c.test", "absent.test"}),
              ElementsAre(Pair("a.test|0", Sums{13, 3, 0}), Pair("c.test|0", Sums{0, 0, 4})));
  EXPECT_THAT(AskWhere(Key::kDomain, {"a*"}),
              ElementsAre(Pair("a.test|0", Sums{13, 3, 0}), Pair("ab.test|0", Sums{3, 0, 0})));
  EXPECT_THAT(AskWhere(Key::kDomain, {"ab*", "b.test"}),
              ElementsAre(Pair("ab.test|0", Sums{3, 0, 0}), Pair("b.test|0", Sums{5, 5, 0})));
  EXPECT_THAT(AskWhere(Key::kDomain, {"absent.test"}), IsEmpty());
  EXPECT_THAT(AskWhere(Key::kCause, {"auth.*"}), ElementsAre(Pair("a.test|0", Sums{3, 3, 0})));
  EXPECT_THAT(AskWhere(Key::kCustomer, {"acme"}), ElementsAre(Pair("ab.test|0", Sums{3, 0, 0})));
  EXPECT_THAT(AskWhere(Key::kCustomer, {""}).size(), 3u);
  EXPECT_THAT(AskWhere(Key::kEnhanced, {"5.7.1"}), ElementsAre(Pair("a.test|0", Sums{3, 3, 0})));
  EXPECT_THAT(AskWhere(Key::kOutcome, {"echo"}), IsEmpty());
}

TEST_F(ReaderTest, FiltersOfTwoKeysAndTwiceTheSame) {
  QuerySpec spec = Everything({Key::kDomain});
  spec.where = {{Key::kDomain, {"a*"}}, {Key::kOutcome, {"delivered"}}, {Key::kDomain, {"a.test", "b.test"}}};
  EXPECT_THAT(SumsOf(Ask(spec)), ElementsAre(Pair("a.test|0", Sums{10, 0, 0})));
}

TEST_F(ReaderTest, StepsAreAlignedToUtc) {
  const std::string first = std::to_string(int64_t{kHour} * 3600);
  const std::string second = std::to_string(int64_t{kHour + 1} * 3600);
  const std::string third = std::to_string(int64_t{kHour + 2} * 3600);
  EXPECT_THAT(SumsOf(Ask(Everything({}, 3600))),
              ElementsAre(Pair("|" + first, Sums{17, 7, 0}), Pair("|" + second, Sums{1, 1, 4}),
                          Pair("|" + third, Sums{3, 0, 0})));
  EXPECT_EQ(Ask(Everything({}, 60)).series[0].points.size(), 5u);
  const QueryResult days = Ask(Everything({}, 86400));
  EXPECT_EQ(days.series[0].points[0].t_s % 86400, 0);
}

TEST_F(ReaderTest, RangeIsInclusiveExclusiveAndRoundedToMinutes) {
  QuerySpec spec = Everything({});
  spec.from_s = int64_t{kHour} * 3600 + 60 + 59;  // down to minute 1
  spec.to_s = int64_t{kHour} * 3600 + 59 * 60;    // minute 59 is out
  const QueryResult result = Ask(spec);
  ASSERT_EQ(result.series.size(), 1u);
  EXPECT_EQ(result.series[0].points[0].attempts, 2u);
  EXPECT_EQ(result.series[0].points[0].t_s, int64_t{kHour} * 3600 + 60);
  spec.to_s += 1;  // up to minute 60
  EXPECT_EQ(Ask(spec).series[0].points[0].attempts, 7u);
  spec.to_s = spec.from_s - 100;
  EXPECT_THAT(Ask(spec).series, IsEmpty());
  spec.from_s = -1000;
  spec.to_s = -500;
  EXPECT_THAT(Ask(spec).series, IsEmpty());
}

TEST_F(ReaderTest, MostFailuresFirstThenAttemptsThenKey) {
  QuerySpec spec = Everything({Key::kDomain});
  spec.limit = 2;
  const QueryResult result = Ask(spec);
  EXPECT_EQ(result.series_total, 4u);
  ASSERT_EQ(result.series.size(), 2u);
  EXPECT_EQ(result.series[0].key[0].second, "b.test");
  EXPECT_EQ(result.series[1].key[0].second, "a.test");
}

TEST_F(ReaderTest, RanksByAnyColumnAndShowsPages) {
  const std::pair<RankBy, std::vector<std::string>> cases[] = {
      {RankBy::kFailures, {"b.test", "a.test", "ab.test", "c.test"}},
      {RankBy::kAttempts, {"a.test", "b.test", "ab.test", "c.test"}},
      {RankBy::kDelivered, {"a.test", "ab.test", "b.test", "c.test"}},
      {RankBy::kDeferred, {"b.test", "a.test", "ab.test", "c.test"}},
      {RankBy::kBounced, {"a.test", "b.test", "ab.test", "c.test"}},
      {RankBy::kExpired, {"c.test", "a.test", "b.test", "ab.test"}},
  };
  for (const auto& [column, order] : cases) {
    for (size_t page = 1; page <= 5; ++page) {
      QuerySpec spec = Everything({Key::kDomain});
      spec.sort = column;
      spec.limit = page;
      std::vector<std::string> seen;
      for (spec.offset = 0; spec.offset < 6; spec.offset += page) {
        const QueryResult result = Ask(spec);
        EXPECT_EQ(result.series_total, 4u);
        for (const Series& series : result.series) seen.push_back(series.key[0].second);
      }
      EXPECT_EQ(seen, order) << ColumnName(column) << " by " << page;
    }
  }
}

TEST_F(ReaderTest, RefusesStepsThatAreNotMinutes) {
  EXPECT_EQ(reader_->Query(Everything({}, 61)).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(reader_->Query(Everything({}, -60)).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(ReaderTest, NewestEvent) {
  EXPECT_EQ(reader_->newest_event_s(), int64_t{kHour + 2} * 3600 + 60);
}

TEST_F(ReaderTest, VisitsRepliesNewestFirst) {
  Rollup rollup(1);
  Sample deferred = Bounce(kHour * 60 + 62, "d.test", 1);
  deferred.template_id = 0xdef;
  AddSample(&rollup, deferred);
  ASSERT_TRUE(store_->Commit(rollup, {}).ok());
  auto secondary = Reader::OpenSecondary(directory_.store());
  ASSERT_TRUE(secondary.ok());
  for (Reader* reader : {reader_.get(), secondary->get()}) {
    std::vector<std::pair<uint64_t, std::string>> seen;
    ASSERT_TRUE(reader
                    ->VisitReplies([&](const StoredReply& reply) {
                      EXPECT_EQ(reply.text, "a reply");
                      seen.emplace_back(reply.template_id, reply.provider);
                      return true;
                    })
                    .ok());
    EXPECT_THAT(seen, ElementsAre(Pair(0xdef, "google"), Pair(0xabc, "google")));
    size_t visits = 0;
    ASSERT_TRUE(reader->VisitReplies([&](const StoredReply&) { return ++visits > 1; }).ok());
    EXPECT_EQ(visits, 1u);
  }
}

TEST_F(ReaderTest, SecondarySeesWhatIsOnlyInTheLog) {
  auto secondary = Reader::OpenSecondary(directory_.store());
  ASSERT_TRUE(secondary.ok()) << secondary.status().ToString();
  for (int round = 0; round < 3; ++round) {
    const auto live = reader_->Query(Everything({Key::kDomain, Key::kCause}, 60));
    const auto beside = (*secondary)->Query(Everything({Key::kDomain, Key::kCause}, 60));
    ASSERT_TRUE(beside.ok()) << beside.status().ToString();
    EXPECT_EQ(SumsOf(*beside), SumsOf(*live));
    EXPECT_EQ((*secondary)->newest_event_s(), reader_->newest_event_s());
    Rollup rollup(1);
    AddSample(&rollup, {(kHour + 5 + static_cast<uint32_t>(round)) * 60, "new.test", Outcome::kBounced, 1});
    ASSERT_TRUE(store_->Commit(rollup, {}).ok());
  }
}

TEST_F(ReaderTest, SecondaryOfAStoreThatNobodyWrites) {
  const auto live = SumsOf(Ask(Everything({Key::kDomain})));
  reader_.reset();
  store_.reset();
  auto secondary = Reader::OpenSecondary(directory_.store());
  ASSERT_TRUE(secondary.ok()) << secondary.status().ToString();
  const auto beside = (*secondary)->Query(Everything({Key::kDomain}));
  ASSERT_TRUE(beside.ok()) << beside.status().ToString();
  EXPECT_EQ(SumsOf(*beside), live);
}

TEST(Reader, NoStoreIsNotFound) {
  TestDirectory directory;
  EXPECT_EQ(Reader::OpenSecondary(directory.store()).status().code(), absl::StatusCode::kNotFound);
}

TEST(Reader, KeyNamesRoundTrip) {
  for (int i = 0; i < kKeyCount; ++i) EXPECT_EQ(FindKey(KeyName(static_cast<Key>(i))), static_cast<Key>(i));
  EXPECT_EQ(KeyName(Key::kSenderDomain), "sender_domain");
  EXPECT_FALSE(FindKey("Domain"));
}

}  // namespace
}  // namespace bouncewatch

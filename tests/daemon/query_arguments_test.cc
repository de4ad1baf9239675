#include "daemon/query_arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace bouncewatch {
namespace {

using ::testing::HasSubstr;

constexpr int64_t kNow = 1'795'400'000;

TEST(QueryTime, ReadsEveryForm) {
  const struct {
    const char* text;
    int64_t time_s;
  } kCases[] = {
      {"now", kNow},
      {"-6h", kNow - 6 * 3600},
      {"-2d", kNow - 2 * 86400},
      {"-90s", kNow - 90},
      {"-5m", kNow - 300},
      {"-1w", kNow - 7 * 86400},
      {"1795400000", 1'795'400'000},
      {"0", 0},
      {"2026-11-23", 1'795'392'000},
      {"2026-11-23T01:00:00Z", 1'795'395'600},
      {"2026-11-23T02:00:00+01:00", 1'795'395'600},
      {"2026-11-23T01:00", 1'795'395'600},
      {"2026-11-23 01:00:00", 1'795'395'600},
  };
  for (const auto& test : kCases) {
    const absl::StatusOr<int64_t> time = ParseQueryTime(test.text, kNow);
    ASSERT_TRUE(time.ok()) << test.text << ": " << time.status();
    EXPECT_EQ(*time, test.time_s) << test.text;
  }
}

TEST(QueryTime, RefusesWhatIsNoTime) {
  for (const char* text : {"", "yesterday", "-6", "-h", "-6y", "6h", "2026-13-01", "2026-02-30",
                           "-99999999999w", "99999999999999999999", "infinite-future"}) {
    EXPECT_FALSE(ParseQueryTime(text, kNow).ok()) << text;
  }
}

TEST(Query, HasDefaults) {
  const absl::StatusOr<QuerySpec> spec = ParseQuery({}, kNow);
  ASSERT_TRUE(spec.ok()) << spec.status();
  EXPECT_TRUE(spec->by.empty());
  EXPECT_EQ(spec->to_s, kNow);
  EXPECT_EQ(spec->from_s, kNow - 86400);
  EXPECT_EQ(spec->step_s, 0);
  EXPECT_EQ(spec->limit, 100u);
}

TEST(Query, ReadsKeysFiltersAndSteps) {
  QueryWords words;
  words.by = "domain,sender_domain,domain";
  words.where = {"provider=google,yahoo", "cause=auth.*"};
  words.from = "2026-11-23";
  words.to = "2026-11-24";
  words.step = "1h";
  words.limit = "0";
  const absl::StatusOr<QuerySpec> spec = ParseQuery(words, kNow);
  ASSERT_TRUE(spec.ok()) << spec.status();
  EXPECT_EQ(spec->by, (std::vector<Key>{Key::kDomain, Key::kSenderDomain}));
  ASSERT_EQ(spec->where.size(), 2u);
  EXPECT_EQ(spec->where[0].values, (std::vector<std::string>{"google", "yahoo"}));
  EXPECT_EQ(spec->where[1].key, Key::kCause);
  EXPECT_EQ(spec->to_s - spec->from_s, 86400);
  EXPECT_EQ(spec->step_s, 3600);
  EXPECT_EQ(spec->limit, 0u);
}

TEST(Query, NamesWhatItDoesNotUnderstand) {
  const struct {
    QueryWords words;
    const char* error;
  } kCases[] = {
      {{"color", {}, "", "", "", ""}, "\"color\" is no key"},
      {{"domain,", {}, "", "", "", ""}, "\"\" is no key"},
      {{"", {"domain"}, "", "", "", ""}, "\"domain\" is no filter"},
      {{"", {"size=1"}, "", "", "", ""}, "\"size\" is no key"},
      {{"", {}, "soon", "", "", ""}, "\"soon\" is no time"},
      {{"", {}, "-1h", "-2h", "", ""}, "the time range is empty"},
      {{"", {}, "", "", "5m", ""}, "\"5m\" is no step"},
      {{"", {}, "", "", "", "-3"}, "\"-3\" is no limit"},
      {{"", {}, "", "", "", "1", "9999999999"}, "\"9999999999\" is no offset"},
      {{"", {}, "", "", "", "1", "", "share"}, "\"share\" is no column"},
  };
  for (const auto& test : kCases) {
    const absl::StatusOr<QuerySpec> spec = ParseQuery(test.words, kNow);
    ASSERT_FALSE(spec.ok()) << test.error;
    EXPECT_THAT(std::string(spec.status().message()), HasSubstr(test.error));
  }
}

TEST(Query, SurvivesTheWayThroughAUrl) {
  const QueryWords words = {
      "domain,cause", {"domain=a b&c=%,d*", "host=mx+1"}, "2026-11-23T02:00:00+01:00", "now", "1m", "7", "14",
      "bounced"};
  const std::string url = ToUrlQuery(words);
  ASSERT_EQ(url[0], '?');
  const absl::StatusOr<QueryWords> back = FromUrlQuery(std::string_view(url).substr(1));
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->by, words.by);
  EXPECT_EQ(back->where, words.where);
  EXPECT_EQ(back->from, words.from);
  EXPECT_EQ(back->to, words.to);
  EXPECT_EQ(back->step, words.step);
  EXPECT_EQ(back->limit, words.limit);
  EXPECT_EQ(back->offset, words.offset);
  EXPECT_EQ(back->sort, words.sort);
}

TEST(Query, RefusesDamagedUrls) {
  for (const char* query : {"by=%", "by=%4", "by=%zz", "colour=red", "by=%+1"}) {
    EXPECT_FALSE(FromUrlQuery(query).ok()) << query;
  }
}

}  // namespace
}  // namespace bouncewatch

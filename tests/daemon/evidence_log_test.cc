#include "daemon/evidence_log.h"

#include "daemon/evidence_pack.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/store_samples.h"

namespace bouncewatch {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

EvidenceReply Reply(int64_t time_s, std::string domain, std::string text) {
  return {"google",      "auth.spf", std::move(domain), time_s, "192.0.2.1",
          "sender.test", 0xabc,      std::move(text)};
}

class EvidenceLogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    StoreOptions options;
    options.path = directory_.store();
    auto store = Store::Open(options);
    ASSERT_TRUE(store.ok());
    store_ = *std::move(store);
  }
  void Add(EvidenceLog* log, const std::vector<EvidenceReply>& replies) {
    std::vector<StateUpdate> states;
    log->Add(replies, &states);
    ASSERT_TRUE(store_->Commit(Rollup(1), states).ok());
  }
  std::vector<std::string> Texts(const EvidenceFilter& filter) {
    std::vector<std::string> texts;
    const absl::StatusOr<std::vector<EvidenceReply>> found = FindEvidence(*store_, filter);
    EXPECT_TRUE(found.ok()) << found.status();
    if (!found.ok()) return texts;
    for (const EvidenceReply& reply : *found) texts.push_back(reply.text);
    return texts;
  }

  TestDirectory directory_;
  std::unique_ptr<Store> store_;
};

TEST_F(EvidenceLogTest, KeepsTheLastFewOfATripleOverRestarts) {
  for (int i = 0; i < 12; ++i) {
    EvidenceLog log;
    ASSERT_TRUE(log.Load(*store_).ok());
    Add(&log, {Reply(1000 + i, "a.test", "reply " + std::to_string(i))});
  }
  EvidenceFilter filter;
  EXPECT_THAT(Texts(filter), ElementsAre("reply 11", "reply 10", "reply 9", "reply 8", "reply 7"));
  filter.to_s = 1010;
  filter.limit = 2;
  EXPECT_THAT(Texts(filter), ElementsAre("reply 9", "reply 8"));
}

TEST_F(EvidenceLogTest, FindsByEveryField) {
  EvidenceLog log;
  EvidenceReply other = Reply(5, "b.test", "other");
  other.provider = "yahoo";
  other.cause = "rate.messages";
  other.ip = "192.0.2.2";
  Add(&log, {Reply(1, "a.test", "one"), Reply(2, "aa.test", "two"), other});
  EXPECT_THAT(Texts({"google", "", "", ""}), ElementsAre("two", "one"));
  EXPECT_THAT(Texts({"google", "auth.spf", "a.test", ""}), ElementsAre("one"));
  EXPECT_THAT(Texts({"", "rate.messages", "", ""}), ElementsAre("other"));
  EXPECT_THAT(Texts({"", "", "", "192.0.2.2"}), ElementsAre("other"));
  EXPECT_TRUE(Texts({"goo", "", "", ""}).empty());
}

TEST_F(EvidenceLogTest, ForgetsWhatWasSilentLongest) {
  EvidenceLog log;
  for (size_t i = 0; i < kEvidenceTriples + 10; i += 1000) {
    std::vector<EvidenceReply> replies;
    for (size_t k = i; k < std::min(i + 1000, kEvidenceTriples + 10); ++k) {
      replies.push_back(Reply(static_cast<int64_t>(k), "d" + std::to_string(k) + ".test", "text"));
    }
    Add(&log, replies);
  }
  EXPECT_EQ(log.triples(), kEvidenceTriples);
  EXPECT_TRUE(Texts({"", "", "d9.test", ""}).empty());
  EXPECT_EQ(Texts({"", "", "d10.test", ""}).size(), 1u);
}

TEST_F(EvidenceLogTest, HostileNamesAreLeftOut) {
  EvidenceLog log;
  Add(&log, {Reply(1, std::string("a\0b", 3), "text"), Reply(1, "a\tb", "text")});
  EXPECT_TRUE(Texts(EvidenceFilter()).empty());
}

TEST(EvidencePack, FiltersAndRepliesSurviveTheWayOverHttp) {
  EvidenceFilter filter{"goo gle", "auth.spf", "a&b.test", "192.0.2.1", 60, 120, 7};
  const auto back = ParseEvidenceUrlQuery(EvidenceUrlQuery(filter).substr(1));
  ASSERT_TRUE(back.ok()) << back.status().ToString();
  EXPECT_EQ(
      std::tie(back->provider, back->cause, back->domain, back->ip, back->from_s, back->to_s, back->limit),
      std::tie(filter.provider, filter.cause, filter.domain, filter.ip, filter.from_s, filter.to_s,
               filter.limit));
  EXPECT_FALSE(ParseEvidenceUrlQuery("limit=1001").ok());
  EXPECT_FALSE(ParseEvidenceUrlQuery("color=red").ok());
  const auto replies =
      ParseEvidenceReplies(EvidenceRepliesJson({Reply(60, "a.test", "say \"no\""), Reply(1, "b", "")}));
  ASSERT_TRUE(replies.ok());
  ASSERT_EQ(replies->size(), 2u);
  EXPECT_EQ((*replies)[0].text, "say \"no\"");
  EXPECT_EQ((*replies)[0].time_s, 60);
  EXPECT_EQ((*replies)[0].template_id, 0xabcu);
  EXPECT_FALSE(ParseEvidenceReplies("[]").ok());
}

TEST(EvidencePack, TellsVolumesRepliesAndOwnFaults) {
  EvidencePack pack;
  pack.filter.provider = "google";
  pack.filter.cause = "reputation.ip";
  pack.from_s = 1'795'305'600;
  pack.to_s = pack.from_s + 86'400;
  const auto series = [](Key key, std::string value, uint64_t bounced) {
    Series one;
    one.key = {{key, std::move(value)}};
    one.points.emplace_back().bounced = bounced;
    return one;
  };
  pack.by_ip.series = {series(Key::kIp, "192.0.2.1", 7)};
  pack.own_causes.series = {series(Key::kCause, "auth.spf", 3), series(Key::kCause, "reputation.ip", 7),
                            series(Key::kCause, "recipient.unknown-user", 9)};
  pack.replies = {Reply(pack.from_s + 60, "a.test", "550 5.7.1 ***@a.test refused from 192.0.2.1")};
  const auto remedies = Remedies::Shipped();
  ASSERT_TRUE(remedies.ok());
  const std::string text = EvidenceText(pack, *remedies);
  EXPECT_THAT(text, HasSubstr("receiver google, cause reputation.ip"));
  EXPECT_THAT(text, HasSubstr("192.0.2.1 "));
  EXPECT_THAT(text, HasSubstr("***@a.test refused"));
  EXPECT_THAT(text, HasSubstr("auth.spf, 3 failures"));
  EXPECT_THAT(text, ::testing::Not(HasSubstr("recipient.unknown-user"))) << "not our fault";
  EXPECT_THAT(EvidenceJson(pack), HasSubstr("\"replies\":[{\"t\":"));
}

}  // namespace
}  // namespace bouncewatch

#include "daemon/explanation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "daemon/rule_files.h"

namespace bouncewatch {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kNested[] =
    "host mx.example.org[198.51.100.3] said: 550 5.7.350 Remote server returned an error -> 554 5.7.1 "
    "Service unavailable; "
    "Client host [192.0.2.9] blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/192.0.2.9 "
    "(in reply to RCPT TO command)";

class ExplanationTest : public testing::Test {
 protected:
  void SetUp() override {
    absl::StatusOr<std::shared_ptr<const RuleSet>> rules = LoadRules("", "");
    ASSERT_TRUE(rules.ok()) << rules.status();
    rules_ = *std::move(rules);
    absl::StatusOr<Remedies> remedies = Remedies::Shipped();
    ASSERT_TRUE(remedies.ok()) << remedies.status();
    remedies_ = *std::move(remedies);
    IdentityConfig config;
    config.ips = {"192.0.2.0/28"};
    absl::StatusOr<Identity> identity = Identity::Make(config);
    ASSERT_TRUE(identity.ok()) << identity.status();
    identity_ = *std::move(identity);
  }

  nlohmann::json Json(const std::string& text) const {
    const std::string json =
        ExplanationJson(Explain(rules_, remedies_, text, kNoProvider), *rules_, identity_);
    return nlohmann::json::parse(json, nullptr, false);
  }
  std::string Text(const std::string& text) const {
    return ExplanationText(Explain(rules_, remedies_, text, kNoProvider), *rules_, identity_);
  }

  std::shared_ptr<const RuleSet> rules_;
  Remedies remedies_;
  Identity identity_;
};

TEST_F(ExplanationTest, TellsEveryStep) {
  const nlohmann::json json = Json(kNested);
  ASSERT_TRUE(json.is_object());
  EXPECT_EQ(json["verdict"]["cause"], "blocklist.ip");
  EXPECT_EQ(json["verdict"]["speaker"], "receiver");
  EXPECT_EQ(json["verdict"]["facts"]["named"][0],
            nlohmann::json({{"kind", "ip"}, {"value", "192.0.2.9"}, {"ours", true}}));
  EXPECT_EQ(json["phase"], "rcpt");
  ASSERT_EQ(json["hops"].size(), 2u);
  EXPECT_EQ(json["hops"][0]["speaker"], "mx.example.org");
  EXPECT_TRUE(json["hops"][0]["code"].is_null());
  EXPECT_EQ(json["hops"][1]["enhanced"], "5.7.350");
  ASSERT_FALSE(json["spans"].empty());
  for (const nlohmann::json& span : json["spans"]) {
    const size_t begin = span["begin"], end = span["end"];
    EXPECT_EQ(json["matched"].get<std::string>().substr(begin, end - begin), span["text"]);
  }
  ASSERT_FALSE(json["lost"].empty());
  EXPECT_FALSE(json["lost"][0]["why"].get<std::string>().empty());
  EXPECT_FALSE(json["remedy"]["text"].get<std::string>().empty());
  EXPECT_EQ(json["remedy"]["checked"], "unverified");
}

TEST_F(ExplanationTest, SaysTheSameInWords) {
  const std::string text = Text(kNested);
  for (const char* part :
       {"passed on as 550 5.7.350", "cause       blocklist.ip", "speaker     receiver", "list ", "(ours)",
        "delist      https://www.spamhaus.org/query/ip/192.0.2.9", "remedy      ", "lost        "}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST_F(ExplanationTest, AnswersWhateverIsAsked) {
  for (const char* reply : {"", "\x1b[31m\xff", "{", "550", "no rule knows this at all qwertz"}) {
    EXPECT_TRUE(Json(reply).is_object()) << reply;
    const std::string text = Text(reply);
    EXPECT_THAT(text, HasSubstr("cause       "));
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  }
}

TEST_F(ExplanationTest, KnowsContactAndAgeOfARemedy) {
  const Explanation explanation = Explain(rules_, remedies_, "554 IP=192.0.2.1 - A problem occurred. (BL)",
                                          rules_->providers().FindName("t-online"));
  const std::string text = ExplanationText(explanation, *rules_, identity_);
  EXPECT_THAT(text, HasSubstr("contact     tobr@rx.t-online.de"));
  EXPECT_THAT(text, HasSubstr("known       unverified"));
}

}  // namespace
}  // namespace bouncewatch

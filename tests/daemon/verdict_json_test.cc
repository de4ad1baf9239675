#include "daemon/verdict_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "daemon/json_text.h"
#include "daemon/rule_files.h"

namespace bouncewatch {
namespace {

TEST(JsonString, IsAlwaysValid) {
  const struct {
    const char* text;
    const char* json;
  } kCases[] = {{"plain", "\"plain\""},
                {"a\"b\\c\n", "\"a\\\"b\\\\c\\u000a\""},
                {"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\""},
                {"\xff\xc3", "\"\xef\xbf\xbd\xef\xbf\xbd\""},
                {"\xc0\xaf", "\"\xef\xbf\xbd\xef\xbf\xbd\""},
                {"\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""}};
  for (const auto& test : kCases) {
    std::string out;
    AppendJsonString(test.text, &out);
    EXPECT_EQ(out, test.json);
    EXPECT_TRUE(nlohmann::json::accept(out)) << out;
  }
}

TEST(VerdictJson, HasTheContractedKeys) {
  const absl::StatusOr<std::shared_ptr<const RuleSet>> rules = LoadRules("", "");
  ASSERT_TRUE(rules.ok()) << rules.status();
  Classifier classifier(*rules);
  const struct {
    const char* text;
    const char* retry;
    bool has_code;
  } kCases[] = {{"550 5.1.1 <joe@example.org>: user unknown", "no", true},
                {"451 4.7.1 greylisted, try again", "later", true},
                {"\xff\xfe", "no", false}};
  for (const auto& test : kCases) {
    std::string out;
    AppendVerdictJson(classifier.Classify(test.text, kNoProvider), **rules, Facts(), Identity(), &out);
    const nlohmann::json json = nlohmann::json::parse(out, nullptr, false);
    ASSERT_TRUE(json.is_object()) << out;
    for (const char* key : {"cause", "category", "scope", "permanence", "suppress", "retry", "action",
                            "provider", "code", "enhanced", "rule", "template", "speaker", "facts"}) {
      EXPECT_TRUE(json.contains(key)) << key;
    }
    EXPECT_EQ(json["retry"], test.retry) << test.text;
    EXPECT_EQ(json["code"].is_number(), test.has_code) << test.text;
    EXPECT_TRUE(json["provider"].is_null()) << test.text;
    EXPECT_EQ(json["template"].get<std::string>().size(), 16u);
    EXPECT_NE(json["permanence"], "by-code");
  }
}

TEST(FactsJson, SaysOnlyWhatIsThere) {
  std::string out;
  AppendFactsJson(Facts(), Identity(), &out);
  EXPECT_EQ(out, "{}");
}

TEST(FactsJson, TellsOursFromOthers) {
  IdentityConfig config;
  config.ips = {"192.0.2.0/28", "2001:db8::/48"};
  config.domains = {"example.com"};
  const absl::StatusOr<Identity> ours = Identity::Make(config);
  ASSERT_TRUE(ours.ok()) << ours.status();
  const struct {
    NamedIdentity named;
    const char* json;  // with our identity
  } kCases[] = {
      {{IdentityKind::kIp, "192.0.2.3"}, R"({"kind":"ip","value":"192.0.2.3","ours":true})"},
      {{IdentityKind::kIp, "192.0.2.16"}, R"({"kind":"ip","value":"192.0.2.16","ours":false})"},
      {{IdentityKind::kIp, "2001:db8::1"}, R"({"kind":"ip","value":"2001:db8::1","ours":true})"},
      {{IdentityKind::kNetblock, "192.0.2.0/24"},
       R"({"kind":"netblock","value":"192.0.2.0/24","ours":true})"},
      {{IdentityKind::kNetblock, "192.0.2.128/25"},
       R"({"kind":"netblock","value":"192.0.2.128/25","ours":false})"},
      {{IdentityKind::kNetblock, "192.0.2.8/30"},
       R"({"kind":"netblock","value":"192.0.2.8/30","ours":true})"},
      {{IdentityKind::kNetblock, "192.0.2.0"}, R"({"kind":"netblock","value":"192.0.2.0","ours":true})"},
      {{IdentityKind::kSender, "ann@mail.example.com"},
       R"({"kind":"sender","value":"ann@mail.example.com","ours":true})"},
      {{IdentityKind::kDkimDomain, "notexample.com"},
       R"({"kind":"dkim_domain","value":"notexample.com","ours":false})"},
      {{IdentityKind::kHelo, "192.0.2.3"}, R"({"kind":"helo","value":"192.0.2.3","ours":true})"},
      {{IdentityKind::kHelo, "mx.example.com"}, R"({"kind":"helo","value":"mx.example.com","ours":true})"},
  };
  for (const auto& c : kCases) {
    Facts facts;
    facts.named = {c.named};
    std::string out;
    AppendFactsJson(facts, *ours, &out);
    EXPECT_EQ(out, std::string("{\"named\":[") + c.json + "]}");
    out.clear();
    AppendFactsJson(facts, Identity(), &out);
    EXPECT_EQ(out.find("ours"), std::string::npos) << "nothing is configured";
  }
}

TEST(FactsJson, EscapesWhatStrangersWrote) {
  Facts facts;
  facts.url = "https://example.org/\"\x1b\xff";
  facts.limit = Limit{20, "connections", 0};
  facts.retry_after_s = 300;
  std::string out;
  AppendFactsJson(facts, Identity(), &out);
  EXPECT_EQ(out,
            "{\"url\":\"https://example.org/\\\"\\u001b\xef\xbf\xbd\",\"retry_after_s\":300,"
            "\"limit\":{\"count\":20,\"unit\":\"connections\"}}");
  EXPECT_TRUE(nlohmann::json::accept(out)) << out;
}

TEST(ReplyLine, IsToldByItsFirstByte) {
  ProviderMap providers;
  const ProviderIndex google = providers.Intern("google");
  providers.AddPattern(".google.test", google);
  const struct {
    const char* line;
    const char* text;
    bool google;
  } kCases[] = {{"550 no", "550 no", false},
                {"{\"text\":\"550 no\",\"provider\":\"google\"}", "550 no", true},
                {"{\"text\":\"550 no\",\"relay\":\"mx.google.test\"}", "550 no", true},
                {"{\"text\":\"550 no\",\"provider\":\"nobody\",\"relay\":1}", "550 no", false},
                {"{\"text\":7}", "{\"text\":7}", false},
                {"{broken", "{broken", false}};
  for (const auto& test : kCases) {
    const ReplyLine reply = ParseReplyLine(test.line, providers);
    EXPECT_EQ(reply.text, test.text);
    EXPECT_EQ(reply.provider == google, test.google) << test.line;
  }
}

}  // namespace
}  // namespace bouncewatch

#include "daemon/template_output.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace bouncewatch {
namespace {

using testing::HasSubstr;
using testing::Not;

TemplateReport Report() {
  TemplateReport report;
  TemplateUse& use = report.templates.emplace_back();
  use.id = 0x1f;
  use.text = "550 \"gnomes\" refused <addr>";
  use.example = "550 \"gnomes\" refused ***@example.org";
  use.cause = "unknown.unspecified";
  use.count = 12;
  use.first_s = 1'763'000'000;
  use.last_s = 1'763'000'060;
  use.providers = {{"", 2}, {"google", 10}};
  use.nearest = "gnomes";
  use.why = "codes";
  use.skeleton = "[[rule]]\nid = \"x\"\n";
  report.total = 3;
  report.providers = {{"google", {40, 10}}, {"", {2, 2}}, {"acme", {7, 0}}};
  return report;
}

TEST(TemplateOutput, JsonHoldsEverything) {
  const std::string text = TemplatesJson(Report());
  const nlohmann::json json = nlohmann::json::parse(text);
  EXPECT_EQ(json["templates"][0]["id"], "000000000000001f");
  EXPECT_EQ(json["templates"][0]["first_seen"], "2025-11-13T02:13:20Z");
  EXPECT_EQ(json["templates"][0]["providers"]["google"], 10);
  EXPECT_EQ(json["providers"]["google"]["share"], 0.25);
  EXPECT_EQ(json["total"], 3);
  const auto back = ParseTemplatesJson(text);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(TemplatesJson(*back), text);
}

TEST(TemplateOutput, DoesNotTrustAnotherProcess) {
  for (const std::string text :
       {"", "[]", "{}", "{\"templates\":1,\"providers\":{}}", "{\"templates\":[]}",
        "{\"templates\":[1],\"providers\":{}}", "{\"templates\":[],\"providers\":{\"a\":1}}"}) {
    EXPECT_FALSE(ParseTemplatesJson(text).ok()) << text;
  }
  EXPECT_TRUE(ParseTemplatesJson("{\"templates\":[{\"id\":7,\"providers\":[]}],\"providers\":{}}").ok());
}

TEST(TemplateOutput, TextIsForPeople) {
  TemplateReport report = Report();
  report.templates[0].text += "\x1b[2J";
  const std::string text = TemplatesText(report);
  EXPECT_THAT(text, HasSubstr("12  550 \"gnomes\" refused <addr>?[2J\n"));
  EXPECT_THAT(text, HasSubstr("seen      2025-11-13 02:13 to 2025-11-13 02:14\n"));
  EXPECT_THAT(text, HasSubstr("providers (unknown)=2 google=10\n"));
  EXPECT_THAT(text, HasSubstr("nearest   gnomes: codes\n"));
  EXPECT_THAT(text, HasSubstr("\n[[rule]]\nid = \"x\"\n"));
  EXPECT_THAT(text, HasSubstr("1 of 3 templates"));
  EXPECT_THAT(text, HasSubstr("google                         10 of 40 (25.0 %)"));
  EXPECT_THAT(text, Not(HasSubstr("acme")));
  EXPECT_THAT(TemplatesText({}), HasSubstr("every reply has a cause"));
}

TEST(TemplateOutput, QuestionsTravelInUrls) {
  TemplateQuestion question;
  question.choice = TemplateChoice::kAll;
  question.provider = "a&b";
  question.id = "1f";
  question.limit = 0;
  const std::string url = ToUrlQuery(question);
  const auto back = ParseTemplateQuestion(std::string_view(url).substr(1));
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->choice, TemplateChoice::kAll);
  EXPECT_EQ(back->provider, "a&b");
  EXPECT_EQ(back->id, "1f");
  EXPECT_EQ(back->limit, 0u);
  EXPECT_EQ(ParseTemplateQuestion("")->limit, TemplateQuestion().limit);
  for (const std::string_view bad : {"limit=x", "limit=-1", "limit=", "what=1", "id=%"}) {
    EXPECT_FALSE(ParseTemplateQuestion(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace bouncewatch

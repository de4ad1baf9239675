#include "daemon/template_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_format.h"
#include "classifier/rules/loader.h"
#include "tests/support/reply_samples.h"

namespace bouncewatch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

constexpr std::string_view kRules = R"TOML(
[[provider]]
name = "google"
[[rule]]
id = "spf"
any = "spf check failed"
cause = "auth.spf"
[[rule]]
id = "google-gnomes"
provider = "google"
any = "gnomes refused"
cause = "policy.local"
[[rule]]
id = "nobody-knows"
any = "giants refused"
cause = "unknown.unspecified"
)TOML";

constexpr uint32_t kNow = 29'000'000;  // minute of the newest reply; 2025-02-19
constexpr int64_t kNowS = int64_t{kNow} * 60;

class TemplateReportTest : public testing::Test {
 protected:
  TemplateReport Ask(const TemplateQuestion& question) {
    const auto reader = store_->NewReader();
    EXPECT_TRUE(reader.ok());
    const auto report = ReportTemplates(reader->get(), rules_, question, kNowS);
    EXPECT_TRUE(report.ok()) << report.status();
    return *report;
  }

  const std::shared_ptr<const RuleSet> rules_ = *RuleSet::Compile(*ParseRuleFile(kRules, "r.toml"));
  TestDirectory directory_;
  std::unique_ptr<Store> store_ = StoreOf(
      directory_, {{"550 5.7.1 spf check failed for 192.0.2.1", "google", kNow - 5, 50},
                   {"550 5.7.1 <joe@example.org>: gnomes refused", "google", kNow - 9, 30},
                   {"550 5.7.1 <joe@example.org>: gnomes refused", "acme", kNow - 90, 4},
                   {"550 5.7.1 <ann@example.org>: gnomes refused", "acme", kNow - 3, 3, Outcome::kDeferred},
                   {"451 the check of spf has failed", "acme", kNow - 10 * 1440, 2},
                   {"451 the check of spf has failed", "", kNow, 7},
                   {"550 giants refused", "", kNow - 1, 1},
                   {"250 fine", "google", kNow - 1, 999, Outcome::kDelivered}});
};

TEST_F(TemplateReportTest, ListsTheUnclassifiedByVolume) {
  const TemplateReport report = Ask({});
  ASSERT_EQ(report.templates.size(), 3u);
  EXPECT_EQ(report.total, 3u);

  const TemplateUse& spf = report.templates[0];
  EXPECT_EQ(spf.text, "451 the check of spf has failed");
  EXPECT_EQ(spf.count, 9u);
  EXPECT_THAT(spf.providers, ElementsAre(Pair("", 7), Pair("acme", 2)));
  EXPECT_EQ(spf.last_s, kNowS);                                     // to the minute
  EXPECT_EQ(spf.first_s, (kNowS - 10 * 86'400) / 86'400 * 86'400);  // to the day
  EXPECT_EQ(spf.nearest, "spf");
  EXPECT_THAT(spf.why, HasSubstr("stand otherwise"));
  EXPECT_THAT(spf.skeleton, HasSubstr("cause = \"auth.spf\""));

  const TemplateUse& gnomes = report.templates[1];
  EXPECT_EQ(gnomes.id, TemplateOf("550 5.7.1 <joe@example.org>: gnomes refused"));
  EXPECT_EQ(gnomes.count, 7u);  // at google a rule knows it
  EXPECT_THAT(gnomes.providers, ElementsAre(Pair("acme", 7)));
  EXPECT_EQ(gnomes.first_s, kNowS - 90 * 60);
  EXPECT_EQ(gnomes.last_s, kNowS - 3 * 60);
  EXPECT_EQ(gnomes.example, "550 5.7.1 <***@example.org>: gnomes refused");
  EXPECT_EQ(gnomes.nearest, "google-gnomes");
  EXPECT_EQ(gnomes.why, "provider");

  EXPECT_EQ(report.templates[2].rule, "nobody-knows");
  EXPECT_THAT(report.templates[2].cause, "unknown.unspecified");
}

TEST_F(TemplateReportTest, TellsTheShareOfEachProvider) {
  const TemplateReport report = Ask({});
  ASSERT_EQ(report.providers.size(), 3u);
  EXPECT_EQ(report.providers.at("google").failures, 80u);
  EXPECT_EQ(report.providers.at("google").unclassified, 0u);
  EXPECT_EQ(report.providers.at("acme").failures, 9u);
  EXPECT_EQ(report.providers.at("acme").unclassified, 9u);
  EXPECT_EQ(report.providers.at("").unclassified, 8u);
}

TEST_F(TemplateReportTest, AnswersOtherQuestions) {
  TemplateQuestion question;
  question.choice = TemplateChoice::kAll;
  const TemplateReport all = Ask(question);
  ASSERT_EQ(all.templates.size(), 4u);
  EXPECT_EQ(all.templates[0].cause, "auth.spf");
  EXPECT_EQ(all.templates[0].rule, "spf");
  EXPECT_THAT(all.templates[0].skeleton, IsEmpty());
  EXPECT_EQ(all.templates[1].count, 37u);
  EXPECT_EQ(all.templates[1].cause, "policy.local");  // where it is said most

  question.limit = 1;
  EXPECT_EQ(Ask(question).templates.size(), 1u);
  EXPECT_EQ(Ask(question).total, 4u);

  question = {};
  question.provider = "acme";
  EXPECT_EQ(Ask(question).templates.size(), 2u);

  question = {};
  question.id = absl::StrFormat("%016x", TemplateOf("550 5.7.1 spf check failed for 192.0.2.1"));
  ASSERT_EQ(Ask(question).templates.size(), 1u);
  EXPECT_EQ(Ask(question).templates[0].rule, "spf");
}

TEST(TemplateReport, HasNothingToSayOfAnEmptyStore) {
  TestDirectory directory;
  const std::unique_ptr<Store> store = StoreOf(directory, {});
  const auto reader = store->NewReader();
  const auto report =
      ReportTemplates(reader->get(), *RuleSet::Compile(*ParseRuleFile(kRules, "r.toml")), {}, 0);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_THAT(report->templates, IsEmpty());
}

}  // namespace
}  // namespace bouncewatch

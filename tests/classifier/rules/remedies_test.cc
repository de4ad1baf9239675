#include "classifier/rules/remedies.h"

#include <gtest/gtest.h>

#include <string>

#include "classifier/embedded_file.h"
#include "classifier/provider.h"
#include "classifier/rules/loader.h"

namespace bouncewatch {
namespace {

CauseIndex CauseOf(std::string_view id) {
  return FindCause(id).value_or(0);
}

TEST(ShippedRemedies, ExistForEveryCauseThatIsAFault) {
  const absl::StatusOr<Remedies> remedies = Remedies::Shipped();
  ASSERT_TRUE(remedies.ok()) << remedies.status();
  for (CauseIndex i = 0; i < Causes().size(); ++i) {
    if (i == DeliveredCause()) continue;
    EXPECT_FALSE(remedies->Find(i, "").text.empty()) << Causes()[i].id;
  }
}

TEST(ShippedRemedies, NameOnlyKnownProviders) {
  const absl::StatusOr<Remedies> remedies = Remedies::Shipped();
  ASSERT_TRUE(remedies.ok()) << remedies.status();
  const absl::StatusOr<RuleFileContent> content = ParseRuleFiles(EmbeddedRuleFiles());
  ASSERT_TRUE(content.ok()) << content.status();
  ProviderMap known;
  for (const ProviderPatterns& group : content->providers) known.Intern(group.provider);
  EXPECT_GE(remedies->Providers().size(), 10u);
  for (const std::string& name : remedies->Providers()) EXPECT_NE(known.FindName(name), kNoProvider) << name;
}

TEST(ShippedRemedies, AreForTheProviderWhereOneIsKnown) {
  const absl::StatusOr<Remedies> remedies = Remedies::Shipped();
  ASSERT_TRUE(remedies.ok()) << remedies.status();
  EXPECT_EQ(remedies->Find(CauseOf("blocklist.provider"), "t-online").contact, "tobr@rx.t-online.de");
  EXPECT_NE(remedies->Find(CauseOf("blocklist.provider"), "t-online").text,
            remedies->Find(CauseOf("blocklist.provider"), "").text);
  // A page of the receiver's postmaster where the cause has none of its own, and none where asking there is
  // vain.
  EXPECT_FALSE(remedies->Find(CauseOf("policy.geo"), "orange-fr").url.empty());
  EXPECT_EQ(remedies->Find(CauseOf("recipient.unknown-user"), "orange-fr").url, "");
  EXPECT_EQ(remedies->Find(CauseOf("relay.bad-credentials"), "yahoo").url, "");
}

TEST(Remedies, FallBackFromProviderToCause) {
  const absl::StatusOr<Remedies> remedies = Remedies::Parse(R"(
[[remedy]]
cause = ["auth.spf", "auth.dkim"]
text = "general"
[[remedy]]
cause = "auth.spf"
provider = ["acme", "bell"]
url = "https://acme.example/"
checked = 2026-11-23
[[contact]]
provider = "acme"
contact = "post@acme.example"
)",
                                                            "r.toml");
  ASSERT_TRUE(remedies.ok()) << remedies.status();
  const Remedy own = remedies->Find(CauseOf("auth.spf"), "bell");
  EXPECT_EQ(own.text, "general");
  EXPECT_EQ(own.url, "https://acme.example/");
  EXPECT_EQ(own.checked, "2026-11-23");
  const Remedy by_contact = remedies->Find(CauseOf("auth.dkim"), "acme");
  EXPECT_EQ(by_contact.text, "general");
  EXPECT_EQ(by_contact.contact, "post@acme.example");
  EXPECT_EQ(by_contact.checked, "");
  EXPECT_EQ(remedies->Find(CauseOf("auth.dkim"), "nobody").contact, "");
  EXPECT_EQ(remedies->Find(CauseOf("auth.arc"), "").text, "");
}

TEST(Remedies, RefuseWhatIsWrong) {
  const struct {
    const char* text;
    const char* error;
  } kCases[] = {
      {"[[remedy]]\ntext = \"x\"", "without cause"},
      {"[[remedy]]\ncause = \"auth.spf\"", "without text"},
      {"[[remedy]]\ncause = \"no.such\"\ntext = \"x\"", "unknown cause"},
      {"[[remedy]]\ncause = \"auth.spf\"\ntext = \"x\"\nfoo = 1", "unknown key"},
      {"[[remedy]]\ncause = \"auth.spf\"\ntext = \"x\"\n[[remedy]]\ncause = \"auth.spf\"\ntext = \"y\"",
       "second remedy"},
      {"[[contact]]\nprovider = \"a\"", "url or a contact"},
      {"[[contact]]\nurl = \"x\"", "has a provider"},
      {"[[rule]]\nid = \"x\"", "neither"},
      {"remedy = 1", "neither"},
      {"[[remedy", "r.toml:1"},
  };
  for (const auto& c : kCases) {
    const absl::Status status = Remedies::Parse(c.text, "r.toml").status();
    EXPECT_FALSE(status.ok()) << c.text;
    EXPECT_NE(status.ToString().find("r.toml:"), std::string::npos) << status;
    EXPECT_NE(status.ToString().find(c.error), std::string::npos) << status;
  }
}

TEST(RemedyStep, PutsAuthenticationBeforeListsBeforeRatesBeforeContent) {
  const auto step = [](std::string_view id) { return RemedyStep(Causes()[CauseOf(id)]); };
  EXPECT_LT(step("auth.dmarc"), step("blocklist.ip"));
  EXPECT_LT(step("blocklist.ip"), step("rate.messages"));
  EXPECT_LT(step("rate.messages"), step("content.spam"));
  EXPECT_LT(step("content.spam"), step("recipient.unknown-user"));
}

}  // namespace
}  // namespace bouncewatch

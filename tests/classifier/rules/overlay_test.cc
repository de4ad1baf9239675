#include "classifier/rules/overlay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "classifier/rules/loader.h"
#include "classifier/rules/rule_set.h"

namespace bouncewatch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

constexpr std::string_view kShipped = R"(
[[provider]]
name = "alpha"
mx = [".alpha.example.net", ".moved.example.net"]
[[provider]]
name = "lonely"
mx = [".lonely.example.net"]
[[fingerprint]]
provider = "alpha"
any = ["- asmtp", "Moved Mark"]
[[fingerprint]]
provider = "lonely"
any = "- lsmtp"
[[rule]]
id = "kept"
any = "kept"
cause = "auth.spf"
[[rule]]
id = "replaced"
any = "replaced"
cause = "auth.spf"
[[rule]]
id = "disabled"
any = "disabled"
cause = "auth.spf"
)";

absl::StatusOr<RuleFileContent> Over(const std::string& overlay) {
  absl::StatusOr<RuleFileContent> shipped = ParseRuleFile(kShipped, "shipped.toml");
  absl::StatusOr<RuleFileContent> own = ParseRuleFile(overlay, "own.toml");
  EXPECT_TRUE(shipped.ok()) << shipped.status();
  EXPECT_TRUE(own.ok()) << own.status();
  return ApplyOverlay(*std::move(shipped), *std::move(own));
}

std::vector<std::string> PlacesOf(const RuleFileContent& content) {
  std::vector<std::string> places;
  for (const Rule& rule : content.rules) places.push_back(rule.id + " " + rule.location.file);
  return places;
}

TEST(Overlay, ReplacesAddsAndDisables) {
  const auto content = Over(R"(
disable = ["disabled", "gone-with-an-upgrade"]
[[rule]]
id = "replaced"
any = "other words"
cause = "auth.dkim"
[[rule]]
id = "added"
any = "added"
cause = "auth.dkim"
)");
  ASSERT_TRUE(content.ok()) << content.status();
  EXPECT_THAT(PlacesOf(*content),
              UnorderedElementsAre("kept shipped.toml", "replaced own.toml", "added own.toml"));
  ASSERT_EQ(content->disabled.size(), 1u);
  EXPECT_EQ(content->disabled[0].id, "gone-with-an-upgrade");
  EXPECT_EQ(content->disabled[0].location.ToString(), "own.toml:2:11");
}

TEST(Overlay, AnEmptyOneChangesNothing) {
  const auto content = Over("");
  const auto shipped = ParseRuleFile(kShipped, "shipped.toml");
  ASSERT_TRUE(content.ok() && shipped.ok());
  EXPECT_EQ((*RuleSet::Compile(*content))->fingerprint(), (*RuleSet::Compile(*shipped))->fingerprint());
}

TEST(Overlay, TakesHostsAndMarksOverFromOtherProviders) {
  const auto content = Over(R"(
[[provider]]
name = "beta"
mx = [".MOVED.example.net", ".lonely.example.net"]
[[provider]]
name = "alpha"
mx = ".more.example.net"
[[fingerprint]]
provider = "beta"
any = ["moved mark", "- LSMTP"]
[[rule]]
id = "lonely-rule"
provider = "lonely"
any = "lonely"
cause = "auth.spf"
)");
  ASSERT_TRUE(content.ok()) << content.status();
  const auto rules = RuleSet::Compile(*content);
  ASSERT_TRUE(rules.ok()) << rules.status();
  const ProviderMap& providers = (*rules)->providers();
  const auto provider_of = [&](std::string_view host) {
    return std::string(providers.name(providers.Find(host)));
  };
  EXPECT_EQ(provider_of("mx.alpha.example.net"), "alpha");
  EXPECT_EQ(provider_of("mx.more.example.net"), "alpha");
  EXPECT_EQ(provider_of("mx.moved.example.net"), "beta");
  EXPECT_EQ(provider_of("mx.lonely.example.net"), "beta");
  const auto scratch = (*rules)->NewScratch();
  const auto betrayed = [&](const std::string& text) {
    Reply reply;
    reply.text = text;
    return std::string(providers.name((*rules)->Match(reply, kNoProvider, scratch.get()).provider));
  };
  EXPECT_EQ(betrayed("no - asmtp"), "alpha");
  EXPECT_EQ(betrayed("a moved mark"), "beta");
  EXPECT_EQ(betrayed("no - lsmtp"), "beta");
}

TEST(Overlay, CannotDisableWhatItBrings) {
  const auto content =
      Over("disable = \"kept\"\n[[rule]]\nid = \"kept\"\nany = \"x\"\ncause = \"auth.spf\"\n");
  ASSERT_FALSE(content.ok());
  EXPECT_THAT(content.status().ToString(),
              HasSubstr("own.toml:1:11: rule \"kept\" is both disabled and given"));
}

}  // namespace
}  // namespace bouncewatch

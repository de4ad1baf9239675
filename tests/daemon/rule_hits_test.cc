#include "daemon/rule_hits.h"

#include <gtest/gtest.h>

#include "classifier/rules/loader.h"
#include "tests/support/reply_samples.h"

namespace bouncewatch {
namespace {

constexpr uint32_t kNow = 29'000'000;

TEST(RuleHits, CountsByTheRulesOfNow) {
  TestDirectory directory;
  const std::unique_ptr<Store> store =
      StoreOf(directory, {{"550 frogs", "", kNow - 100, 3},
                          {"550 frogs", "google", kNow - 10, 4, Outcome::kDeferred},
                          {"550 frogs and toads", "", kNow - 20 * 1440, 5},
                          {"421 wait", "", kNow, 6, Outcome::kDeferred, Phase::kConnect},
                          {"550 newts", "", kNow, 7}});
  // By id: connect, frogs, never, toads.
  const std::shared_ptr<const RuleSet> rules = *RuleSet::Compile(*ParseRuleFile(R"TOML(
[[rule]]
id = "frogs"
any = "frogs"
cause = "auth.spf"
[[rule]]
id = "toads"
all = ["frogs", "toads"]
cause = "auth.dkim"
[[rule]]
id = "connect"
codes = "421"
phase = "connect"
cause = "rate.connections"
[[rule]]
id = "never"
any = "herons"
cause = "auth.spf"
)TOML",
                                                                                "r.toml"));
  const auto reader = store->NewReader();
  const auto hits = CountRuleHits(reader->get(), *rules);
  ASSERT_TRUE(hits.ok()) << hits.status();
  ASSERT_EQ(hits->size(), 4u);
  const auto hour = [](uint32_t minute) { return int64_t{minute} / 60 * 3600; };
  EXPECT_EQ((*hits)[0].hits, 6u);
  EXPECT_EQ((*hits)[0].last_s, hour(kNow));
  EXPECT_EQ((*hits)[1].hits, 7u);
  EXPECT_EQ((*hits)[1].last_s, hour(kNow - 10));
  EXPECT_EQ((*hits)[2].hits, 0u);
  EXPECT_EQ((*hits)[2].last_s, 0);
  EXPECT_EQ((*hits)[3].hits, 5u);
  EXPECT_EQ((*hits)[3].last_s, (int64_t{kNow} / 1440 - 20) * 86'400);
}

}  // namespace
}  // namespace bouncewatch

#include "metrics/top_domains.h"

#include <map>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace bouncewatch {
namespace {

using State = TopDomains::Slot::State;

// Counts one round and returns the names of the slots that the arrivals were counted in.
std::vector<std::string> Count(TopDomains* top, const std::vector<TopDomains::Arrival>& arrivals,
                               uint32_t minute) {
  std::vector<uint32_t> slots;
  top->Count(arrivals, minute, &slots);
  std::vector<std::string> names;
  for (uint32_t slot : slots) names.push_back(top->slots()[slot].domain);
  return names;
}

bool IsLive(const TopDomains& top, const std::string& domain) {
  for (const TopDomains::Slot& slot : top.slots()) {
    if (slot.domain == domain) return slot.state == State::kLive;
  }
  return false;
}

bool IsShown(const TopDomains& top, const std::string& domain) {
  for (const TopDomains::Slot& slot : top.slots()) {
    if (slot.domain == domain) return slot.state != State::kFree;
  }
  return false;
}

using Names = std::vector<std::string>;

TEST(TopDomains, GivesFreeSlotsToTheBusiestAtOnce) {
  TopDomains top(2);
  EXPECT_EQ(Count(&top, {{"a.test", 1}, {"b.test", 3}, {"c.test", 2}}, 100),
            (Names{"other", "b.test", "c.test"}));
}

TEST(TopDomains, WithoutSlotsAllIsOther) {
  TopDomains top(0);
  EXPECT_EQ(Count(&top, {{"a.test", 1}}, 100), (Names{"other"}));
}

TEST(TopDomains, NamesThatCannotBeShownAreOther) {
  TopDomains top(10);
  const std::string too_long(254, 'x');
  const std::vector<TopDomains::Arrival> odd = {{"", 1},    {"other", 1}, {too_long, 1},
                                                {"a b", 1}, {"\xFF", 1},  {"m\xC3\xBCller.test", 1}};
  for (const std::string& name : Count(&top, odd, 100)) EXPECT_EQ(name, "other");
}

TEST(TopDomains, EntersAtOneAndAHalfTimesTheSmallestSlot) {
  for (const auto& [weight, enters] : std::map<uint64_t, bool>{{149, false}, {150, true}}) {
    TopDomains top(1);
    Count(&top, {{"old.test", 100}}, 100);
    EXPECT_EQ(Count(&top, {{"new.test", weight}}, 160), (Names{"other"}))
        << "the round itself is counted as other";
    EXPECT_EQ(IsLive(top, "new.test"), enters);
    EXPECT_EQ(IsLive(top, "old.test"), !enters);
  }
}

TEST(TopDomains, ASlotStaysAWhile) {
  TopDomains top(1);
  Count(&top, {{"old.test", 1}}, 100);
  Count(&top, {{"new.test", 1000}}, 100 + TopDomains::kMinStayMinutes - 1);
  EXPECT_TRUE(IsLive(top, "old.test"));
  Count(&top, {}, 100 + TopDomains::kMinStayMinutes);
  EXPECT_FALSE(IsLive(top, "old.test"));
  EXPECT_TRUE(IsLive(top, "new.test"));
}

TEST(TopDomains, ALostSlotIsShownFrozenThenVanishes) {
  TopDomains top(1);
  Count(&top, {{"old.test", 1}}, 100);
  Count(&top, {{"new.test", 1000}}, 200);
  EXPECT_TRUE(IsShown(top, "old.test"));
  EXPECT_EQ(Count(&top, {{"old.test", 5}}, 204), (Names{"other"}));
  EXPECT_TRUE(IsShown(top, "old.test"));
  Count(&top, {}, 205);
  EXPECT_FALSE(IsShown(top, "old.test"));
}

TEST(TopDomains, WeightsFade) {
  TopDomains top(1);
  Count(&top, {{"old.test", 1 << 20}}, 100);
  Count(&top, {{"new.test", 3}}, 100 + 20 * TopDomains::kHalfLifeMinutes);
  EXPECT_TRUE(IsLive(top, "new.test"));
}

// One visit each from a crowd of strangers must not push out anybody: what space-saving only guesses does not
// count.
TEST(TopDomains, StrangersDoNotChurnTheSlots) {
  TopDomains top(4);
  Count(&top, {{"a.test", 50}, {"b.test", 50}, {"c.test", 50}, {"d.test", 50}}, 100);
  for (uint32_t i = 0; i < 20000; ++i) {
    const std::string stranger = "s" + std::to_string(i) + ".test";
    Count(&top, {{stranger, 1}}, 200 + i / 1000);
  }
  for (const char* name : {"a.test", "b.test", "c.test", "d.test"}) EXPECT_TRUE(IsLive(top, name)) << name;
}

// What a scraper sees under churn: every event in exactly one series, no counter falls, and the slots are
// bounded.
TEST(TopDomains, EveryEventIsSeenInOneSeries) {
  std::mt19937 random(7);
  constexpr size_t kSlots = 8;
  TopDomains top(kSlots);
  std::vector<uint64_t> values(top.slots().size());
  std::vector<uint32_t> serials(top.slots().size());
  std::map<std::string, uint64_t> scraped;  // the last scrape
  uint64_t events = 0, increases = 0, admissions = 0;
  for (uint32_t round = 0; round < 3000; ++round) {
    std::map<std::string, uint64_t> counts;
    // The favourites drift, so that slots change hands all the time.
    for (int i = 0; i < 40; ++i) {
      const uint32_t favourite = round / 100 + random() % (1 + random() % 30);
      counts["d" + std::to_string(favourite) + ".test"] += 1 + random() % 20;
    }
    std::vector<TopDomains::Arrival> arrivals;
    for (const auto& [name, n] : counts) arrivals.push_back({name, n});
    std::vector<uint32_t> slots;
    top.Count(arrivals, 1000 + round, &slots);
    size_t live = 0;
    for (size_t i = 1; i < values.size(); ++i) {
      if (top.slots()[i].serial != serials[i]) {
        serials[i] = top.slots()[i].serial;
        values[i] = 0;
        ++admissions;
      }
      live += top.slots()[i].state == State::kLive ? 1 : 0;
    }
    ASSERT_LE(live, kSlots);
    for (size_t i = 0; i < arrivals.size(); ++i) {
      ASSERT_TRUE(slots[i] == TopDomains::kOther || top.slots()[slots[i]].domain == arrivals[i].domain);
      ASSERT_NE(top.slots()[slots[i]].state, State::kFree);
      values[slots[i]] += arrivals[i].attempts;
      events += arrivals[i].attempts;
    }
    std::map<std::string, uint64_t> now;
    for (size_t i = 0; i < values.size(); ++i) {
      if (top.slots()[i].state == State::kFree) continue;
      ASSERT_TRUE(now.emplace(top.slots()[i].domain, values[i]).second) << "one series a domain";
    }
    for (const auto& [name, value] : now) {
      const uint64_t before = scraped.contains(name) ? scraped[name] : 0;
      ASSERT_GE(value, before) << name;
      increases += value - before;
    }
    scraped = now;
    ASSERT_EQ(increases, events);
  }
  EXPECT_GT(admissions, 3 * kSlots) << "the test is about churn";
}

}  // namespace
}  // namespace bouncewatch

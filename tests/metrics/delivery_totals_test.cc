#include "metrics/delivery_totals.h"

#include <map>
#include <random>
#include <string>

#include "classifier/reply.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace bouncewatch {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Delivery {
  std::string domain, provider, ip;
  Outcome outcome = Outcome::kDelivered;
  std::string cause = "event.delivered";
  EnhancedCode enhanced = {};
  Origin origin = Origin::kRemote;
  uint32_t count = 1;
};

void Add(const Delivery& delivery, Rollup* rollup) {
  LaneKey lane;
  lane.ip = rollup->InternName(Name::kIp, delivery.ip);
  AnswerKey answer;
  answer.provider = rollup->InternName(Name::kProvider, delivery.provider);
  answer.outcome = delivery.outcome;
  answer.origin = delivery.origin;
  answer.enhanced = delivery.enhanced.packed();
  answer.cause = *FindCause(delivery.cause);
  Row row;
  row.minute = 1;
  row.domain = rollup->InternName(Name::kDomain, delivery.domain);
  row.lane = rollup->InternLane(lane);
  row.answer = rollup->InternAnswer(answer);
  row.count = delivery.count;
  rollup->Add(row);
}

std::string PageOf(const DeliveryTotals& totals) {
  std::string page;
  totals.Write(&page);
  return page;
}

// Sum of all samples of a family.
uint64_t SumOf(const std::string& page, const std::string& family) {
  uint64_t sum = 0;
  size_t at = 0;
  while ((at = page.find("\n" + family + "{", at)) != std::string::npos) {
    const size_t end = page.find('\n', at + 1);
    sum += std::stoull(page.substr(page.rfind(' ', end) + 1, end));
    at = end - 1;
  }
  return sum;
}

TEST(DeliveryTotals, CountsWhatNoRuleKnowsByProvider) {
  Rollup rollup(1);
  Add({"a.test", "google", "", Outcome::kBounced, "unknown.unspecified", {5, 7, 1}, Origin::kRemote, 3},
      &rollup);
  Add({"a.test", "google", "", Outcome::kDeferred, "unknown.unspecified", {}, Origin::kRemote, 2}, &rollup);
  Add({"a.test", "google", "", Outcome::kBounced, "auth.spf", {5, 7, 1}, Origin::kRemote, 9}, &rollup);
  Add({"a.test", "yahoo", "", Outcome::kDelivered, "event.delivered", {}, Origin::kRemote, 4}, &rollup);
  // A sending service's own list is no attempt.
  Add({"a.test", "yahoo", "", Outcome::kBounced, "unknown.unspecified", {}, Origin::kProvider, 4}, &rollup);
  DeliveryTotals totals(10);
  totals.Apply(rollup);
  const std::string page = PageOf(totals);
  EXPECT_THAT(page, HasSubstr("bouncewatch_unclassified_failures_total{provider=\"google\"} 5\n"));
  EXPECT_THAT(page, HasSubstr("bouncewatch_unclassified_failures_total{provider=\"yahoo\"} 0\n"));
}

TEST(DeliveryTotals, CountsAttemptsAndFailures) {
  Rollup rollup(1);
  Add({"example.org", "google", "192.0.2.1", Outcome::kDelivered, "event.delivered", {}, Origin::kRemote, 40},
      &rollup);
  Add({"example.org",
       "google",
       "192.0.2.1",
       Outcome::kBounced,
       "policy.local",
       {5, 7, 1},
       Origin::kRemote,
       3},
      &rollup);
  Add({"example.net", "", "", Outcome::kDeferred, "network.dns-error", {}, Origin::kLocal, 2}, &rollup);
  DeliveryTotals totals(10);
  totals.Apply(rollup);
  totals.Apply(rollup);
  const std::string page = PageOf(totals);
  for (const char* line : {
           "bouncewatch_attempts_total{provider=\"google\"} 86\n",
           "bouncewatch_attempts_total{provider=\"other\"} 4\n",
           "bouncewatch_failures_total{provider=\"google\",cause=\"policy.local\",enhanced_code=\"5.7.1\","
           "outcome=\"bounced\"} 6\n",
           "bouncewatch_failures_total{provider=\"other\",cause=\"network.dns-error\",enhanced_code=\"none\","
           "outcome=\"deferred\"} 4\n",
           "bouncewatch_domain_attempts_total{domain=\"example.org\"} 86\n",
           "bouncewatch_domain_failures_total{domain=\"example.org\",cause=\"policy.local\"} 6\n",
           "bouncewatch_domain_attempts_total{domain=\"other\"} 0\n",
           "bouncewatch_ip_attempts_total{source_ip=\"192.0.2.1\"} 86\n",
           "bouncewatch_ip_failures_total{source_ip=\"unknown\",cause=\"network.dns-error\"} 4\n",
           "bouncewatch_series{family=\"bouncewatch_failures_total\"} 2\n",
       }) {
    EXPECT_THAT(page, HasSubstr(line));
  }
}

TEST(DeliveryTotals, OnlyAttemptsAreAttempts) {
  Rollup rollup(1);
  for (Outcome outcome : {Outcome::kExpired, Outcome::kEcho, Outcome::kProbe}) {
    Add({"example.org", "google", "192.0.2.1", outcome, "policy.local"}, &rollup);
  }
  Add({"example.org", "google", "192.0.2.1", Outcome::kBounced, "local.suppressed", {}, Origin::kProvider},
      &rollup);
  DeliveryTotals totals(10);
  totals.Apply(rollup);
  const std::string page = PageOf(totals);
  EXPECT_EQ(SumOf(page, "bouncewatch_attempts_total"), 0u);
  EXPECT_EQ(SumOf(page, "bouncewatch_failures_total"), 0u);
  EXPECT_EQ(SumOf(page, "bouncewatch_domain_attempts_total"), 0u);
  EXPECT_EQ(SumOf(page, "bouncewatch_ip_attempts_total"), 0u);
  EXPECT_THAT(page, HasSubstr("bouncewatch_expired_total{provider=\"google\"} 1\n"));
}

TEST(DeliveryTotals, UnknownCodesShareOneSeries) {
  Rollup rollup(1);
  for (uint16_t detail = 900; detail < 950; ++detail) {
    Add({"example.org", "google", "", Outcome::kBounced, "policy.local", {5, 9, detail}}, &rollup);
  }
  DeliveryTotals totals(10);
  totals.Apply(rollup);
  const std::string page = PageOf(totals);
  EXPECT_THAT(page, HasSubstr("enhanced_code=\"other\",outcome=\"bounced\"} 50\n"));
  EXPECT_THAT(page, HasSubstr("bouncewatch_series{family=\"bouncewatch_failures_total\"} 1\n"));
  EXPECT_THAT(page,
              HasSubstr("bouncewatch_series_overflow_total{family=\"bouncewatch_failures_total\"} 50\n"));
}

TEST(DeliveryTotals, NamesBeyondTheBoundAreOther) {
  Rollup rollup(1);
  for (int i = 0; i < 1000; ++i) {
    const std::string n = std::to_string(i);
    Add({"d" + n + ".test", "provider-" + n, "2001:db8::" + n, Outcome::kBounced, "policy.local", {5, 7, 1}},
        &rollup);
  }
  DeliveryTotals totals(10);
  totals.Apply(rollup);
  const std::string page = PageOf(totals);
  EXPECT_THAT(page, HasSubstr("bouncewatch_attempts_total{provider=\"other\"} 968\n"));
  EXPECT_THAT(page, HasSubstr("bouncewatch_ip_attempts_total{source_ip=\"other\"} 744\n"));
  EXPECT_THAT(page, HasSubstr("bouncewatch_domain_attempts_total{domain=\"other\"} 990\n"));
  for (const char* family :
       {"attempts", "failures", "domain_attempts", "domain_failures", "ip_attempts", "ip_failures"}) {
    EXPECT_EQ(SumOf(page, "bouncewatch_" + std::string(family) + "_total"), 1000u) << family;
  }
}

// Whatever comes in, each family of attempts adds up to the attempts (no slot is lost within an hour).
TEST(DeliveryTotals, EveryFamilyAddsUp) {
  std::mt19937 random(11);
  DeliveryTotals totals(5);
  uint64_t attempts = 0, failures = 0;
  const char* const kCauseNames[] = {"policy.local", "auth.spf", "unknown.unspecified"};
  for (int round = 0; round < 200; ++round) {
    Rollup rollup(random());
    for (int i = 0; i < 50; ++i) {
      Delivery delivery;
      delivery.domain = std::string(1, static_cast<char>(random() % 256)) + ".test";
      delivery.provider = std::string(random() % 300, static_cast<char>(random() % 256));
      delivery.ip = std::string(random() % 3, static_cast<char>(random() % 256));
      delivery.outcome = static_cast<Outcome>(random() % kOutcomeCount);
      delivery.cause = kCauseNames[random() % 3];
      delivery.enhanced = {5, 7, static_cast<uint16_t>(random() % 1000)};
      delivery.count = random() % 5;
      Add(delivery, &rollup);
      const bool failure = delivery.outcome == Outcome::kDeferred || delivery.outcome == Outcome::kBounced;
      if (failure) failures += delivery.count;
      if (failure || delivery.outcome == Outcome::kDelivered) attempts += delivery.count;
    }
    totals.Apply(rollup);
    const std::string page = PageOf(totals);
    for (const char* family : {"", "domain_", "ip_"}) {
      const std::string prefix = std::string("bouncewatch_") + family;
      ASSERT_EQ(SumOf(page, prefix + "attempts_total"), attempts) << family;
      ASSERT_EQ(SumOf(page, prefix + "failures_total"), failures) << family;
    }
    ASSERT_THAT(page, Not(HasSubstr(std::string(1, '\0'))));
  }
}

TEST(DeliveryTotals, FailureSeriesAreBounded) {
  DeliveryTotals totals(5);
  for (int p = 0; p < 70; ++p) {
    Rollup rollup(1);
    for (uint16_t detail = 0; detail <= 40; ++detail) {
      for (const char* cause : {"policy.local", "auth.spf", "content.spam"}) {
        Add({"example.org", "p" + std::to_string(p), "", Outcome::kBounced, cause, {5, 7, detail}}, &rollup);
      }
    }
    totals.Apply(rollup);
  }
  const std::string page = PageOf(totals);
  EXPECT_EQ(SumOf(page, "bouncewatch_failures_total"), 70u * 41 * 3);
  const std::string size = "bouncewatch_series{family=\"bouncewatch_failures_total\"} ";
  const size_t at = page.find(size) + size.size();
  EXPECT_LE(std::stoul(page.substr(at)), kMaxFailureSeriesHard + 2 * 3);
}

// Every cause at every domain and every address: the page stays small and loses nothing.
TEST(DeliveryTotals, ThePageStaysBelowTenThousandSeries) {
  DeliveryTotals totals(200);
  uint64_t failures = 0;
  for (int round = 0; round < 40; ++round) {
    Rollup rollup(1);
    for (int i = 0; i < 10; ++i) {
      const std::string number = std::to_string(round * 10 + i);
      for (size_t cause = 0; cause < Causes().size(); ++cause) {
        for (const uint16_t detail : {1, 2, 25}) {
          Add({"d" + number + ".test",
               "p" + number + ".test",
               "192.0.2." + number,
               Outcome::kDeferred,
               std::string(Causes()[cause].id),
               {5, 7, detail}},
              &rollup);
          ++failures;
        }
      }
    }
    totals.Apply(rollup);
  }
  const std::string page = PageOf(totals);
  size_t series = 0;
  for (size_t at = page.find('\n'); at + 1 < page.size(); at = page.find('\n', at + 1)) {
    series += page[at + 1] == '#' ? 0 : 1;
  }
  EXPECT_LT(series, 10'000u);
  EXPECT_GT(series, 7'000u) << "the bounds were reached";
  for (const char* family : {"", "domain_", "ip_"}) {
    EXPECT_EQ(SumOf(page, std::string("bouncewatch_") + family + "failures_total"), failures) << family;
  }
  EXPECT_THAT(page, HasSubstr("bouncewatch_series_overflow_total{family=\"bouncewatch_ip_failures_total\"}"));
}

TEST(DeliveryTotals, NamesKnownProvidersHoweverManyOthersCome) {
  DeliveryTotals totals(5, {"", "google", "yahoo"});
  for (int round = 0; round < 4; ++round) {
    Rollup rollup(1);
    for (int i = 0; i < 500; ++i) {
      Add({"d.example", "mx" + std::to_string(round * 500 + i) + ".example", "192.0.2.1"}, &rollup);
    }
    Add({"d.example",
         "busy.example",
         "192.0.2.1",
         Outcome::kDelivered,
         "event.delivered",
         {},
         Origin::kRemote,
         5000},
        &rollup);
    if (round == 3) Add({"gmail.com", "google", "192.0.2.1"}, &rollup);
    totals.Apply(rollup);
  }
  const std::string page = PageOf(totals);
  EXPECT_THAT(page, HasSubstr("bouncewatch_attempts_total{provider=\"google\"} 1\n"));
  EXPECT_THAT(page, HasSubstr("bouncewatch_attempts_total{provider=\"busy.example\"}"));
  EXPECT_THAT(page, Not(HasSubstr("yahoo"))) << "a provider without mail has no series";
  size_t series = 0;
  for (size_t at = page.find("\nbouncewatch_attempts_total{"); at != std::string::npos;
       at = page.find("\nbouncewatch_attempts_total{", at + 1)) {
    ++series;
  }
  EXPECT_LE(series, kMaxProviders + 3);
  EXPECT_EQ(SumOf(page, "bouncewatch_attempts_total"), 4u * 5500 + 1) << "nothing is lost";
}

}  // namespace
}  // namespace bouncewatch

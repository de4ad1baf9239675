#include "daemon/dead_addresses.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "daemon/rule_files.h"

namespace bouncewatch {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

std::shared_ptr<const RuleSet> ShippedRules() {
  static const auto rules = *LoadRules("", "");
  return rules;
}

DeliveryEvent Bounce(std::string_view recipient, std::string_view reply) {
  DeliveryEvent event;
  event.time_s = 1'000'000;
  event.outcome = Outcome::kBounced;
  event.origin = Origin::kRemote;
  event.phase = Phase::kRcpt;
  event.recipient = recipient;
  event.reply = reply;
  return event;
}

std::vector<std::string> Addresses(const DeadAddresses& dead) {
  std::vector<std::string> list;
  for (const DeadAddress& one : dead.List()) list.push_back(one.address);
  return list;
}

constexpr std::string_view kUnknownUser =
    "550 5.1.1 <joe@example.org>: Recipient address rejected: User unknown";

TEST(DeadAddresses, NamesWhomTheirServerDoesNotKnow) {
  DeadAddresses dead(ShippedRules());
  ASSERT_TRUE(dead.Add(Bounce("joe@example.org", kUnknownUser)).ok());
  ASSERT_TRUE(dead.Add(Bounce("ann@example.net", "550 5.1.1 no such user here")).ok());
  ASSERT_TRUE(dead.Add(Bounce("joe@EXAMPLE.org", kUnknownUser)).ok());  // the same one
  ASSERT_TRUE(dead.Add(Bounce("Joe@example.org", kUnknownUser)).ok());  // another mailbox, perhaps
  EXPECT_THAT(Addresses(dead), ElementsAre("joe@example.org", "ann@example.net", "Joe@example.org"));
  EXPECT_EQ(dead.List()[0].cause, "recipient.unknown-user");
  EXPECT_EQ(dead.List()[0].time_s, 1'000'000);
  EXPECT_FALSE(dead.List()[0].rule.empty());
}

// One reply for each way to bounce for another's fault.
TEST(DeadAddresses, NeverNamesSomebodyForAnothersFault) {
  const std::string_view replies[] = {
      "550 5.7.1 DKIM verification failed",
      "550 5.7.26 This mail is unauthenticated: DMARC policy of example.com is reject",
      "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org",
      "550 5.7.1 Access denied",
      "554 5.7.1 Message rejected as spam",
      "550 5.7.1 <joe@example.org>: Sender address rejected: user unknown",
      "550 5.1.8 Sender address rejected: Domain not found",
      "552 5.2.2 mailbox is full",
      "550 5.7.133 only authenticated senders can mail this group",
      "554 5.4.6 too many hops",
      "550 5.7.1 relay access denied",
      "552 5.3.4 message too big",
      "550 something nobody has ever said",
      "",
  };
  DeadAddresses dead(ShippedRules());
  for (const std::string_view reply : replies) ASSERT_TRUE(dead.Add(Bounce("joe@example.org", reply)).ok());
  EXPECT_THAT(Addresses(dead), IsEmpty());
  EXPECT_EQ(dead.counters().bounces, std::size(replies));
  uint64_t kept = 0;
  for (const auto& [category, count] : dead.counters().kept_for) kept += count;
  EXPECT_EQ(kept, std::size(replies));
}

TEST(DeadAddresses, BelievesLastWordsOnly) {
  DeadAddresses dead(ShippedRules());
  DeliveryEvent event = Bounce("joe@example.org", kUnknownUser);
  for (const Outcome outcome : {Outcome::kDeferred, Outcome::kExpired, Outcome::kEcho, Outcome::kProbe}) {
    event.outcome = outcome;
    ASSERT_TRUE(dead.Add(event).ok());
  }
  event.outcome = Outcome::kBounced;
  event.reply = "450 4.1.1 <joe@example.org>: Recipient address rejected: User unknown";
  ASSERT_TRUE(dead.Add(event).ok());
  EXPECT_THAT(Addresses(dead), IsEmpty());
}

TEST(DeadAddresses, DoesNotTakeASendingServicesListForAServersWord) {
  DeadAddresses dead(ShippedRules());
  DeliveryEvent event = Bounce("joe@example.org", kUnknownUser);
  event.origin = Origin::kProvider;
  ASSERT_TRUE(dead.Add(event).ok());
  EXPECT_THAT(Addresses(dead), IsEmpty());
}

TEST(DeadAddresses, ForgetsWhomMailReachedAfterwards) {
  DeadAddresses dead(ShippedRules());
  DeliveryEvent delivered = Bounce("joe@Example.org", "250 2.0.0 Ok");
  delivered.outcome = Outcome::kDelivered;
  ASSERT_TRUE(dead.Add(delivered).ok());  // before the bounce: a mailbox may be closed
  ASSERT_TRUE(dead.Add(Bounce("joe@example.org", kUnknownUser)).ok());
  ASSERT_TRUE(dead.Add(Bounce("ann@example.org", kUnknownUser)).ok());
  ASSERT_TRUE(dead.Add(delivered).ok());
  EXPECT_THAT(Addresses(dead), ElementsAre("ann@example.org"));
  EXPECT_EQ(dead.counters().revived, 1u);
}

TEST(DeadAddresses, LeavesOutWhatWouldBreakAList) {
  DeadAddresses dead(ShippedRules());
  const std::string long_address = std::string(400, 'x') + "@example.org";
  for (const std::string_view recipient :
       {std::string_view("a b@example.org"), std::string_view("a\nb@example.org"),
        std::string_view("a\x1b[2Jb@example.org"), std::string_view(long_address)}) {
    ASSERT_TRUE(dead.Add(Bounce(recipient, kUnknownUser)).ok());
  }
  ASSERT_TRUE(dead.Add(Bounce("", kUnknownUser)).ok());
  EXPECT_THAT(Addresses(dead), IsEmpty());
  EXPECT_EQ(dead.counters().unprintable, 4u);
  EXPECT_THAT(dead.counters().kept_for, ElementsAre(Pair("recipient", 1)));
}

TEST(DeadAddresses, RefusesMoreThanItMayHold) {
  DeadAddresses dead(ShippedRules(), 2);
  ASSERT_TRUE(dead.Add(Bounce("a@example.org", kUnknownUser)).ok());
  ASSERT_TRUE(dead.Add(Bounce("b@example.org", kUnknownUser)).ok());
  ASSERT_TRUE(dead.Add(Bounce("a@example.org", kUnknownUser)).ok());
  EXPECT_TRUE(absl::IsResourceExhausted(dead.Add(Bounce("c@example.org", kUnknownUser))));
}

}  // namespace
}  // namespace bouncewatch

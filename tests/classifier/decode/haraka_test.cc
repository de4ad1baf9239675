#include "classifier/decode/haraka.h"

#include <gtest/gtest.h>

#include "tests/support/decode_log.h"

namespace bouncewatch {
namespace {

constexpr char kTransaction[] = "AA884B70-841E-4B9F-833E-E93AE280F26D.1";

std::string Core(const std::string& message) {
  return absl::StrFormat("2026-11-23T03:56:15.885Z [NOTICE] [%s] [core] %s\n", kTransaction, message);
}

std::string Outbound(int domain, const std::string& message) {
  return absl::StrFormat("2026-11-23T03:56:16.885Z [INFO] [%s.%d] [outbound] %s\n", kTransaction, domain,
                         message);
}

std::vector<DecodedEvent> Decode(const std::string& lines) {
  const auto decoder = NewHarakaDecoder({});
  return DecodeAll(decoder.get(), lines);
}

const std::string kThree = Core("sender <s@b.test> code=CONT msg=\"\"") +
                           Core("recipient <u@a.test> code=OK msg=\"\" sender=s@b.test") +
                           Core("recipient <v@c.test> code=OK msg=\"\" sender=s@b.test") +
                           Core("recipient <w@A.test> code=OK msg=\"\" sender=s@b.test");

TEST(Haraka, FailureOfTheMessageCountsForEveryRecipientOfTheDomain) {
  const auto events = Decode(kThree + Outbound(1, "bouncing mail: 554 5.7.1 no") +
                             Outbound(2, "Temp failing file for 5 seconds: Upstream error: 421 4.7.0 later"));
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].domain, "a.test");
  EXPECT_EQ(events[0].repeat, 2u);
  EXPECT_EQ(events[0].sender, "b.test");
  EXPECT_EQ(events[0].outcome, Outcome::kBounced);
  EXPECT_EQ(events[0].reply, "554 5.7.1 no");
  EXPECT_EQ(events[1].domain, "c.test");
  EXPECT_EQ(events[1].repeat, 1u);
  EXPECT_EQ(events[1].outcome, Outcome::kDeferred);
  EXPECT_EQ(events[1].reply, "421 4.7.0 later");
}

TEST(Haraka, ARejectedRecipientIsNoLongerAmongThem) {
  const auto events = Decode(kThree + Outbound(1, "recipient <u@a.test> rejected: 550 5.1.1 no") +
                             Outbound(1, "bouncing mail: Some recipients failed: <u@a.test>") +
                             Outbound(1, "bouncing mail: 554 5.7.1 no"));
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].recipient, "u@a.test");
  EXPECT_EQ(events[0].phase, Phase::kRcpt);
  EXPECT_EQ(events[1].repeat, 1u);
}

TEST(Haraka, ASecondAttemptIsForThoseThatWereDeferred) {
  const auto events = Decode(
      kThree + Outbound(1, "recipient <u@a.test> deferred: 451 4.7.1 later") +
      Outbound(1, "delivered file=f domain=a.test host=mx.a.test ip=192.0.2.9 response=\"ok\" rcpts=1/1/0") +
      Outbound(1, "Temp failing f for 5 seconds: Some recipients temp failed: <u@a.test>") +
      Outbound(1, "Temp failing f for 5 seconds: Upstream error: 421 4.7.0 later"));
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[1].outcome, Outcome::kDelivered);
  EXPECT_EQ(events[2].repeat, 1u);
  EXPECT_EQ(events[2].domain, "a.test");
  EXPECT_EQ(events[2].sender, "b.test");
}

TEST(Haraka, TheLastFailureOfAHostIsToldForTriedAllMxs) {
  const auto events =
      Decode(kThree + Outbound(2, "Failed to get socket: connect ECONNREFUSED 192.0.2.8:25") +
             Outbound(1, "Ongoing connection failed to 192.0.2.9:25 : socket timeout waiting on connect") +
             Outbound(1, "Temp failing f for 5 seconds: Tried all MXs") +
             Outbound(2, "bouncing mail: Too many failures (Tried all MXs)"));
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[0].reply, "Ongoing connection failed to 192.0.2.9:25 : socket timeout waiting on connect");
  EXPECT_EQ(events[0].origin, Origin::kLocal);
  EXPECT_EQ(events[1].reply, "Failed to get socket: connect ECONNREFUSED 192.0.2.8:25");
  EXPECT_EQ(events[1].outcome, Outcome::kDeferred) << "the last attempt";
  EXPECT_EQ(events[2].outcome, Outcome::kExpired) << "and the end";
}

TEST(Haraka, GivingUpAfterDeferredRecipientsIsNoFurtherAttempt) {
  const auto events = Decode(kThree + Outbound(1, "recipient <u@a.test> deferred: 451 4.7.1 later") +
                             Outbound(1, "recipient <w@A.test> deferred: 451 4.7.1 later") +
                             Outbound(1,
                                      "bouncing mail: Too many failures (Some recipients temp failed: "
                                      "<u@a.test>, <w@A.test>)"));
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[2].outcome, Outcome::kExpired);
  EXPECT_EQ(events[2].repeat, 2u);
  EXPECT_EQ(events[2].domain, "a.test");
}

TEST(Haraka, AnUnknownTransactionIsStillAnAttempt) {
  const auto events = Decode(Outbound(1, "bouncing mail: 554 5.7.1 no"));
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].domain, "");
  EXPECT_EQ(events[0].repeat, 1u);
}

TEST(Haraka, AccountingColumnsAreReadByName) {
  const auto events = Decode(
      "rcpt;timeLogged;type;dsnMsg;jobId;\r\n"
      "u@a.test;2026-11-23 03:34:29;b;550 5.1.1 no;AA.1.1;\r\n"
      "v@a.test;2026-11-23 03:34:29;d\r\n");
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].recipient, "u@a.test");
  EXPECT_EQ(events[0].outcome, Outcome::kBounced);
  EXPECT_EQ(events[0].time_s, 1795404869);
  EXPECT_EQ(events[0].reply, "550 5.1.1 no");
  EXPECT_EQ(events[1].outcome, Outcome::kDelivered);
}

TEST(Haraka, AWordyLineIsNoAccountingHeader) {
  EXPECT_EQ(ScoreHarakaLine("timeLogged and rcpt are words"), kNotTold);
  EXPECT_EQ(ScoreHarakaLine("type\ttimeLogged\trcpt\t"), kCertain);
}

}  // namespace
}  // namespace bouncewatch

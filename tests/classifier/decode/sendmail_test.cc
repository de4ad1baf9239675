#include "classifier/decode/sendmail.h"

#include <gtest/gtest.h>

#include "tests/support/decode_log.h"

namespace bouncewatch {
namespace {

constexpr char kHead[] = "Nov 23 03:45:29 mx7 sm-mta[93]: 6AN3jTcZ000091: ";
constexpr char kFields[] = ", delay=00:00:01, xdelay=00:00:01, mailer=esmtp, pri=30075, ";

struct Case {
  const char* name;
  const char* rest;  // behind pri=
  Outcome outcome;
  Origin origin;
  const char* relay;
  const char* reply;
};

class SendmailLine : public testing::TestWithParam<Case> {};

TEST_P(SendmailLine, Parses) {
  const auto decoder = NewSendmailDecoder({});
  const auto events =
      DecodeAll(decoder.get(), std::string(kHead) + "to=<u@a.test>" + kFields + GetParam().rest + "\n");
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(OutcomeName(events[0].outcome), OutcomeName(GetParam().outcome));
  EXPECT_EQ(OriginName(events[0].origin), OriginName(GetParam().origin));
  EXPECT_EQ(events[0].relay_host, GetParam().relay);
  EXPECT_EQ(events[0].reply, GetParam().reply);
  EXPECT_EQ(events[0].recipient, "u@a.test");
  EXPECT_EQ(events[0].domain, "a.test");
}

const Case kCases[] = {
    {"ReplyBeatsStat", "relay=mx.a.test. [192.0.2.9], dsn=5.7.1, reply=550 5.7.1 blocked, stat=User unknown",
     Outcome::kBounced, Origin::kRemote, "mx.a.test", "550 5.7.1 blocked"},
    {"DeferredBesideAPermanentCode",
     "relay=mx.a.test. [192.0.2.9], dsn=5.7.1, reply=451 5.7.1 odd, stat=Deferred: 451 5.7.1 odd",
     Outcome::kDeferred, Origin::kRemote, "mx.a.test", "451 5.7.1 odd"},
    {"ReplyThatClaimsToBeSent",
     "relay=mx.a.test. [192.0.2.9], dsn=4.7.1, reply=451 x, stat=Sent (y), stat=Deferred: 451 x, stat=Sent "
     "(y)",
     Outcome::kDeferred, Origin::kRemote, "mx.a.test", "451 x, stat=Sent (y)"},
    {"SentReplyThatClaimsADeferral",
     "relay=mx.a.test. [192.0.2.9], dsn=2.0.0, stat=Sent (ok, stat=Deferred: no)", Outcome::kDelivered,
     Origin::kRemote, "mx.a.test", "ok, stat=Deferred: no"},
    {"NoReplyNoWord", "relay=mx.a.test. [192.0.2.9], dsn=4.4.2, stat=Deferred", Outcome::kDeferred,
     Origin::kLocal, "mx.a.test", "4.4.2"},
    {"HostKnownToFail", "relay=mx.a.test., dsn=4.4.2, stat=Deferred", Outcome::kEcho, Origin::kLocal, "",
     "4.4.2"},
    {"NullMx", "relay=a.test., dsn=5.1.10, stat=Service unavailable", Outcome::kBounced, Origin::kLocal, "",
     "5.1.10 Service unavailable"},
    {"LookupFailed", "dsn=4.4.3, stat=queued", Outcome::kDeferred, Origin::kLocal, "", "4.4.3 queued"},
    {"Smarthost", "relay=smart.b.test. [192.0.2.30], dsn=2.0.0, stat=Sent (OK)", Outcome::kDelivered,
     Origin::kRemote, "smart.b.test", "OK"},
};
INSTANTIATE_TEST_SUITE_P(Lines, SendmailLine, testing::ValuesIn(kCases),
                         [](const auto& test) { return test.param.name; });

TEST(Sendmail, EveryRecipientOfALineIsAnEvent) {
  const auto decoder = NewSendmailDecoder({});
  std::string list = "<u0@a.test>";
  for (int i = 1; i < 100; ++i) list += ",<u" + std::to_string(i) + "@a.test>";
  const std::string line =
      kHead + ("to=" + list) + kFields + "relay=mx.a.test. [192.0.2.9], dsn=2.0.0, stat=Sent (OK)\n";
  const std::string before = std::string(kHead) + "to=<v@a.test>" + kFields + "dsn=2.0.0, stat=Sent\n";
  const auto events = DecodeAll(decoder.get(), before + line + before);
  ASSERT_EQ(events.size(), 1 + EventBatch::kMax + 1);
  uint32_t recipients = 0;
  for (const DecodedEvent& event : events) recipients += event.repeat;
  EXPECT_EQ(recipients, 102u) << "those beyond a batch are counted in its last event";
  EXPECT_EQ(events[1].recipient, "u0@a.test");
  EXPECT_EQ(events[EventBatch::kMax].recipient, "");
  EXPECT_EQ(decoder->counters().lines, 3u);
}

TEST(Sendmail, WhatIsNotAnAttempt) {
  const auto decoder = NewSendmailDecoder({});
  std::string lines;
  for (const char* rest :
       {"to=ann@a.test, delay=00:00:00, mailer=local, pri=30075, stat=queued",
        "to=ann@a.test, delay=00:00:00, mailer=relay, pri=1, relay=[127.0.0.1] [127.0.0.1], dsn=2.0.0, "
        "stat=Sent (x)",
        "6AN3jTcZ000092: DSN: User unknown", "6AN3jTcZ000092: sender notify: Warning: could not send",
        "6AN3jTcZ000092: return to sender: User unknown", "SYSERR(root): config error",
        "clone 6AN3jTcZ000092", "timeout waiting for input from mx.a.test. during client RCPT"}) {
    lines += std::string(kHead) + rest + "\n";
  }
  EXPECT_TRUE(DecodeAll(decoder.get(), lines).empty());
  for (int i = 0; i < kLineShapeCount; ++i) EXPECT_EQ(ShapeCount(*decoder, static_cast<LineShape>(i)), 0u);
}

TEST(Sendmail, ExpiryNamesEveryDeferredRecipientsDomain) {
  const auto decoder = NewSendmailDecoder({});
  const std::string deferred =
      std::string(kFields) + "relay=mx.a.test. [192.0.2.9], dsn=4.7.1, stat=Deferred: x\n";
  const std::string head = kHead;
  const auto events =
      DecodeAll(decoder.get(), head + "from=<s@b.test>, size=1, class=0, nrcpts=3, msgid=<1@b.test>\n" +
                                   head + "to=<u@a.test>,<v@a.test>" + deferred + head + "to=<w@c.test>" +
                                   deferred + head + "to=<v@a.test>" + kFields +
                                   "relay=mx.a.test. [192.0.2.9], dsn=2.0.0, stat=Sent (ok)\n" + head +
                                   "6AN3jTcZ000092: sender notify: Cannot send message for 5 days\n");
  ASSERT_EQ(events.size(), 6u);
  for (size_t i = 4; i < 6; ++i) {
    EXPECT_EQ(events[i].outcome, Outcome::kExpired);
    EXPECT_EQ(events[i].sender, "b.test");
    EXPECT_EQ(events[i].repeat, 1u);
  }
  EXPECT_NE(events[4].domain, events[5].domain);
}

}  // namespace
}  // namespace bouncewatch

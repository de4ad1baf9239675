#include "classifier/decode/exim.h"

#include <gtest/gtest.h>

#include "tests/support/decode_log.h"

namespace bouncewatch {
namespace {

constexpr char kId[] = "1xVKp4-00000k-2s";

std::vector<DecodedEvent> Decode(const std::string& lines) {
  const auto decoder = NewEximDecoder({});
  return DecodeAll(decoder.get(), lines);
}

struct Case {
  const char* name;
  const char* rest;  // behind the message id
  Outcome outcome = Outcome::kBounced;
  Origin origin = Origin::kRemote;
  Phase phase = Phase::kUnknown;
  const char* recipient = "u@a.test";
  const char* relay = "mx.a.test";
  const char* reply = "";
};

class EximLine : public testing::TestWithParam<Case> {};

TEST_P(EximLine, Parses) {
  const Case& want = GetParam();
  const auto events = Decode(absl::StrFormat("2026-11-23 03:34:29 %s %s\n", kId, want.rest));
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(OutcomeName(events[0].outcome), OutcomeName(want.outcome));
  EXPECT_EQ(OriginName(events[0].origin), OriginName(want.origin));
  EXPECT_EQ(PhaseName(events[0].phase), PhaseName(want.phase));
  EXPECT_EQ(events[0].recipient, want.recipient);
  EXPECT_EQ(events[0].relay_host, want.relay);
  EXPECT_EQ(events[0].reply, want.reply);
  EXPECT_EQ(events[0].queue_id, kId);
  EXPECT_EQ(events[0].time_s, 1795404869);
}

const Case kCases[] = {
    {"AfterRcpt",
     "** u@a.test R=d T=s H=mx.a.test [192.0.2.9]: SMTP error from remote mail server after RCPT "
     "TO:<u@a.test>: "
     "550 5.1.1 no",
     Outcome::kBounced, Origin::kRemote, Phase::kRcpt, "u@a.test", "mx.a.test", "550 5.1.1 no"},
    {"EmptyReply",
     "** u@a.test R=d T=s H=mx.a.test [192.0.2.9]: SMTP error from remote mail server after RCPT "
     "TO:<u@a.test>:",
     Outcome::kBounced, Origin::kRemote, Phase::kRcpt},
    {"ReplyThatLooksLikeTheLog",
     "** u@a.test R=d T=s H=mx.a.test [192.0.2.9]: SMTP error from remote mail server after end of data: 550 "
     "no => "
     "x H=evil [192.0.2.66]: defer (-52): retry timeout exceeded, not",
     Outcome::kBounced, Origin::kRemote, Phase::kEndOfData, "u@a.test", "mx.a.test",
     "550 no => x H=evil [192.0.2.66]: defer (-52): retry timeout exceeded, not"},
    {"LmtpAfterDot",
     "== u@a.test R=d T=lmtp H=lmtp.a.test [192.0.2.9] defer (0): LMTP error from remote mail server after "
     "end of "
     "data: 452 4.2.2 full",
     Outcome::kDeferred, Origin::kRemote, Phase::kEndOfData, "u@a.test", "lmtp.a.test", "452 4.2.2 full"},
    {"ServerThatHangsUpAtStartTls",
     "== u@a.test R=d T=s defer (-18) H=mx.a.test [192.0.2.9]: Remote host closed connection in response to "
     "STARTTLS",
     Outcome::kDeferred, Origin::kLocal, Phase::kStartTls, "u@a.test", "mx.a.test",
     "Remote host closed connection in response to STARTTLS"},
    {"TransportTrouble", "== u@a.test R=d T=s defer (-1): smtp transport process returned a non-zero status",
     Outcome::kDeferred, Origin::kLocal, Phase::kUnknown, "u@a.test", "",
     "smtp transport process returned a non-zero status"},
    {"NothingButTheErrno", "== u@a.test R=d T=s defer (113): No route to host", Outcome::kDeferred,
     Origin::kLocal, Phase::kUnknown, "u@a.test", "", "No route to host"},
    {"QueuedByPolicy", "== u@a.test R=d T=s defer (-55): domain is in queue_domains", Outcome::kEcho,
     Origin::kLocal, Phase::kUnknown, "u@a.test", "", "domain is in queue_domains"},
    {"LongFailurePeriod",
     "** u@a.test R=d T=s: retry time not reached for any host after a long failure period",
     Outcome::kExpired, Origin::kLocal, Phase::kUnknown, "u@a.test", "",
     "retry time not reached for any host after a long failure period"},
    {"Cutthrough", ">> u@a.test R=d T=s H=mx.a.test [192.0.2.9] C=\"250 ok\"", Outcome::kDelivered,
     Origin::kRemote, Phase::kUnknown, "u@a.test", "mx.a.test", "250 ok"},
    {"QuoteThatDoesNotEnd", "=> u@a.test R=d T=s H=mx.a.test [192.0.2.9] C=\"250 cut he", Outcome::kDelivered,
     Origin::kRemote, Phase::kUnknown, "u@a.test", "mx.a.test", "250 cut he"},
    {"AllParents", "=> u@a.test (v@b.test) <w@c.test> R=d T=s H=mx.a.test [192.0.2.9]", Outcome::kDelivered,
     Origin::kRemote},
    {"NoHost", "=> u <u@a.test> R=localuser T=maildir", Outcome::kDelivered, Origin::kLocal, Phase::kUnknown,
     "u@a.test", ""},
    {"QuotesBehindTheAddress",
     "** x> H=a \" b@a.test <\"x> H=a \\\" b\"@a.test> R=d T=s H=mx.a.test [192.0.2.9]: SMTP error from "
     "remote "
     "mail server after RCPT TO:<\"x> H=a \\\" b\"@a.test>: 550 5.1.1 no",
     Outcome::kBounced, Origin::kRemote, Phase::kRcpt, "\"x> H=a \\\" b\"@a.test", "mx.a.test",
     "550 5.1.1 no"},
    {"OtherQuotesBehindTheAddress", "=> u@a.test <\"v w\"@b.test> R=d T=s H=mx.a.test [192.0.2.9]",
     Outcome::kDelivered, Origin::kRemote},
    {"HostInBrackets", "=> u@a.test R=d T=s H=[192.0.2.9] [192.0.2.9] C=\"250 ok\"", Outcome::kDelivered,
     Origin::kRemote, Phase::kUnknown, "u@a.test", "[192.0.2.9]", "250 ok"},
};
INSTANTIATE_TEST_SUITE_P(Lines, EximLine, testing::ValuesIn(kCases),
                         [](const auto& test) { return test.param.name; });

TEST(Exim, ForgetsAMessageThatIsCompleted) {
  const std::string head = "2026-11-23 03:34:29 1xVKp4-00000k-2s ";
  const auto events = Decode(head + "<= s@b.test U=r\n" + head + "=> u@a.test R=d\n" + head + "Completed\n" +
                             head + "=> v@a.test R=d\n");
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].sender, "b.test");
  EXPECT_EQ(events[1].sender, "");
}

TEST(Exim, TellsTheNullSender) {
  const std::string head = "2026-11-23 03:34:29 1xVKp4-00000k-2s ";
  const auto events =
      Decode(head + "<= <> R=1xVKp4-00000k-2r U=r\n" + head + "** u@a.test: Unrouteable address\n");
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].sender, kNullSender);
}

TEST(Exim, StampsAreLocalUnlessTheySayAZone) {
  DecoderOptions options;
  options.timezone = absl::FixedTimeZone(3600);
  const auto decoder = NewEximDecoder(options);
  const auto events = DecodeAll(decoder.get(),
                                "2026-11-23 03:34:29 1xVKp4-00000k-2s => u@a.test R=d\n"
                                "2026-11-23 03:34:29.250 +0000 1xVKp4-00000k-2s => u@a.test R=d\n");
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].time_s, 1795404869 - 3600);
  EXPECT_EQ(events[1].time_s, 1795404869);
}

// A line may end anywhere, as long as its address is whole.
TEST(Exim, LinesCutAnywhereAreRead) {
  const std::string line =
      "2026-11-23 03:34:29 1xVKp4-00000k-2s == u@a.test <v@b.test> F=<\"s\"@b.test> P=<s@b.test> R=d T=s "
      "defer "
      "(110): Connection timed out H=mx.a.test [192.0.2.9]*:25 I=[192.0.2.1]:57801 DN=\"CN=mx, "
      "O=\\\"x\\\"\": SMTP "
      "error from remote mail server after RCPT TO:<u@a.test> X: host mx.a.test [192.0.2.9]: 451 4.7.1 no\\n "
      "DT=1s";
  for (size_t size = line.find("u@a.test") + 8; size <= line.size(); ++size) {
    const std::string cut = line.substr(0, size);  // of its own, so that reading beyond it is seen
    const auto events = Decode(cut);
    ASSERT_EQ(events.size(), 1u) << cut;
    EXPECT_EQ(events[0].recipient, "u@a.test") << cut;
  }
}

TEST(Exim, OtherLinesAreNoDeliveries) {
  for (const char* rest :
       {"1xVKp4-00000k-2s", "1xVKp4-00000k-2s =>", "1xVKp4-00000k-2s => ", "1xVKp4-00000k-2 => u@a.test",
        "1xVKp4-00000k-2s Frozen (message created with -f <>)", "1xVKp4-00000k-2s *> u@a.test R=d",
        "1xVKp4-0000_k-2s => u@a.test", "no host name found for IP address 192.0.2.1"}) {
    EXPECT_TRUE(Decode(absl::StrFormat("2026-11-23 03:34:29 %s\n", rest)).empty()) << rest;
  }
}

}  // namespace
}  // namespace bouncewatch

#include "classifier/decode/postfix.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace bouncewatch {
namespace {

constexpr char kHead[] = "2026-11-23T03:18:32.888266+00:00 mx7 postfix/smtp[899]: ";

// Events with their strings copied out of the batch.
struct Event {
  Outcome outcome;
  Origin origin;
  Phase phase;
  uint32_t repeat;
  int64_t time_s;
  std::string domain, sender, relay_host, relay_ip, host, tag, dsn, reply;
};

struct Decoded {
  std::vector<Event> events;
  DecoderCounters counters;
};

Decoded Decode(Decoder* decoder, const std::string& text) {
  Decoded decoded;
  FileState file;
  file.anchor.not_after_s = 1796083200;  // 2026-12-01
  EventBatch batch;
  for (size_t at = 0; at < text.size();) {
    const size_t taken = decoder->Decode(std::string_view(text).substr(at), &file, &batch);
    EXPECT_GT(taken, 0u);
    if (taken == 0) break;
    at += taken;
    for (size_t i = 0; i < batch.size; ++i) {
      const DeliveryEvent& e = batch.events[i];
      decoded.events.push_back({e.outcome, e.origin, e.phase, e.repeat, e.time_s,
                                std::string(e.recipient_domain), std::string(e.sender_domain),
                                std::string(e.relay_host), std::string(e.relay_ip), std::string(e.host),
                                std::string(e.tag), std::string(e.dsn), std::string(e.reply)});
    }
  }
  decoded.counters = decoder->counters();
  return decoded;
}

Decoded Decode(const std::string& text) {
  auto decoder = NewPostfixDecoder({});
  return Decode(decoder.get(), text);
}

std::string Line(const std::string& body) {
  return kHead + body + "\n";
}

std::string Delivery(const std::string& to, const std::string& rest) {
  return Line("9E6187D: to=<" + to + ">, relay=mx.a.test[192.0.2.9]:25, delay=0.4, delays=0/0/0.3/0.1, " +
              rest);
}

uint64_t Shape(const Decoded& decoded, LineShape shape) {
  return decoded.counters.by_shape[static_cast<size_t>(shape)];
}

struct BodyCase {
  const char* name;
  std::string line;
  Outcome outcome = Outcome::kBounced;
  Origin origin = Origin::kRemote;
  Phase phase = Phase::kUnknown;
  const char* domain = "a.test";
  const char* relay = "mx.a.test";
  const char* dsn = "5.7.1";
  const char* reply = "";
};

class PostfixBody : public testing::TestWithParam<BodyCase> {};

TEST_P(PostfixBody, Parses) {
  const BodyCase& want = GetParam();
  const Decoded decoded = Decode(want.line);
  ASSERT_EQ(decoded.events.size(), 1u);
  const Event& got = decoded.events[0];
  EXPECT_EQ(OutcomeName(got.outcome), OutcomeName(want.outcome));
  EXPECT_EQ(OriginName(got.origin), OriginName(want.origin));
  EXPECT_EQ(PhaseName(got.phase), PhaseName(want.phase));
  EXPECT_EQ(got.domain, want.domain);
  EXPECT_EQ(got.relay_host, want.relay);
  EXPECT_EQ(got.dsn, want.dsn);
  EXPECT_EQ(got.reply, want.reply);
  EXPECT_EQ(got.host, "mx7");
  EXPECT_EQ(got.tag, "postfix/smtp");
  EXPECT_EQ(got.time_s, 1795403912);
}

const BodyCase kBodies[] = {
    {"RemoteReply",
     Delivery("u@a.test",
              "dsn=5.7.1, status=bounced (host mx.a.test[192.0.2.9] said: 550 5.7.1 no (in reply to RCPT TO "
              "command))"),
     Outcome::kBounced, Origin::kRemote, Phase::kRcpt, "a.test", "mx.a.test", "5.7.1", "550 5.7.1 no"},
    {"EndOfData",
     Delivery("u@a.test",
              "dsn=5.7.1, status=bounced (host mx.a.test[192.0.2.9] said: 554 spam (in reply to end of DATA "
              "command))"),
     Outcome::kBounced, Origin::kRemote, Phase::kEndOfData, "a.test", "mx.a.test", "5.7.1", "554 spam"},
    {"BannerKeepsBothVoices",
     Delivery("u@a.test",
              "dsn=4.0.0, status=deferred (host mx.a.test[192.0.2.9] refused to talk to me: 554-5.7.1 go "
              "554 away)"),
     Outcome::kDeferred, Origin::kRemote, Phase::kConnect, "a.test", "mx.a.test", "4.0.0",
     "554-5.7.1 go 554 away"},
    {"SoftBounce",
     Delivery("u@a.test", "dsn=4.7.1, status=SOFTBOUNCE (host mx.a.test[192.0.2.9] said: 550 5.7.1 no)"),
     Outcome::kDeferred, Origin::kRemote, Phase::kUnknown, "a.test", "mx.a.test", "4.7.1", "550 5.7.1 no"},
    {"Sent", Delivery("u@a.test", "dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 12)"), Outcome::kDelivered,
     Origin::kRemote, Phase::kUnknown, "a.test", "mx.a.test", "2.0.0", "250 2.0.0 Ok: queued as 12"},
    {"UnknownKeysAreSkipped",
     Delivery("u@a.test", "tls=!encrypt:none, new=x, dsn=2.0.0, status=sent (250 ok)"), Outcome::kDelivered,
     Origin::kRemote, Phase::kUnknown, "a.test", "mx.a.test", "2.0.0", "250 ok"},
    {"QuotedLocalPart",
     Line("9E6187D: to=<\"p x> status=sent\"@a.test>, relay=mx.a.test[192.0.2.9]:25, delay=1, dsn=5.7.1, "
          "status=bounced (host mx.a.test[192.0.2.9] said: 550 5.7.1 no)"),
     Outcome::kBounced, Origin::kRemote, Phase::kUnknown, "a.test", "mx.a.test", "5.7.1", "550 5.7.1 no"},
    {"UnquotedOddLocalPart",
     Line("9E6187D: to=<p x> status=sent@a.test>, relay=mx.a.test[192.0.2.9]:25, delay=1, dsn=5.7.1, "
          "status=bounced (host mx.a.test[192.0.2.9] said: 550 5.7.1 no)"),
     Outcome::kBounced, Origin::kRemote, Phase::kUnknown, "a.test", "mx.a.test", "5.7.1", "550 5.7.1 no"},
    {"OrigTo",
     Line("9E6187D: to=<u@a.test>, orig_to=<root>, relay=mx.a.test[192.0.2.9]:25, delay=1, dsn=5.7.1, "
          "status=bounced "
          "(host mx.a.test[192.0.2.9] said: 550 5.7.1 no)"),
     Outcome::kBounced, Origin::kRemote, Phase::kUnknown, "a.test", "mx.a.test", "5.7.1", "550 5.7.1 no"},
    {"CutInTheReply",
     Delivery("u@a.test", "dsn=5.7.1, status=bounced (host mx.a.test[192.0.2.9] said: 550 5.7.1 xxx"),
     Outcome::kBounced, Origin::kRemote, Phase::kUnknown, "a.test", "mx.a.test", "5.7.1", "550 5.7.1 xxx"},
    {"CutBehindStatus", Delivery("u@a.test", "dsn=5.7.1, status=bounced"), Outcome::kBounced, Origin::kLocal,
     Phase::kUnknown, "a.test", "mx.a.test", "5.7.1", ""},
    {"BracketsInTheReply",
     Delivery("u@a.test",
              "dsn=5.7.1, status=bounced (host mx.a.test[192.0.2.9] said: 550 5.7.1 no (see RFC (4.2)) "
              "status=sent (250 ok) (in reply to RCPT TO command))"),
     Outcome::kBounced, Origin::kRemote, Phase::kRcpt, "a.test", "mx.a.test", "5.7.1",
     "550 5.7.1 no (see RFC (4.2)) status=sent (250 ok)"},
    {"ConnectErrorNamesTheHostThatWasTried",
     Line("9E6187D: to=<u@a.test>, relay=none, delay=3, delays=0/0/3/0, dsn=4.4.1, status=deferred (connect "
          "to "
          "mx8.a.test[192.0.2.8]:25: Connection refused)"),
     Outcome::kDeferred, Origin::kLocal, Phase::kUnknown, "a.test", "mx8.a.test", "4.4.1",
     "connect to mx8.a.test[192.0.2.8]:25: Connection refused"},
    {"LocalDelivery",
     Line("9E6187D: to=<u@a.test>, relay=local, delay=0, delays=0/0/0/0, dsn=2.0.0, status=sent (delivered "
          "to mailbox)"),
     Outcome::kDelivered, Origin::kLocal, Phase::kUnknown, "a.test", "", "2.0.0", "delivered to mailbox"},
    {"Echo",
     Line("9E6187D: to=<u@a.test>, relay=none, delay=3, delays=0/0/3/0, dsn=4.4.1, status=deferred (delivery "
          "temporarily suspended: connect to mx8.a.test[192.0.2.8]:25: Connection refused)"),
     Outcome::kEcho, Origin::kLocal, Phase::kUnknown, "a.test", "mx8.a.test", "4.4.1",
     "connect to mx8.a.test[192.0.2.8]:25: Connection refused"},
    {"UnixSocketIsNoHost",
     Line("9E6187D: to=<u@a.test>, relay=lab.test[private/dovecot-lmtp], delay=0, dsn=2.0.0, status=sent "
          "(250 2.0.0 ok)"),
     Outcome::kDelivered, Origin::kRemote, Phase::kUnknown, "a.test", "lab.test", "2.0.0", "250 2.0.0 ok"},
    {"Probe",
     Delivery("u@a.test", "dsn=5.7.1, status=undeliverable (host mx.a.test[192.0.2.9] said: 550 5.7.1 no)"),
     Outcome::kProbe, Origin::kRemote, Phase::kUnknown, "a.test", "mx.a.test", "5.7.1", "550 5.7.1 no"},
    {"EmptyReply",
     Delivery(
         "u@a.test",
         "dsn=5.0.0, status=bounced (host mx.a.test[192.0.2.9] said: 550 (in reply to RCPT TO command))"),
     Outcome::kBounced, Origin::kRemote, Phase::kRcpt, "a.test", "mx.a.test", "5.0.0", "550"},
};
INSTANTIATE_TEST_SUITE_P(Lines, PostfixBody, testing::ValuesIn(kBodies),
                         [](const auto& test) { return test.param.name; });

TEST(Postfix, EveryHeaderFormGivesTheSameEvent) {
  const std::string body =
      "to=<u@a.test>, relay=mx.a.test[192.0.2.9]:25, delay=1, dsn=2.0.0, status=sent (250 ok)";
  const std::string json_head = R"({"@timestamp":"2026-11-23T03:18:32.888266+00:00","host":"mx7",)";
  const std::string lines[] = {
      "Nov 23 03:18:32 mx7 postfix/smtp[325]: 9E6187D: " + body,
      "2026-11-23T03:18:32.888266+00:00 mx7 postfix/smtp[325]: 9E6187D: " + body,
      "2026-11-23T03:18:32.888266+0000 mx7 postfix/smtp[325]: 4jXrfT1F38zSD: " + body,
      "<22>1 2026-11-23T03:18:32.888266+00:00 mx7 postfix/smtp 899 - - 9E6187D: " + body,
      json_head + R"("programname":"postfix","syslogtag":"postfix\/smtp[325]:","message":" 9E6187D: )" +
          body + "\"}",
      R"({"__REALTIME_TIMESTAMP":"1795403913000000","_SOURCE_REALTIME_TIMESTAMP":"1795403912888266","_HOSTNAME":"mx7",)"
      R"("SYSLOG_IDENTIFIER":"postfix/smtp","MESSAGE":"9E6187D: )" +
          body + "\"}",
  };
  for (const std::string& line : lines) {
    SCOPED_TRACE(line);
    const Decoded decoded = Decode(line + "\n");
    ASSERT_EQ(decoded.events.size(), 1u);
    EXPECT_EQ(decoded.events[0].time_s, 1795403912);
    EXPECT_EQ(decoded.events[0].host, "mx7");
    EXPECT_EQ(decoded.events[0].tag, "postfix/smtp");
    EXPECT_EQ(decoded.events[0].domain, "a.test");
    EXPECT_EQ(decoded.events[0].reply, "250 ok");
    EXPECT_EQ(decoded.counters.lines, 1u);
  }
}

TEST(Postfix, JoinsTheSenderByQueueId) {
  const Decoded decoded =
      Decode(Line("9E6187D: uid=0 from=<pickup@wrong.example>") +
             Line("9E6187D: from=<\"a b\"@news.example>, size=282, nrcpt=2 (queue active)") +
             Delivery("u@a.test", "dsn=2.0.0, status=sent (250 ok)") +
             Delivery("v@a.test", "dsn=2.0.0, status=sent (250 ok)") +
             Delivery("w@a.test", "dsn=2.0.0, status=sent (250 ok)"));
  ASSERT_EQ(decoded.events.size(), 3u);
  EXPECT_EQ(decoded.events[0].sender, "news.example");
  EXPECT_EQ(decoded.events[1].sender, "news.example");
  EXPECT_EQ(decoded.events[2].sender, "") << "both recipients were done: the queue id is free again";
  EXPECT_EQ(decoded.counters.joined, 2u);
  EXPECT_EQ(decoded.counters.join_misses, 1u);
}

// A notice of ours that bounces looks like any bounce; only the queue manager's line tells.
TEST(Postfix, TellsNoticesByTheirNullSender) {
  const std::string bounce = Delivery(
      "u@a.test", "dsn=5.1.1, status=bounced (host mx.a.test[192.0.2.9] said: 550 5.1.1 no)");
  const Decoded decoded = Decode(Line("9E6187D: from=<>, size=282, nrcpt=1 (queue active)") + bounce +
                                 Line("9E6187D: removed") +
                                 Line("9E6187D: from=<s@news.example>, size=1, nrcpt=1 (queue active)") +
                                 bounce + bounce);
  ASSERT_EQ(decoded.events.size(), 3u);
  EXPECT_EQ(decoded.events[0].sender, kNullSender);
  EXPECT_EQ(decoded.events[1].sender, "news.example") << "the queue id was used again";
  EXPECT_EQ(decoded.events[2].sender, "") << "not known is not null";
}

TEST(Postfix, ExpiryOfANoticeKeepsItsNullSender) {
  const Decoded decoded =
      Decode(Line("9E6187D: from=<>, size=282, nrcpt=1 (queue active)") +
             Delivery("u@a.test", "dsn=4.4.1, status=deferred (connect to a.test[192.0.2.9]:25: timed out)") +
             Line("9E6187D: from=<>, status=expired, returned to sender"));
  ASSERT_EQ(decoded.events.size(), 2u);
  EXPECT_EQ(decoded.events[1].outcome, Outcome::kExpired);
  EXPECT_EQ(decoded.events[1].sender, kNullSender);
  EXPECT_EQ(decoded.events[1].domain, "a.test");
}

// Failures at MXs that were not the last one to be tried, and what precedes a status line: the attempt is told
// by the status line alone.
TEST(Postfix, LinesWithoutStatusAreNoAttempts) {
  const Decoded decoded = Decode(
      Line("9E6187D: host mx2.a.test[192.0.2.8] said: 451 4.7.1 later (in reply to RCPT TO command)") +
      Line("9E6187D: host mx3.a.test[192.0.2.7] refused to talk to me: 554 5.7.1 go away") +
      Line("9E6187D: lost connection with mx3.a.test[192.0.2.7] while sending RCPT TO") +
      Line("connect to mx8.a.test[192.0.2.8]:25: Connection refused") +
      Line("warning: no MX host for a.test has a valid address record") +
      Line("9E6187D: sender non-delivery notification: 9E6187E") +
      Line("9E6187D: message-id=<20261123.9E6187D@mx7.test>") + Line("9E6187D: removed"));
  EXPECT_TRUE(decoded.events.empty());
  for (uint64_t skipped : decoded.counters.by_shape) EXPECT_EQ(skipped, 0u);
}

// soft_bounce=yes: Postfix's word is a deferral, the remote's stays what it was.
TEST(Postfix, SoftBounceKeepsThePermanentReply) {
  const Decoded decoded = Decode(
      Delivery("u@a.test",
               "dsn=4.7.1, status=SOFTBOUNCE (host mx.a.test[192.0.2.9] said: 550 5.7.1 no (in reply to RCPT TO "
               "command))"));
  ASSERT_EQ(decoded.events.size(), 1u);
  EXPECT_EQ(decoded.events[0].outcome, Outcome::kDeferred);
  EXPECT_EQ(decoded.events[0].origin, Origin::kRemote);
  EXPECT_EQ(decoded.events[0].dsn, "4.7.1");
  EXPECT_EQ(decoded.events[0].reply, "550 5.7.1 no");
}

TEST(Postfix, ExpiryNamesEveryDeferredRecipientsDomain) {
  const std::string defer = "dsn=4.2.0, status=deferred (host mx.a.test[192.0.2.9] said: 450 4.2.0 later)";
  const Decoded decoded =
      Decode(Line("9E6187D: from=<s@news.example>, size=282, nrcpt=3 (queue active)") +
             Delivery("u@a.test", defer) + Delivery("v@a.test", defer) + Delivery("w@b.test", defer) +
             Line("9E6187D: from=<s@news.example>, status=expired, returned to sender"));
  ASSERT_EQ(decoded.events.size(), 5u);
  std::map<std::string, uint32_t> expired;
  for (size_t i = 3; i < 5; ++i) {
    EXPECT_EQ(decoded.events[i].outcome, Outcome::kExpired);
    EXPECT_EQ(decoded.events[i].sender, "news.example");
    expired[decoded.events[i].domain] += decoded.events[i].repeat;
  }
  EXPECT_EQ(expired, (std::map<std::string, uint32_t>{{"a.test", 2}, {"b.test", 1}}));
}

TEST(Postfix, ExpiryOfAnUnknownQueueIdIsCounted) {
  const Decoded decoded = Decode(Line("9E6187D: from=<s@news.example>, status=expired, returned to sender"));
  EXPECT_TRUE(decoded.events.empty());
  EXPECT_EQ(Shape(decoded, LineShape::kNoRecipient), 1u);
}

TEST(Postfix, RepeatedLinesAreMultiplied) {
  const Decoded decoded = Decode(
      "Nov 23 03:18:32 mx7 postfix/smtp[325]: message repeated 3 times: [ 9E6187D: to=<u@a.test>, "
      "relay=none, delay=1, "
      "dsn=4.4.1, status=deferred (connect to mx8.a.test[192.0.2.8]:25: Connection refused)]\n");
  ASSERT_EQ(decoded.events.size(), 1u);
  EXPECT_EQ(decoded.events[0].repeat, 3u);
  EXPECT_EQ(decoded.events[0].reply, "connect to mx8.a.test[192.0.2.8]:25: Connection refused");
}

TEST(Postfix, InboundRejectsAreNoAttempts) {
  const Decoded decoded =
      Decode(Line("NOQUEUE: reject: RCPT from c.test[192.0.2.3]: 550 5.7.1 <x@ours.test>: Recipient address "
                  "rejected: go; "
                  "from=<a@b.test> to=<x@ours.test> proto=ESMTP helo=<c.test>"));
  EXPECT_TRUE(decoded.events.empty());
  EXPECT_EQ(Shape(decoded, LineShape::kInboundReject), 1u);
}

TEST(Postfix, BadLinesAreCountedByShape) {
  const Decoded decoded =
      Decode("not a date 9E6187D: to=<u@a.test>, relay=none, dsn=2.0.0, status=sent (ok)\n" +
             Line("9E6187D: to=<u@a.test") + Line("9E6187D: to=<u@a.test>, relay=none, delay=1") +
             Line("9E6187D: to=<u@a.test>, relay=none, dsn=4.0.0, status=wondering (x)") +
             "{\"message\":\"9E6187D: to=<u@a.test>, status=sent\n");
  EXPECT_TRUE(decoded.events.empty());
  EXPECT_EQ(Shape(decoded, LineShape::kBadHeader), 1u);
  EXPECT_EQ(Shape(decoded, LineShape::kBadRecipient), 1u);
  EXPECT_EQ(Shape(decoded, LineShape::kBadStatus), 2u);
  EXPECT_EQ(Shape(decoded, LineShape::kBadJson), 1u);
  EXPECT_EQ(decoded.counters.lines, 5u);
}

// Chunk borders fall anywhere between lines; the result and the line count may not depend on them.
TEST(Postfix, ChunksDoNotMatter) {
  std::string text;
  for (int i = 0; i < 400; ++i) {
    const std::string id = "AB" + std::to_string(10000 + i);
    text += Line(id + ": from=<s@n" + std::to_string(i % 7) + ".example>, size=1, nrcpt=1 (queue active)");
    text += Line("connect from unknown[192.0.2.1]");
    text += Line(id + ": to=<u@d" + std::to_string(i) +
                 ".test>, relay=none, delay=1, dsn=4.4.1, status=deferred (x)");
    if (i % 3 == 0) text += Line(id + ": from=<s@n.example>, status=expired, returned to sender");
  }
  const Decoded whole = Decode(text);
  auto decoder = NewPostfixDecoder({});
  Decoded pieces;
  for (size_t at = 0; at < text.size();) {
    const size_t end = text.find('\n', at) + 1;
    for (Event& event : Decode(decoder.get(), text.substr(at, end - at)).events) {
      pieces.events.push_back(std::move(event));
    }
    at = end;
  }
  ASSERT_EQ(pieces.events.size(), whole.events.size());
  for (size_t i = 0; i < whole.events.size(); ++i) {
    EXPECT_EQ(pieces.events[i].domain, whole.events[i].domain);
    EXPECT_EQ(pieces.events[i].sender, whole.events[i].sender);
  }
  EXPECT_EQ(decoder->counters().lines, whole.counters.lines);
  EXPECT_EQ(whole.counters.lines, static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n')));
}

TEST(Postfix, StateSurvivesARestart) {
  auto first = NewPostfixDecoder({});
  Decode(first.get(), Line("9E6187D: from=<s@news.example>, size=282, nrcpt=1 (queue active)"));
  std::string record;
  EXPECT_TRUE(first->SaveChanges(&record));
  auto second = NewPostfixDecoder({});
  ASSERT_TRUE(second->LoadRecord(record));
  const Decoded decoded = Decode(second.get(), Delivery("u@a.test", "dsn=2.0.0, status=sent (250 ok)"));
  ASSERT_EQ(decoded.events.size(), 1u);
  EXPECT_EQ(decoded.events[0].sender, "news.example");
}

// Logs of a real Postfix, where they lie beside the checkout: one run, written in four forms, gives equal
// events.
TEST(PostfixRealLogs, RenderingsOfOneRunAgree) {
  const char* given = std::getenv("BOUNCEWATCH_SHARED");
  const std::filesystem::path shared =
      given != nullptr ? given : std::filesystem::path(BOUNCEWATCH_SOURCE_DIR) / ".." / "shared";
  const auto folder = shared / "data" / "mta-logs" / "postfix";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no real logs at " << folder;
  std::string first;
  for (const char* form : {"traditional", "rfc3339", "rfc5424", "json"}) {
    SCOPED_TRACE(form);
    std::ifstream file(folder / (std::string("lab-rsyslog-") + form + ".log"));
    ASSERT_TRUE(file.good());
    std::stringstream text;
    text << file.rdbuf();
    const Decoded decoded = Decode(text.str());
    EXPECT_EQ(decoded.counters.join_misses, 0u);
    for (LineShape shape : {LineShape::kBadHeader, LineShape::kBadRecipient, LineShape::kBadStatus,
                            LineShape::kBadJson, LineShape::kNoRecipient}) {
      EXPECT_EQ(Shape(decoded, shape), 0u) << LineShapeName(shape);
    }
    std::string all;
    for (const Event& e : decoded.events) {
      all += std::to_string(e.time_s) + ' ' + std::string(OutcomeName(e.outcome)) + ' ' + e.domain + ' ' +
             e.sender + ' ' + e.relay_host + ' ' + e.reply + '\n';
    }
    EXPECT_FALSE(all.empty());
    if (first.empty()) first = all;
    EXPECT_EQ(all, first);
  }
}

}  // namespace
}  // namespace bouncewatch

// Logs of real MTAs, where they lie beside the checkout (RealLogs): no line of a delivery is left unread, the
// writers' forms of one run agree, and what was decoded is what the receiver had said.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <map>
#include <set>

#include "classifier/decode/formats.h"
#include "classifier/reply.h"
#include "tests/support/decode_log.h"

namespace bouncewatch {
namespace {

struct Log {
  const char* file;
  uint64_t expired_unknown = 0;  // expiries of notices, whose recipient was never tried
};

std::string FormatOf(const Log& log) {
  return std::string(log.file).substr(0, std::string(log.file).find('/'));
}

std::vector<DecodedEvent> DecodeLog(const Log& log) {
  const auto decoder = FindFormat(FormatOf(log))->make_decoder({});
  return DecodeAll(decoder.get(), ReadWholeFile(RealLogs() / log.file));
}

class RealLog : public testing::TestWithParam<Log> {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(RealLogs())) GTEST_SKIP() << "no real logs at " << RealLogs();
  }
};

TEST_P(RealLog, NoDeliveryLineIsLeftUnread) {
  const std::string text = ReadWholeFile(RealLogs() / GetParam().file);
  ASSERT_FALSE(text.empty());
  const Format* told = DetectFormat(text);
  ASSERT_NE(told, nullptr);
  EXPECT_EQ(told->name, FormatOf(GetParam()));
  const auto decoder = told->make_decoder({});
  EXPECT_GT(DecodeAll(decoder.get(), text).size(), 100u);
  for (LineShape shape : {LineShape::kBadHeader, LineShape::kBadRecipient, LineShape::kBadStatus,
                          LineShape::kBadJson, LineShape::kBadRecord}) {
    EXPECT_EQ(ShapeCount(*decoder, shape), 0u) << LineShapeName(shape);
  }
  EXPECT_EQ(ShapeCount(*decoder, LineShape::kNoRecipient), GetParam().expired_unknown);
}

const Log kLogs[] = {
    {"exim/lab-mainlog-default.log"},
    {"exim/lab-mainlog-verbose-selector.log"},
    {"exim/lab-syslog-split.log"},
    {"haraka/lab-haraka-3.3.4-default-format.log"},
    {"opensmtpd/lab-opensmtpd-6.8.0p2-rfc3339.log"},
    {"opensmtpd/lab-opensmtpd-6.8.0p2-traditional.log"},
    {"postfix/lab-journald-json.jsonl"},
    {"postfix/lab-journald-short-iso.log"},
    {"postfix/lab-maillog_file.log"},
    {"postfix/lab-rsyslog-json.log"},
    {"postfix/lab-rsyslog-rfc3339.log"},
    {"postfix/lab-rsyslog-rfc5424.log"},
    {"postfix/lab-rsyslog-traditional.log"},
    {"sendmail/lab-sendmail-8.17.1.9-rfc3339.log", 2},
    {"sendmail/lab-sendmail-8.17.1.9-traditional.log", 2},
};
INSTANTIATE_TEST_SUITE_P(Mta, RealLog, testing::ValuesIn(kLogs), [](const auto& test) {
  std::string name = test.param.file;
  for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return name;
});

// What does not depend on who wrote the line. (rsyslog writes "#011" for a tab: that one reply differs.)
std::multiset<std::string> Essence(const std::vector<DecodedEvent>& events) {
  std::multiset<std::string> essence;
  for (const DecodedEvent& e : events) {
    if (e.reply.find("\ttab") != std::string::npos || e.reply.find("#011tab") != std::string::npos) continue;
    essence.insert(absl::StrFormat("%s x%d %s %s %s %s", std::string(OutcomeName(e.outcome)), e.repeat,
                                   e.recipient, e.sender, e.relay_host, e.reply));
  }
  return essence;
}

class RealForms : public RealLog {};

TEST_F(RealForms, OfOneRunAgree) {
  const std::vector<std::vector<Log>> runs = {
      {{"exim/lab-mainlog-verbose-selector.log"}, {"exim/lab-syslog-split.log"}},
      {{"opensmtpd/lab-opensmtpd-6.8.0p2-rfc3339.log"}, {"opensmtpd/lab-opensmtpd-6.8.0p2-traditional.log"}},
      {{"postfix/lab-rsyslog-traditional.log"},
       {"postfix/lab-rsyslog-rfc3339.log"},
       {"postfix/lab-rsyslog-rfc5424.log"},
       {"postfix/lab-rsyslog-json.log"}},
      {{"postfix/lab-journald-json.jsonl"}, {"postfix/lab-journald-short-iso.log"}},
      {{"sendmail/lab-sendmail-8.17.1.9-rfc3339.log"}, {"sendmail/lab-sendmail-8.17.1.9-traditional.log"}},
  };
  for (const std::vector<Log>& run : runs) {
    const auto first = Essence(DecodeLog(run[0]));
    EXPECT_GT(first.size(), 100u);
    for (const Log& log : run) EXPECT_EQ(Essence(DecodeLog(log)), first) << log.file;
  }
}

// Two runs of one scenario, one written by rsyslog and one by the journal: how often a dead host is tried
// again depends on the clock, what became of each message does not.
TEST_F(RealForms, OfTwoRunsSettleAlike) {
  std::map<std::string, uint64_t> first;
  for (const char* file : {"postfix/lab-rsyslog-rfc3339.log", "postfix/lab-journald-json.jsonl"}) {
    std::map<std::string, uint64_t> settled;
    for (const DecodedEvent& e : DecodeLog({file})) {
      if (e.outcome == Outcome::kDeferred || e.outcome == Outcome::kEcho) continue;
      settled[absl::StrFormat("%s %s", std::string(OutcomeName(e.outcome)),
                              std::string(OriginName(e.origin)))] += e.repeat;
    }
    EXPECT_GE(settled.size(), 5u);
    if (first.empty()) first = settled;
    EXPECT_EQ(settled, first) << file;
  }
}

// One failing reply of the receiver's table (lab/postfix/truth.json), by local part.
struct Told {
  std::string stage;
  int code = 0;
  std::string enhanced;
};

std::map<std::string, Told> Truth() {
  std::map<std::string, Told> truth;
  simdjson::dom::parser parser;
  const std::string text = ReadWholeFile(RealLogs() / ".." / ".." / "lab" / "postfix" / "truth.json");
  simdjson::dom::object object;
  if (parser.parse(text).get_object().get(object) != simdjson::SUCCESS) return truth;
  for (const auto entry : object) {
    Told told;
    int64_t code = 0;
    std::string_view stage, enhanced;
    if (entry.value["stage"].get_string().get(stage) != simdjson::SUCCESS) continue;
    if (entry.value["code"].get_int64().get(code) != simdjson::SUCCESS) continue;
    if (entry.value["enhanced"].get_string().get(enhanced) == simdjson::SUCCESS) told.enhanced = enhanced;
    told.stage = stage;
    told.code = static_cast<int>(code);
    truth[std::string(entry.key)] = told;
  }
  return truth;
}

class RealReplies : public RealLog {};

// Every recipient that the receiver turns away by its table comes out with the code and the enhanced code of
// the table, and with the outcome that the code's class asks for.
TEST_F(RealReplies, AreWhatTheReceiverSaid) {
  const auto truth = Truth();
  ASSERT_GT(truth.size(), 20u);
  // Two answers in one (550, then 450), 354 to RCPT, no code at all: here MTAs differ, and may.
  const std::set<std::string> odd = {"mixml", "code3xx", "garbage"};
  // How many of them each run was sent and names in its log: Haraka does so only at the RCPT stage.
  const std::pair<const char*, size_t> logs[] = {
      {"exim/lab-mainlog-default.log", 33},
      {"sendmail/lab-sendmail-8.17.1.9-rfc3339.log", 33},
      {"opensmtpd/lab-opensmtpd-6.8.0p2-rfc3339.log", 32},  // one was pipelined behind a 421
      {"haraka/lab-haraka-3.3.4-default-format.log", 25},
      {"postfix/lab-rsyslog-rfc3339.log", 37},
  };
  for (const auto& [file, recipients] : logs) {
    SCOPED_TRACE(file);
    std::map<std::string, int> seen;
    for (const DecodedEvent& e : DecodeLog({file})) {
      if (e.origin != Origin::kRemote || e.domain != "sink.test" || e.outcome == Outcome::kDelivered)
        continue;
      if (e.outcome == Outcome::kEcho || e.outcome == Outcome::kProbe || e.outcome == Outcome::kExpired)
        continue;
      const auto told = truth.find(e.recipient.substr(0, e.recipient.find('@')));
      if (told == truth.end() || odd.contains(told->first) || told->second.code < 400) continue;
      const Reply reply = ParseReply(e.reply);
      EXPECT_EQ(reply.code, told->second.code) << e.recipient << ": " << e.reply;
      EXPECT_EQ(reply.enhanced.ToString(), told->second.enhanced) << e.recipient << ": " << e.reply;
      if (e.dsn.empty()) {
        EXPECT_EQ(e.outcome, told->second.code < 500 ? Outcome::kDeferred : Outcome::kBounced) << e.recipient;
      }
      ++seen[told->first];
    }
    EXPECT_EQ(seen.size(), recipients);
  }
}

}  // namespace
}  // namespace bouncewatch

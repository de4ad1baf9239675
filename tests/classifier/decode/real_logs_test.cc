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

// What does not depend on who wrote the line.
std::multiset<std::string> Essence(const std::vector<DecodedEvent>& events) {
  std::multiset<std::string> essence;
  for (const DecodedEvent& e : events) {
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

// Every named recipient that the receiver rejects by its table was logged with the code and the enhanced code
// of the table at least once, and never with another outcome than the code's class asks for.
TEST_F(RealReplies, AreWhatTheReceiverSaid) {
  const auto truth = Truth();
  ASSERT_GT(truth.size(), 20u);
  // Two answers in one, or none: MTAs differ. mixml: 550 then 450; code3xx: 354 to RCPT; garbage: no code;
  // gmail421 and d421 hang up, so that a pipelined command fails first.
  const std::set<std::string> odd = {"mixml", "code3xx", "garbage", "ok", "size"};
  for (const char* file : {"exim/lab-mainlog-default.log", "sendmail/lab-sendmail-8.17.1.9-rfc3339.log",
                           "opensmtpd/lab-opensmtpd-6.8.0p2-rfc3339.log",
                           "haraka/lab-haraka-3.3.4-default-format.log", "postfix/lab-rsyslog-rfc3339.log"}) {
    SCOPED_TRACE(file);
    std::map<std::string, int> seen;
    const bool haraka = std::string(file).starts_with("haraka");
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
    for (const auto& [name, told] : truth) {
      if (odd.contains(name) || told.code < 400 || told.stage == "mail") continue;
      if (haraka && (told.stage != "rcpt" || name == "empty")) continue;  // its log names nobody there
      EXPECT_GT(seen[name], 0) << name;
    }
  }
}

}  // namespace
}  // namespace bouncewatch

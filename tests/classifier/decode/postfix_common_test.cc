// The two readers of a Postfix line, that of the common shapes and the general one, must agree on every line.
// Which of them reads is decided by what stands behind the line: the last line of a buffer is always the
// general reader's. So each line is decoded once at the end of a buffer and once with much behind it.
#include "classifier/decode/postfix_common.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "classifier/decode/postfix.h"
#include "tests/support/decode_log.h"
#include "tests/support/event_text.h"

namespace bouncewatch {
namespace {

constexpr char kHead[] = "2026-11-23T03:18:32.888266+00:00 mx7 postfix/smtp[899]: 4Xz1Kd2Lq9z1: ";

std::string Padding() {
  return std::string(static_cast<size_t>(kCommonSlack) + 1, '.') + "\n";
}

struct Answer {
  std::vector<std::string> events;
  uint64_t lines = 0;
  bool operator==(const Answer&) const = default;
};

// What `line` gives when the same line stood before it; and the sender that a later delivery then joins.
Answer Decode(const std::string& line, bool padded) {
  PostfixOptions options;
  options.queue_slots = 64;
  auto decoder = NewPostfixDecoder(options);
  FileState file = FileBefore2027();
  Answer answer;
  const std::string later = std::string(kHead) +
                            "to=<last@example.net>, relay=none, delay=1, delays=0/0/1/0, dsn=4.4.1, "
                            "status=deferred (connect to example.net[192.0.2.9]:25: refused)\n";
  for (const std::string& text : {line, line, later}) {
    // A buffer of exactly the text's size: a reader that goes beyond it is caught by the sanitizer.
    const std::string whole = text + "\n" + (padded ? Padding() : "");
    const std::vector<char> bytes(whole.begin(), whole.end());
    for (std::string& event :
         EventTexts(decoder.get(), std::string_view(bytes.data(), bytes.size()), bytes.size(), &file)) {
      answer.events.push_back(std::move(event));
    }
  }
  answer.lines = decoder->counters().lines - (padded ? 3 : 0);
  return answer;
}

const std::vector<std::string>& Lines() {
  static const std::vector<std::string> lines = [] {
    std::vector<std::string> out;
    for (const char* body : {
             "from=<news@shop.example>, size=28231, nrcpt=1 (queue active)",
             "from=<>, size=2, nrcpt=12 (queue active)",
             "from=<postmaster>, size=2, nrcpt=3 (queue active)",
             "from=<\"a>b\"@shop.example>, size=2, nrcpt=3 (queue active)",
             "from=<news@shop.example>, status=expired, returned to sender",
             "to=<joe@example.org>, relay=mx1.example.org[192.0.2.1]:25, delay=0.8, delays=0.1/0/0.3/0.4, "
             "dsn=2.0.0, "
             "status=sent (250 2.0.0 Ok: queued as 4Xz)",
             "to=<joe@example.org>, relay=mx1.example.org[2001:db8::1]:25, conn_use=3, delay=0.8, "
             "delays=0.1/0/0.3/0.4, tls=[TLSv1.3 with cipher X (256/256 bits)], dsn=4.7.1, status=deferred "
             "(host "
             "mx1.example.org[2001:db8::1] said: 451 4.7.1 Greylisted (in reply to RCPT TO command))",
             "to=<joe@example.org>, orig_to=<root>, relay=mx1.example.org[192.0.2.1]:25, delay=0.8, "
             "delays=0.1/0/0.3/0.4, dsn=5.1.1, status=bounced (host mx1.example.org[192.0.2.1] said: 550 "
             "5.1.1 No "
             "such user (in reply to RCPT TO command))",
             "to=<\"a>, relay=b\"@example.org>, relay=none, delay=1, delays=1/0/0/0, dsn=5.4.4, "
             "status=bounced (Host "
             "or domain name not found. Name service error for name=example.org type=A: Host not found)",
             "to=<joe@example.org>, relay=host[private/lmtp], delay=1, delays=1/0/0/0, dsn=2.0.0, "
             "status=sent (250 "
             "Saved)",
             "to=<joe@example.org>, relay=lists[/run/lmtp], delay=1, delays=1/0/0/0, dsn=2.0.0, status=sent "
             "(250 OK)",
             "to=<joe@example.org>, relay=local, delay=1, delays=1/0/0/0, dsn=2.0.0, status=sent (delivered "
             "to "
             "mailbox)",
             "to=<joe@example.org>, relay=a[192.0.2.1]:25, delay=1, delays=1/0/0/0, dsn=2.0.0, dsn=5.0.0, "
             "status=sent (250 OK)",
             "to=<joe@example.org>, relay=a[192.0.2.1]:25, delay=1, delays=1/0/0/0, dsn=4.0.0, "
             "status=undeliverable "
             "(probe)",
             "to=<joe@example.org>, relay=none, delay=1, delays=1/0/0/0, dsn=4.3.2, status=deferred "
             "(delivery "
             "temporarily suspended: lost connection with a[192.0.2.1] while receiving the initial server "
             "greeting)",
         }) {
      out.push_back(std::string(kHead) + body);
    }
    out.push_back(std::string("Nov 23 03:16:50 mx7 postfix-out3/smtp[11]: ABCDEF0123: ") +
                  out[5].substr(sizeof kHead - 1));
    out.push_back(
        std::string("<22>Nov  3 03:16:50 mx7 postfix/smtp[11]: message repeated 3 times: [ ABCDEF0123: ") +
        out[6].substr(sizeof kHead - 1) + "]");
    return out;
  }();
  return lines;
}

TEST(PostfixCommon, ReadsWhatTheGeneralReaderReads) {
  for (const std::string& line : Lines()) {
    const Answer general = Decode(line, false);
    EXPECT_EQ(Decode(line, true).events, general.events) << line;
    EXPECT_FALSE(general.events.empty()) << line;
  }
}

TEST(PostfixCommon, ReadsCutLinesAlike) {
  for (const std::string& line : Lines()) {
    for (size_t size = 0; size < line.size(); ++size) {
      const std::string cut = line.substr(0, size);
      ASSERT_EQ(Decode(cut, true), Decode(cut, false)) << cut;
    }
  }
}

TEST(PostfixCommon, ReadsDamagedLinesAlike) {
  constexpr std::string_view kBytes = ">,<@[]\"= :;()/a0\0\xff";
  std::mt19937 random(20261123);
  const auto below = [&](size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(random); };
  for (int round = 0; round < 20'000; ++round) {
    std::string line = Lines()[below(Lines().size())];
    for (size_t changes = 1 + below(3); changes > 0; --changes) {
      const size_t at = below(line.size());
      switch (below(4)) {
        case 0:
          line[at] = kBytes[below(kBytes.size())];
          break;
        case 1:
          line.insert(at, 1, kBytes[below(kBytes.size())]);
          break;
        case 2:
          line.erase(at, 1 + below(20));
          break;
        default:
          line.insert(at, line.substr(below(line.size()), below(40)));
      }
      if (line.empty()) line = "x";
    }
    ASSERT_EQ(Decode(line, true), Decode(line, false)) << "round " << round << ": " << line;
  }
}

}  // namespace
}  // namespace bouncewatch

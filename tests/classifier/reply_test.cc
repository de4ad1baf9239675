#include "classifier/reply.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace bouncewatch {
namespace {

struct Case {
  const char* input;
  int code;
  const char* enhanced;
  Phase phase;
  const char* text;
  std::vector<std::string> speakers;  // of the hops, outermost first
};

void Check(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    SCOPED_TRACE(c.input);
    const Reply reply = ParseReply(c.input);
    EXPECT_EQ(reply.code, c.code);
    EXPECT_EQ(reply.enhanced.ToString(), c.enhanced);
    EXPECT_EQ(PhaseName(reply.phase), PhaseName(c.phase));
    EXPECT_EQ(reply.text, c.text);
    std::vector<std::string> speakers;
    for (const Hop& hop : reply.hops) speakers.push_back(hop.speaker);
    EXPECT_EQ(speakers, c.speakers);
  }
}

TEST(ParseReply, ReadsCodesAtTheStart) {
  const Phase none = Phase::kUnknown;
  Check({
      {"", 0, "", none, "", {}},
      {"user unknown", 0, "", none, "user unknown", {}},
      {"550 user unknown", 550, "", none, "user unknown", {}},
      {"550", 550, "", none, "", {}},
      {"550 5.1.1 user unknown", 550, "5.1.1", none, "user unknown", {}},
      {"550-5.1.1 user unknown", 550, "5.1.1", none, "user unknown", {}},
      {"550: user unknown", 550, "", none, "user unknown", {}},
      {"#550 5.1.1 user unknown", 550, "5.1.1", none, "user unknown", {}},
      {"550 #5.1.1 user unknown", 550, "5.1.1", none, "user unknown", {}},
      {"550 (5.7.1) refused", 550, "5.7.1", none, "refused", {}},
      {"550 [5.7.1] refused", 550, "5.7.1", none, "refused", {}},
      {"5.1.1 user unknown", 0, "5.1.1", none, "user unknown", {}},
      {"#5.1.1 user unknown", 0, "5.1.1", none, "user unknown", {}},
      {"5.7.606 banned", 0, "5.7.606", none, "banned", {}},
      {"553 sorry, no mailbox here (#5.1.1)", 553, "5.1.1", none, "sorry, no mailbox here (#5.1.1)", {}},
      {"  421 4.7.0 busy\r\n", 421, "4.7.0", none, "busy", {}},
      {"4.16.55.1 is no code", 0, "", none, "4.16.55.1 is no code", {}},
      {"5501 messages", 0, "", none, "5501 messages", {}},
      {"600 what", 0, "", none, "600 what", {}},
      {"550_20 what", 0, "", none, "550_20 what", {}},
      {"550 <joe@example.org> unknown", 550, "", none, "<joe@example.org> unknown", {}},
  });
}

TEST(ParseReply, JoinsLines) {
  const Phase none = Phase::kUnknown;
  Check({
      {"550-5.7.26 one 550-5.7.26 two 550 5.7.26 three", 550, "5.7.26", none, "one two three", {}},
      {"550-no mailbox 550-by that name 550 here", 550, "", none, "no mailbox by that name here", {}},
      {"450-4.2.1 wait 450-4.2.1 please", 450, "4.2.1", none, "wait please", {}},
      {"550-5.7.1 one 550 two", 550, "5.7.1", none, "one two", {}},
      {"550-5.7.1 first 450 4.7.1 last", 450, "4.7.1", none, "first last", {}},
      {"554-mx.example.org 554-no service 554 see page",
       554,
       "",
       none,
       "mx.example.org no service see page",
       {}},
      {"550 5.1.1 gone 550 5.1.1 gone", 550, "5.1.1", none, "gone gone", {}},
      // What follows a finished reply was said to other commands, or is a sentence about codes.
      {"550 5.1.1 gone 503 5.5.1 need RCPT", 550, "5.1.1", none, "gone 503 5.5.1 need RCPT", {}},
      {"550 gave error 550 before", 550, "", none, "gave error 550 before", {}},
      {"550-5.7.1 limit of 500 messages 550 5.7.1 hit", 550, "5.7.1", none, "limit of 500 messages hit", {}},
  });
}

TEST(ParseReply, OpensWrappersOfPostfix) {
  Check({
      {"host mx.example.org[192.0.2.1] said: 550 5.1.1 gone (in reply to RCPT TO command)",
       550,
       "5.1.1",
       Phase::kRcpt,
       "gone",
       {"mx.example.org"}},
      {"550 5.7.1 spam (in reply to end of DATA command)", 550, "5.7.1", Phase::kEndOfData, "spam", {}},
      {"550 5.7.1 no (in reply to MAIL FROM command)", 550, "5.7.1", Phase::kMail, "no", {}},
      {"550 5.7.1 no (in reply to DATA command)", 550, "5.7.1", Phase::kData, "no", {}},
      {"550 5.7.1 no (in reply to EHLO command)", 550, "5.7.1", Phase::kHelo, "no", {}},
      {"454 4.7.0 no (in reply to STARTTLS command)", 454, "4.7.0", Phase::kStartTls, "no", {}},
      {"535 5.7.8 no (in reply to AUTH command)", 535, "5.7.8", Phase::kAuth, "no", {}},
      {"550 5.7.1 cut (in reply to RCPT", 550, "5.7.1", Phase::kRcpt, "cut", {}},
      {"550 5.7.1 one (in reply to RCPT TO command)two", 550, "5.7.1", Phase::kRcpt, "one two", {}},
      {"host mx.example.org[2001:db8::1] refused to talk to me: 421 4.3.2 busy",
       421,
       "4.3.2",
       Phase::kConnect,
       "busy",
       {"mx.example.org"}},
      {"host <host>[<ip>] said: 450 4.2.0 <addr>: later",
       450,
       "4.2.0",
       Phase::kUnknown,
       "<addr>: later",
       {"<host>"}},
      {"delivery temporarily suspended: host mx.example.org[192.0.2.1] refused to talk to me: 554 no",
       554,
       "",
       Phase::kConnect,
       "no",
       {"", "mx.example.org"}},
      {"550 5.1.1 <a@example.org>: Recipient address rejected: undeliverable address: host "
       "in.example.org[192.0.2.2] "
       "said: 550 5.2.2 full (in reply to RCPT TO command) (in reply to RCPT TO command)",
       550,
       "5.2.2",
       Phase::kRcpt,
       "full",
       {"in.example.org"}},
      // What the sender's own server said about the sender is no verdict on the recipient.
      {"550 5.1.7 <a@example.org>: Sender address rejected: undeliverable address: host "
       "in.example.org[192.0.2.2] "
       "said: 550 5.1.1 no such user",
       550,
       "5.1.7",
       Phase::kUnknown,
       "<a@example.org>: Sender address rejected: undeliverable address: host in.example.org[192.0.2.2] "
       "said: 550 5.1.1 no such user",
       {}},
      {"lost connection with mx.example.org[192.0.2.1] while performing the EHLO handshake",
       0,
       "",
       Phase::kHelo,
       "lost connection with mx.example.org[192.0.2.1] while performing the EHLO handshake",
       {}},
      {"lost connection with mx.example.org[192.0.2.1] while sending RCPT TO",
       0,
       "",
       Phase::kRcpt,
       "lost connection with mx.example.org[192.0.2.1] while sending RCPT TO",
       {}},
  });
}

TEST(ParseReply, OpensOtherWrappers) {
  const Phase none = Phase::kUnknown;
  Check({
      {"SMTP error from remote mail server after RCPT TO:<a@example.org>: host mx.example.org [192.0.2.1]: "
       "550 gone",
       550,
       "",
       Phase::kRcpt,
       "gone",
       {"mx.example.org"}},
      {"host mx.example.org [192.0.2.1]: SMTP error from remote mail server after MAIL FROM:<b@example.net> "
       "SIZE=99: "
       "452 4.3.1 full",
       452,
       "4.3.1",
       Phase::kMail,
       "full",
       {"mx.example.org"}},
      {"SMTP error from remote mail server after end of data: 554 spam",
       554,
       "",
       Phase::kEndOfData,
       "spam",
       {"remote"}},
      {"SMTP error from remote mail server after initial connection: 421 busy",
       421,
       "",
       Phase::kConnect,
       "busy",
       {"remote"}},
      {"smtp;550 5.1.1 gone", 550, "5.1.1", none, "gone", {""}},
      {"smtp; 550 5.1.1 gone", 550, "5.1.1", none, "gone", {""}},
      {"192.0.2.1 failed after I sent the message. Remote host said: 554 5.7.1 spam",
       554,
       "5.7.1",
       none,
       "spam",
       {"192.0.2.1"}},
      {"554 5.4.7 [internal] (last transfail: 452-4.2.2 mailbox full)",
       452,
       "4.2.2",
       none,
       "mailbox full",
       {""}},
      {"Deferred: 451 4.3.0 later", 451, "4.3.0", none, "later", {""}},
      {"Remote Server returned '554 5.7.1 refused'", 554, "5.7.1", none, "refused", {"remote"}},
      {"550 5.7.350 Remote server returned spam -> 554 5.7.1 spam found",
       554,
       "5.7.1",
       none,
       "spam found",
       {"remote"}},
      {"552 failed, remote said \"550 no such user\"", 550, "", none, "no such user", {"remote"}},
      {"5.1.0 - Unknown address error 550-'5.1.1 gone'", 550, "5.1.1", none, "gone", {""}},
      {"450 4.7.1 [GATE] 554 5.7.1 listed", 554, "5.7.1", none, "listed", {""}},
      {"450 450 4.2.2 full", 450, "4.2.2", none, "full", {""}},
      {"mx.example.org[192.0.2.1] responded with failure: 552 full",
       552,
       "",
       none,
       "full",
       {"mx.example.org"}},
      {"The response from the remote server was: 550 5.1.1 gone", 550, "5.1.1", none, "gone", {"remote"}},
      {"He said: I do not know", 0, "", none, "He said: I do not know", {}},
  });
}

TEST(ParseReply, KeepsHopsAsWritten) {
  const Reply reply = ParseReply(
      "421 4.1.1 later: host a.example[192.0.2.1] said: 450 4.1.1 host b.example[192.0.2.2] said: 550 no");
  ASSERT_EQ(reply.hops.size(), 2u);
  EXPECT_EQ(reply.hops[0].speaker, "a.example");
  EXPECT_EQ(reply.hops[0].text, "421 4.1.1 later: host a.example[192.0.2.1] said:");
  EXPECT_EQ(reply.hops[1].speaker, "b.example");
  EXPECT_EQ(reply.code, 550);
}

TEST(ParseReply, OpensAtMostSoManyWrappers) {
  std::string text;
  for (int i = 0; i < 50; ++i) text += "host a.example[192.0.2.1] said: 450 4.0.0 ";
  EXPECT_EQ(ParseReply(text).hops.size(), kMaxHops);
}

TEST(ParseReply, IsLinearOnHostileText) {
  // Each unit is a construct that a careless search would look at again from every position.
  for (const char* unit : {"(in reply to ", "SMTP error from remote mail server after ", "550-", "550 5.7.1 ",
                           "(#", "said:", ")", "\"", " while ", "host ", "'", "-> ", "(in reply to DATA)"}) {
    std::string text;
    while (text.size() < 1'000'000) text += unit;
    const auto start = std::chrono::steady_clock::now();
    ParseReply(text);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5)) << unit;
  }
}

TEST(EnhancedCode, ParsesAndPrints) {
  struct {
    const char* text;
    const char* code;
    size_t length;
  } constexpr kCases[] = {
      {"5.7.1", "5.7.1", 5},
      {"4.7.650 x", "4.7.650", 7},
      {"2.0.0)", "2.0.0", 5},
      {"5.7.1.", "5.7.1", 5},
      {"5.7.1.2", "", 0},
      {"5.7", "", 0},
      {"3.1.1", "", 0},
      {"5.1234.1", "", 0},
      {"5.7.1a", "", 0},
      {"5..1", "", 0},
      {"", "", 0},
      {"5.7.1000", "", 0},
  };
  for (const auto& c : kCases) {
    size_t length = 99;
    EXPECT_EQ(ParseEnhancedCode(c.text, &length).ToString(), c.code) << c.text;
    EXPECT_EQ(length, c.length) << c.text;
  }
}

TEST(EnhancedCode, PacksWithoutLoss) {
  const EnhancedCode code{5, 999, 999};
  EXPECT_EQ(EnhancedCode::Unpack(code.packed()), code);
  EXPECT_TRUE(EnhancedCode::Unpack(0).empty());
}

}  // namespace
}  // namespace bouncewatch

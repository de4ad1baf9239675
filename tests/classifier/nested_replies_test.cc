// Replies inside replies: whoever quotes whom, the innermost code, the server that said it and on whose
// behalf it spoke come out right. The words are invented, the forms are those of the programs named.
#include <gtest/gtest.h>

#include <string>

#include "classifier/classifier.h"
#include "classifier/embedded_file.h"
#include "classifier/reply.h"
#include "classifier/rules/loader.h"
#include "classifier/speaker.h"

namespace bouncewatch {
namespace {

struct Nested {
  const char* form;
  const char* text;
  int code;
  const char* enhanced;
  const char* host;
  size_t hops;
  Speaker speaker;
};

constexpr Speaker kReceiver = Speaker::kReceiver;

constexpr Nested kNested[] = {
    {"Postfix",
     "host mx1.example.net[192.0.2.1] said: 550 5.1.1 <joe@example.net>: no such user here (in reply to RCPT "
     "TO command)",
     550, "5.1.1", "mx1.example.net", 1, kReceiver},
    {"Postfix, address verification",
     "550 5.1.1 <joe@example.net>: Recipient address rejected: undeliverable address: host "
     "inner.example.net[192.0.2.7] said: "
     "550 5.7.133 sender not authenticated for group (in reply to RCPT TO command) (in reply to RCPT TO "
     "command)",
     550, "5.7.133", "inner.example.net", 1, Speaker::kRecipientRule},
    {"Postfix, verification behind verification",
     "450 4.1.1 <joe@example.net>: Recipient address rejected: unverified address: host "
     "a.example.net[192.0.2.1] said: 451 4.1.1 "
     "unverified address: host b.example.net[2001:db8::2] said: 452 4.2.2 mailbox full (in reply to RCPT TO "
     "command)",
     452, "4.2.2", "b.example.net", 2, kReceiver},
    {"Postfix, suspended destination",
     "delivery temporarily suspended: host mx.example.org[198.51.100.3] refused to talk to me: 554 5.7.1 "
     "Service unavailable; "
     "Client host [192.0.2.9] blocked using zen.spamhaus.org; Error: open resolver",
     554, "5.7.1", "mx.example.org", 2, Speaker::kBrokenReceiver},
    {"Exim",
     "SMTP error from remote mail server after RCPT TO:<joe@example.net>: host mx.example.net [192.0.2.4]: "
     "550 5.2.1 mailbox disabled",
     550, "5.2.1", "mx.example.net", 1, kReceiver},
    {"Exim, its log",
     "R=dnslookup T=remote_smtp H=mx.example.net [192.0.2.4]: SMTP error from remote mail server after "
     "pipelined end of data: "
     "554 5.7.1 message looks like spam",
     554, "5.7.1", "mx.example.net", 1, kReceiver},
    {"Exim, callout of the recipient", "550-Callout verification failed: 550 550 5.1.1 user unknown", 550,
     "5.1.1", "", 1, kReceiver},
    {"qmail",
     "192.0.2.44 does not like recipient. Remote host said: 553 sorry, no mailbox here by that name (#5.1.1) "
     "Giving up on "
     "192.0.2.44.",
     553, "5.1.1", "192.0.2.44", 1, kReceiver},
    {"qmail, sender refused",
     "Connected to 192.0.2.45 but sender was rejected. Remote host said: 550 5.7.708 Access denied, traffic "
     "not accepted from this IP",
     550, "5.7.708", "192.0.2.45", 1, Speaker::kOwnRelay},
    {"PowerMTA", "smtp;550 5.7.1 Message rejected by a rule of the recipient domain. a1b2c3-d4.5 - gcdp", 550,
     "5.7.1", "", 1, Speaker::kRecipientRule},
    {"delivery report", "Diagnostic-Code: smtp; 421 4.7.0 Try again later, closing connection", 421, "4.7.0",
     "", 1, kReceiver},
    {"Momentum",
     "554 5.4.7 [internal] (last transfail: 452-4.2.2 The mailbox of the recipient is full 452 4.2.2 try "
     "later)",
     452, "4.2.2", "", 1, kReceiver},
    {"Momentum, no server reached",
     "554 5.4.7 [internal] (last transfail: 454 4.4.4 [internal] no MX or A for domain)", 454, "4.4.4", "", 1,
     Speaker::kOwnMta},
    {"Microsoft 365, spam",
     "550 5.7.350 Remote server returned message detected as spam -> 554 5.7.1 Spam found by filter", 554,
     "5.7.1", "", 1, kReceiver},
    {"Microsoft 365, unknown user, two levels",
     "550 5.1.351 Remote server returned unknown recipient or mailbox unavailable -> 550 5.1.1 host "
     "back.example.net[192.0.2.8] said: "
     "550 5.1.10 Recipient not found by address lookup",
     550, "5.1.10", "back.example.net", 2, kReceiver},
    {"Microsoft 365, last error of a queue",
     "550 5.4.300 Message expired -> {LED=452 4.2.2 mailbox is "
     "full};{MSG=};{FQDN=mx.example.org};{IP=192.0.2.61};{LRT=11/23/2026}",
     452, "4.2.2", "mx.example.org", 1, kReceiver},
    {"Exchange",
     "Remote Server at mx.example.org (192.0.2.62) returned '550 5.7.124 sender not in allowed-senders list "
     "of the group'",
     550, "5.7.124", "mx.example.org", 1, Speaker::kRecipientRule},
    {"Exchange in Postfix",
     "host edge.example.com[192.0.2.3] said: 550 5.0.350 Remote Server at hub.example.com (10.0.0.4) "
     "returned '550 5.7.705 Access "
     "denied, tenant has exceeded threshold'",
     550, "5.7.705", "hub.example.com", 2, Speaker::kOwnRelay},
    {"forwarder quoting the next hop",
     "550 5.1.1 Error for mx.example.org of \"550 5.1.1 no mailbox here by that name\"", 550, "5.1.1",
     "mx.example.org", 1, kReceiver},
    {"forwarder, code between parentheses",
     "550 5.7.1 upstream (mx.example.org.) error: permanent error (552): 5.2.2 mailbox is over quota", 552,
     "5.2.2", "mx.example.org", 1, kReceiver},
    {"forwarder behind a forwarder",
     "host fwd.example.net[192.0.2.5] said: 421 4.3.0 upstream (next.example.org.) temporary error (451): "
     "4.7.1 host "
     "last.example.org[192.0.2.6] said: 450 4.2.0 greylisted, come back in 300 seconds",
     450, "4.2.0", "last.example.org", 3, kReceiver},
    {"gateway with its list of recipients",
     "550 permanent failure for one or more recipients (joe@example.org:550 5.1.1 user unknown)", 550,
     "5.1.1", "", 1, kReceiver},
    {"content filter in front",
     "host 127.0.0.1[127.0.0.1] said: 550 5.1.1 from MTA(smtp:[127.0.0.1]:10025): 550 5.1.1 user unknown",
     550, "5.1.1", "127.0.0.1", 2, kReceiver},
    {"sendmail", "while talking to mx.example.org.: >>> DATA <<< 554 5.7.1 message refused as spam", 554,
     "5.7.1", "mx.example.org", 1, kReceiver},
    {"gateway with two codes", "450 4.7.1 [GATE] 554 5.7.1 IP=192.0.2.14 is on our block list", 554, "5.7.1",
     "", 1, kReceiver},
};

TEST(NestedReplies, AreOpenedToTheInnermost) {
  for (const Nested& c : kNested) {
    SCOPED_TRACE(std::string(c.form) + ": " + c.text);
    const Reply reply = ParseReply(c.text);
    EXPECT_EQ(reply.code, c.code);
    EXPECT_EQ(reply.enhanced.ToString(), c.enhanced);
    EXPECT_EQ(reply.host(), c.host);
    EXPECT_EQ(reply.hops.size(), c.hops);
  }
}

TEST(NestedReplies, TellOnWhoseBehalfTheInnermostSpoke) {
  absl::StatusOr<RuleFileContent> content = ParseRuleFiles(EmbeddedRuleFiles());
  ASSERT_TRUE(content.ok()) << content.status();
  absl::StatusOr<std::shared_ptr<const RuleSet>> rules = RuleSet::Compile(*std::move(content));
  ASSERT_TRUE(rules.ok()) << rules.status();
  Classifier classifier(*rules);
  for (const Nested& c : kNested) {
    const Verdict& verdict = classifier.Classify(c.text, kNoProvider);
    EXPECT_EQ(SpeakerName(verdict.speaker), SpeakerName(c.speaker)) << c.form << ": " << c.text << "\n"
                                                                    << Causes()[verdict.cause].id;
    EXPECT_EQ(verdict.code, c.code) << c.form;  // of the masked text: masking hides no code
    EXPECT_EQ(verdict.enhanced.ToString(), c.enhanced) << c.form;
  }
}

TEST(NestedReplies, KeepWhatEachHopAnswered) {
  const Reply reply = ParseReply(kNested[20].text);
  ASSERT_EQ(reply.hops.size(), 3u);
  EXPECT_EQ(reply.hops[0].code, 0) << "the report of our own MTA has no code";
  EXPECT_EQ(reply.hops[0].address, "192.0.2.5");
  EXPECT_EQ(reply.hops[1].code, 421);
  EXPECT_EQ(reply.hops[1].enhanced.ToString(), "4.3.0");
  EXPECT_EQ(reply.hops[1].speaker, "next.example.org");
  EXPECT_EQ(reply.hops[2].code, 451);
  EXPECT_EQ(reply.hops[2].speaker, "last.example.org");
}

TEST(NestedReplies, OfSendersServersStayClosed) {
  constexpr const char* kTexts[] = {
      "550 5.1.7 <ann@example.com>: Sender address rejected: undeliverable address: host "
      "mx.example.com[192.0.2.2] said: 550 5.1.1 no",
      "550-Verification failed for <ann@example.com> 550-Called: 192.0.2.2 550-Sent: RCPT "
      "TO:<ann@example.com> 550-Response: 550 5.1.1 "
      "user unknown 550 Sender verify failed",
  };
  for (const char* text : kTexts) EXPECT_TRUE(ParseReply(text).hops.empty()) << text;
}

TEST(NestedReplies, AreNotSeenWhereALineGoesOn) {
  const struct {
    const char* text;
    const char* inner;
  } kCases[] = {
      {"550-5.7.1 learn more at: 550 5.7.1 https://example.org/help",
       "learn more at: https://example.org/help"},
      {"550 5.1.1 gone: 550 5.1.1 gone", "gone: gone"},
      {"550 5.7.1 limit reached: 500 messages an hour", "limit reached: 500 messages an hour"},
      {"452 4.5.3 too many recipients (joe@example.org:25)", "too many recipients (joe@example.org:25)"},
      {"550 5.7.1 see RFC: 5.7.1 means policy", "see RFC: 5.7.1 means policy"},
      {"550 5.7.1 LED=wrong value", "LED=wrong value"},
  };
  for (const auto& c : kCases) {
    const Reply reply = ParseReply(c.text);
    EXPECT_TRUE(reply.hops.empty()) << c.text << "\n" << (reply.hops.empty() ? "" : reply.hops[0].text);
    EXPECT_EQ(reply.text, c.inner);
  }
}

}  // namespace
}  // namespace bouncewatch

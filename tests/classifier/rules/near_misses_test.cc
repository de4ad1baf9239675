// What the shipped rules must not do: take an address off the list because of a reply that only sounds like a
// missing user, and call a listing what is a blocklist's refusal to answer the receiver.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "classifier/classifier.h"
#include "classifier/embedded_file.h"
#include "classifier/rules/loader.h"
#include "classifier/rules/rule_set.h"
#include "classifier/taxonomy.h"

namespace bouncewatch {
namespace {

class NearMisses : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    absl::StatusOr<RuleFileContent> content = ParseRuleFiles(EmbeddedRuleFiles());
    ASSERT_TRUE(content.ok()) << content.status();
    absl::StatusOr<std::shared_ptr<const RuleSet>> rules = RuleSet::Compile(*std::move(content));
    ASSERT_TRUE(rules.ok()) << rules.status();
    classifier_ = new Classifier(*std::move(rules));
  }
  static void TearDownTestSuite() { delete classifier_; }
  void SetUp() override { ASSERT_NE(classifier_, nullptr); }

  static const Cause& CauseOf(std::string_view text) {
    return Causes()[classifier_->Classify(text, kNoProvider).cause];
  }

  static inline Classifier* classifier_ = nullptr;
};

// Lookups that failed for now.
constexpr std::string_view kTemporary[] = {
    "451 4.3.0 <joe@example.org>: Temporary lookup failure: no such user table",
    "450 4.1.1 recipient could not be looked up, directory not available, try again later",
    "451 Cannot verify user at this time, unknown error",
    "451 4.4.3 LDAP lookup of user failed temporarily",
    "451 User lookup failed temporarily",
    "451 4.3.0 <joe@example.org>: recipient lookup failed, try again later",
    "450 4.2.0 <joe@example.org>: recipient lookup failed (temporary)",
    "451 4.1.1 user verification temporarily failed",
    "421 4.3.0 user database not found, please retry",
    "451 4.3.0 alias map not found",
    "450 unable to verify recipient now, please try later",
    "451 could not verify recipient, upstream server timed out",
    "451 4.4.0 temporarily unable to resolve domain of recipient",
    "450 4.4.3 recipient domain lookup failed, try again later",
    "450 user unavailable at the moment, please retry",
    "450 mailbox is being moved to another server, try again in an hour",
    "451 4.2.1 The mailbox is being migrated, try later",
    "421 mailbox server moved to maintenance, try later",
    "Host or domain name not found. Name service error for name=example.org type=MX: Host not found, try "
    "again",
    "451 4.4.3 host name lookup failed: SERVFAIL",
    "DNS server failure while looking up example.org",
    "Malformed SMTP reply from mx.example.org [192.0.2.1] in response to \"RCPT TO:<joe@example.org>\": "
    "2.1.5 ok",
};

// The sender, its domain, its host, its login.
constexpr std::string_view kSenders[] = {
    "550 5.1.7 sender does not exist: no such user",
    "550 unknown user in MAIL FROM: joe@example.org",
    "550 5.7.1 The address you send from is an unknown user at its own server",
    "553 your sender address was not found at mx.example.net: user unknown",
    "550 No such user: your envelope sender joe@example.org",
    "550 verify failed for sender: 550 mailbox not found",
    "550 Originator joe@example.org unknown user",
    "550 Return address does not exist",
    "550 Reverse path mailbox unknown",
    "550 5.7.1 callout to sender said: no such user here",
    "550-Callback to mx.example.net for joe@example.org: 550 No such user here",
    "550 5.1.7 we checked back with your server: unknown user",
    "550 SMTP callback: invalid mailbox of the sender",
    "553 invalid mailbox in From:",
    "550 5.1.8 no such domain in your sender address",
    "550 Domain of the originator could not be resolved",
    "553 unknown domain in MAIL FROM",
    "550 Your domain example.net does not exist",
    "550 cannot resolve the domain you send from",
    "550 Host not found: the domain of your address has no MX",
    "550 5.7.27 your domain has a null MX and cannot send",
    "550 MAIL FROM domain publishes a null MX",
    "550 HELO host unknown",
    "550 5.7.1 EHLO: no such host",
    "550 5.7.1 192.0.2.14: host not found in in-addr.arpa",
    "550 5.7.1 Unknown host for client address 192.0.2.7",
    "550 no name found for your address 192.0.2.7: host unknown",
    "550 hostname of connecting server 192.0.2.7 not found",
    "535 5.7.8 unknown user or bad password",
    "535 no such user in authentication database",
    "501 malformed return address",
    "553 5.1.7 illegal characters in the address you send from",
    "550 5.7.1 invalid sender: not owned by the account that logged in",
    "550 5.7.1 your account is no longer valid: suspended for abuse",
};

// Too many wrong recipients, filters, closed lists, relays, headers.
constexpr std::string_view kPolicy[] = {
    "550 5.7.1 Host sends to non-existent users",
    "550 5.7.1 too much mail to unknown users from your host",
    "554 192.0.2.7 sends mail to users who do not exist",
    "421 You sent to many mailboxes that do not exist; blocked for an hour",
    "550 5.7.1 Your percentage of nonexistent recipients is too high",
    "421 4.7.0 unknown user limit reached for 192.0.2.7",
    "550 5.7.1 spam sent to an unknown address list",
    "550 5.6.0 invalid address in To: header",
    "554 malformed address in the From header",
    "550 5.6.0 bad address syntax in message header",
    "501 malformed command",
    "501 5.5.4 malformed parameter to RCPT TO",
    "550 5.7.1 recipient domain is not served here, relaying denied",
    "550 domain of the recipient is not one of ours",
    "550 5.7.1 Mail denied by destination domain",
    "550 recipient not accepting mail from unknown users",
    "550 user joe does not accept mail from unknown senders",
    "550 5.7.1 unknown senders may not write to this group",
    "550 5.7.1 invalid sender for this list",
    "550 the recipient has rejected you, address invalid for you",
    "450 4.2.0 unknown sender-recipient pair: greylisted",
    "550 certificate for host not found; TLS required",
    "550 5.7.1 SPF record of example.net is invalid: domain not found in include",
    "550 5.7.20 DKIM: no key found, domain not found for selector",
    "550 5.7.1 unknown user from 192.0.2.7 listed at zen.spamhaus.org",
    "550 5.7.1 your host is banned: mail to unknown accounts, address invalid",
    "450 4.7.1 limit of messages to unknown accounts per hour reached",
    "550 5.1.1 invalid address: it is on the suppression list",
    "550 5.7.1 destination domain policy refuses this mail",
    "550 mail from unknown country not accepted",
    "Recipient could not be found in time: message expired after 5 days",
    "Automatic reply: I have moved to a new role, please write to joe@example.org",
};

TEST_F(NearMisses, NeverSuppress) {
  for (const auto& group : {std::vector<std::string_view>(std::begin(kTemporary), std::end(kTemporary)),
                            std::vector<std::string_view>(std::begin(kSenders), std::end(kSenders)),
                            std::vector<std::string_view>(std::begin(kPolicy), std::end(kPolicy))}) {
    for (std::string_view text : group) {
      EXPECT_NE(CauseOf(text).suppress, Suppress::kNow) << text << " is " << CauseOf(text).id;
    }
  }
}

// A wrapper around a near miss changes nothing.
TEST_F(NearMisses, NeverSuppressQuoted) {
  for (std::string_view text : kTemporary) {
    if (!text.starts_with('4')) continue;
    const std::string quoted =
        absl::StrCat("host mx.example.org[192.0.2.1] said: ", absl::string_view(text.data(), text.size()),
                     " (in reply to RCPT TO command)");
    EXPECT_NE(CauseOf(quoted).suppress, Suppress::kNow) << quoted << " is " << CauseOf(quoted).id;
  }
}

// "Open resolver", "Query Refused" and 127.255.255.x say that the list does not answer this receiver.
constexpr std::string_view kLists[] = {
    "zen.spamhaus.org",
    "sbl-xbl.spamhaus.org",
    "pbl.spamhaus.org",
    "dbl.spamhaus.org",
    "b.barracudacentral.org",
    "bl.spamcop.net",
    "dnsbl.sorbs.net",
    "multi.surbl.org",
    "multi.uribl.com",
    "black.uribl.com",
    "psbl.surriel.com",
    "dnsbl-1.uceprotect.net",
    "combined.mail.abusix.zone",
    "cbl.abuseat.org",
    "ix.dnsbl.manitu.net",
    "bl.mailspike.net",
    "hostkarma.junkemailfilter.com",
    "dnsbl.example.net",
};

constexpr std::string_view kRefusals[] = {
    "Error: open resolver",
    "Error: open resolver; https://check.spamhaus.org/returnc/pub/192.0.2.53",
    "Error: excessive number of queries; https://www.spamhaus.org/returnc/vol/192.0.2.53",
    "127.0.0.1 -> Query Refused. See http://uribl.com/refused.shtml for more information [Your DNS IP: "
    "192.0.2.53]",
    "query refused",
    "127.255.255.254",
    "127.255.255.252",
    "127.255.255.255",
    "returned 127.255.255.254 (public/open resolver)",
    "https://www.spamhaus.org/returnc/pub/192.0.2.53",
    "your resolver is an open resolver",
    "Query via public resolver",
};

constexpr std::string_view kFrames[] = {
    "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using $LIST; $WHY",
    "550 5.7.1 Service unavailable; client [192.0.2.1] blocked using $LIST; $WHY",
    "554 5.7.1 Service unavailable; Sender address [joe@example.org] blocked using $LIST; $WHY",
    "554 5.7.1 Service unavailable; Helo command [mail.example.org] blocked using $LIST; $WHY",
    "450 4.7.1 Client host rejected: listed by $LIST: $WHY",
    "550-\"JunkMail rejected - mail.example.org [192.0.2.1]:24706 is in an RBL on $LIST: $WHY\"",
    "550 5.7.1 Mail from 192.0.2.1 refused: 192.0.2.1 is blacklisted at $LIST ($WHY)",
    "553 5.3.0 <joe@example.org>... Spam blocked see $LIST $WHY",
    "554 Your IP 192.0.2.1 is on the block list $LIST, $WHY",
    "550 5.7.1 Blacklisted URL in message, $LIST: $WHY",
    "571 rejected because of $LIST listing. $WHY",
};

TEST_F(NearMisses, RefusedQueriesAreNoListings) {
  size_t replies = 0;
  for (std::string_view frame : kFrames) {
    for (std::string_view list : kLists) {
      for (std::string_view why : kRefusals) {
        std::string text(frame);
        text.replace(text.find("$LIST"), 5, list);
        text.replace(text.find("$WHY"), 4, why);
        for (const std::string& reply :
             {text, "host mx.example.net[198.51.100.1] said: " + text + " (in reply to RCPT TO command)"}) {
          ++replies;
          EXPECT_FALSE(CauseOf(reply).id.starts_with("blocklist.")) << reply << " is " << CauseOf(reply).id;
        }
      }
    }
  }
  EXPECT_GT(replies, 4000u);
}

// The same sentences without the refusal are listings: the test above can fail.
TEST_F(NearMisses, AnsweredQueriesAreListings) {
  for (std::string_view list : kLists) {
    std::string text(kFrames[0]);
    text.replace(text.find("$LIST"), 5, list);
    text.replace(text.find("$WHY"), 4, "127.0.0.2");
    EXPECT_TRUE(CauseOf(text).id.starts_with("blocklist.")) << text << " is " << CauseOf(text).id;
  }
}

}  // namespace
}  // namespace bouncewatch

// Facts of whole replies, by the rules that are built in. The replies are invented; their forms are real.
#include "classifier/facts/fact_finder.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "classifier/embedded_file.h"
#include "classifier/rules/loader.h"

namespace bouncewatch {
namespace {

class FactFinderTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    absl::StatusOr<RuleFileContent> content = ParseRuleFiles(EmbeddedRuleFiles());
    ASSERT_TRUE(content.ok()) << content.status();
    absl::StatusOr<std::shared_ptr<const RuleSet>> rules = RuleSet::Compile(*std::move(content));
    ASSERT_TRUE(rules.ok()) << rules.status();
    rules_ = new std::shared_ptr<const RuleSet>(*std::move(rules));
  }
  static void TearDownTestSuite() { delete rules_; }
  void SetUp() override { ASSERT_NE(rules_, nullptr); }

  static Facts Find(std::string_view text) {
    Classifier classifier(*rules_);
    return FactFinder(*rules_).Find(text, classifier.Classify(text, kNoProvider));
  }

  static inline std::shared_ptr<const RuleSet>* rules_ = nullptr;
};

// All facts on one line, in a fixed order: what is not expected must not be there either.
std::string Line(const Facts& facts) {
  std::string line;
  const auto add = [&line](std::string_view name, const std::string& value) {
    if (value.empty()) return;
    if (!line.empty()) line += ' ';
    line += std::string(name) + '=' + value;
  };
  add("list", facts.blocklist);
  add("zone", facts.zone);
  add("listed", facts.listed);
  add("delist", facts.delist_url);
  add("url", facts.url);
  add("host", facts.host);
  if (facts.retry_after_s.has_value()) add("retry", std::to_string(*facts.retry_after_s));
  if (facts.limit.has_value()) {
    add("limit", std::to_string(facts.limit->count) + std::string(facts.limit->unit) + "/" +
                     std::to_string(facts.limit->period_s));
  }
  for (const NamedIdentity& named : facts.named) add(IdentityKindName(named.kind), named.value);
  return line;
}

TEST_F(FactFinderTest, ReadsEveryFact) {
  const struct {
    const char* text;
    const char* facts;
  } kCases[] = {
      // Lists
      {"554 5.7.1 Service unavailable; Client host [192.0.2.9] blocked using zen.spamhaus.org; "
       "https://www.spamhaus.org/query/ip/192.0.2.9",
       "list=spamhaus-zen zone=zen.spamhaus.org listed=192.0.2.9 "
       "delist=https://www.spamhaus.org/query/ip/192.0.2.9 "
       "url=https://www.spamhaus.org/query/ip/192.0.2.9 ip=192.0.2.9"},
      {"550 5.7.1 Rejected: 192.0.2.10 listed at bl.spamcop.net",
       "list=spamcop zone=bl.spamcop.net listed=192.0.2.10 delist=https://www.spamcop.net/bl.shtml "
       "ip=192.0.2.10"},
      {"554 5.7.1 refused, see 11.2.0.192.b.barracudacentral.org",
       "list=barracuda zone=b.barracudacentral.org listed=192.0.2.11 "
       "delist=https://www.barracudacentral.org/rbl/removal-request "
       "ip=192.0.2.11"},
      {"554 5.7.1 Service unavailable; Sender address [ann@example.com] blocked using dbl.spamhaus.org; "
       "https://www.spamhaus.org/query/domain/example.com",
       "list=spamhaus-dbl zone=dbl.spamhaus.org listed=example.com "
       "delist=https://www.spamhaus.org/query/domain/example.com "
       "url=https://www.spamhaus.org/query/domain/example.com sender=ann@example.com"},
      {"554 5.7.1 Service unavailable; Client host [out.example.com] blocked using multi.uribl.com",
       "list=uribl zone=multi.uribl.com listed=out.example.com delist=https://lookup.uribl.com/"},
      {"550 5.7.1 Client host [192.0.2.12] blocked using secretkey123.zen.dq.spamhaus.net",
       "list=spamhaus-zen zone=zen.dq.spamhaus.net listed=192.0.2.12 delist=https://check.spamhaus.org/ "
       "ip=192.0.2.12"},
      {"554 5.7.1 Client host [2001:db8::25] blocked using bl.lists.example; see "
       "http://lists.example/why?ip=2001:db8::25",
       "list=bl.lists.example zone=bl.lists.example listed=2001:db8::25 "
       "delist=http://lists.example/why?ip=2001:db8::25 "
       "url=http://lists.example/why?ip=2001:db8::25 ip=2001:db8::25"},
      {"550 Your network 198.51.100.0/24 is blacklisted using SPAMHAUS-SBL.",
       "list=spamhaus-sbl listed=198.51.100.0/24 delist=https://check.spamhaus.org/ "
       "netblock=198.51.100.0/24"},
      {"521 5.7.1 Service unavailable; client [192.0.2.13] blocked using dnsbl.sorbs.net",
       "list=sorbs zone=dnsbl.sorbs.net listed=192.0.2.13 ip=192.0.2.13"},
      {"550 5.7.1 Unfortunately, messages from [192.0.2.14] weren't sent, your network is on our block list "
       "(S3150). See "
       "http://mail.live.com/mail/troubleshooting.aspx#errors.",
       "listed=192.0.2.14 delist=http://mail.live.com/mail/troubleshooting.aspx#errors "
       "url=http://mail.live.com/mail/troubleshooting.aspx#errors ip=192.0.2.14"},
      // A list that refuses to answer lists nobody.
      {"554 5.7.1 Service unavailable; Client host [192.0.2.15] blocked using zen.spamhaus.org; Error: open "
       "resolver; "
       "https://www.spamhaus.org/returnc/pub/203.0.113.53",
       "list=spamhaus-zen zone=zen.spamhaus.org url=https://www.spamhaus.org/returnc/pub/203.0.113.53 "
       "ip=192.0.2.15"},
      {"550 5.7.1 Blocked, multi.uribl.com: 127.0.0.1 -> Query Refused. See http://uribl.com/refused.shtml "
       "for more",
       "list=uribl zone=multi.uribl.com url=http://uribl.com/refused.shtml"},
      // Waiting times
      {"450 4.2.0 <joe@example.org>: Recipient address rejected: Greylisted for 300 seconds", "retry=300"},
      {"451 4.7.1 Greylisting in action, please come back in 00:04:30", "retry=270"},
      {"421 4.7.0 Too much mail; try again in 5 to 10 minutes", "retry=600"},
      {"451 4.7.1 please wait at least an hour", "retry=3600"},
      {"421 4.3.2 Service busy, Retry-After: 120", "retry=120"},
      {"450 4.7.1 Try again later", ""},
      // Limits
      {"421 4.7.0 mx.example.org Error: too many connections from 192.0.2.16 (max 20)",
       "limit=20connections/0 ip=192.0.2.16"},
      {"452 4.2.1 You may send only 100 messages per hour", "limit=100messages/3600"},
      {"450 4.7.1 quota: more than 1,000 recipients in 24 hours", "limit=1000recipients/86400"},
      {"552 5.3.4 message size 52428800 exceeds size limit 10485760 of server mx.example.org[192.0.2.99]",
       "limit=10485760bytes/0"},
      {"552 5.3.4 Message too big, the maximum allowed size is 25 MB", "limit=26214400bytes/0"},
      {"552 Message size exceeds fixed limit 552 Message size exceeds fixed limit", ""},
      {"554 5.6.0 scored as spam with a probability of more than 90%", ""},
      // Identities: one code, six things to blame
      {"421-4.7.28 Gmail has detected an unusual rate of unsolicited mail originating from your DKIM domain "
       "[example.com 36]. To "
       "protect 421 4.7.28 our users it is limited. 1a2b - gsmtp",
       "dkim_domain=example.com"},
      {"421 4.7.28 Gmail has detected an unusual rate of mail originating from your SPF domain "
       "[mail.example.com 36]. - gsmtp",
       "spf_domain=mail.example.com"},
      {"421 4.7.28 Gmail has detected an unusual rate of mail containing one of your URL domains "
       "[link.example.com 36]. - gsmtp",
       "url_domain=link.example.com"},
      {"421 4.7.28 Gmail has detected an unusual rate of mail originating from your IP Netblock [192.0.2.0 "
       "36]. - gsmtp",
       "netblock=192.0.2.0"},
      {"421 4.7.0 [192.0.2.17      15] an unusual rate of unsolicited mail originating from your IP address. "
       "- gsmtp",
       "ip=192.0.2.17"},
      {"550-5.7.26 The MAIL FROM domain [bounce.example.com] has an SPF record with a hard fail policy but "
       "fails with the ip: "
       "550-5.7.26 [192.0.2.18]. See 550 5.7.26 https://support.google.com/mail/answer/81126 - gsmtp",
       "url=https://support.google.com/mail/answer/81126 spf_domain=bounce.example.com ip=192.0.2.18"},
      {"550 5.7.509 Access denied, sending domain [EXAMPLE.COM] does not pass DMARC verification",
       "from_domain=example.com"},
      {"550 5.7.1 spf=fail smtp.mailfrom=ann@example.net; dkim=fail header.d=sig.example.net; dmarc=fail "
       "header.from=example.org",
       "spf_domain=example.net dkim_domain=sig.example.net from_domain=example.org"},
      {"504 5.5.2 <localhost.example>: Helo command rejected: need fully-qualified hostname",
       "helo=localhost.example"},
      {"450 4.1.8 <ann@bad.example>: Sender address rejected: Domain not found", "sender=ann@bad.example"},
      {"421 4.7.0 [TSS04] Messages from 192.0.2.19 temporarily deferred - 4.16.55.1; see "
       "https://postmaster.example.net/errors",
       "url=https://postmaster.example.net/errors ip=192.0.2.19"},
      // What is not ours to know
      {"connect to mx.example.org[192.0.2.20]:25: Connection refused", ""},
      {"host mx.example.org[192.0.2.21] said: 550 5.1.1 no such user", "host=mx.example.org"},
      {"553 sorry, no mailbox here by that name (#5.1.1) Giving up on 192.0.2.22.", ""},
      {"", ""},
  };
  for (const auto& c : kCases) EXPECT_EQ(Line(Find(c.text)), c.facts) << c.text;
}

TEST_F(FactFinderTest, StaysBoundedOnHostileText) {
  for (const char* unit : {"192.0.2.1 ", "https://example.org/ ", "http://", "a.", "limit 1 ", "retry in ",
                           "d=", "<", ">: sender address rejected", "blocked using ", "1.2.3.4.", "::",
                           "999,999,", "dkim domain [", "zen.spamhaus.org ", "max max max (", "\x01\xff"}) {
    std::string text = "550 5.7.1 ";
    while (text.size() < 1'000'000) text += unit;
    const auto start = std::chrono::steady_clock::now();
    const Facts facts = Find(text);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5)) << unit;
    EXPECT_LE(facts.named.size(), kMaxNamed);
    for (const std::string* value :
         {&facts.blocklist, &facts.zone, &facts.listed, &facts.delist_url, &facts.url, &facts.host}) {
      EXPECT_LE(value->size(), kMaxFactText) << unit;
    }
  }
}

TEST_F(FactFinderTest, ValuesHoldNoBytesThatATerminalObeys) {
  const Facts facts = Find(
      "550 5.7.1 see https://example.org/\x1b[31mred and d=ev\x07il.example and <a\x1b@example.org>: Sender "
      "address rejected");
  EXPECT_EQ(Line(facts), "url=https://example.org/");
}

TEST_F(FactFinderTest, ReadsWhatARuleSays) {
  constexpr char kRules[] = R"toml(
[[rule]]
id = "own"
codes = ["550 5.7.1"]
any = ["campaign refused"]
cause = "reputation.domain"
extract = { url_domain = ['tracker "([^"]{1,80})"', 'pixel ([a-z.]+)'], ip = '(192\.0\.2\.77)' }
)toml";
  absl::StatusOr<RuleFileContent> content = ParseRuleFile(kRules, "own.toml");
  ASSERT_TRUE(content.ok()) << content.status();
  EXPECT_TRUE(CheckExtracts(content->rules).ok());
  absl::StatusOr<std::shared_ptr<const RuleSet>> rules = RuleSet::Compile(*std::move(content));
  ASSERT_TRUE(rules.ok()) << rules.status();
  Classifier classifier(*rules);
  FactFinder finder(*rules);
  const char* text = "550 5.7.1 campaign refused for tracker \"T.example.com\" on 192.0.2.77";
  EXPECT_EQ(Line(finder.Find(text, classifier.Classify(text, kNoProvider))),
            "ip=192.0.2.77 url_domain=t.example.com");
  const char* other = "550 5.7.1 Campaign refused: PIXEL p.example.net";  // the same rule again
  EXPECT_EQ(Line(finder.Find(other, classifier.Classify(other, kNoProvider))), "url_domain=p.example.net");
}

TEST(CheckExtracts, NamesThePlace) {
  const struct {
    const char* extract;
    const char* error;
  } kCases[] = {
      {"{ ip = '(' }", "bad expression"},
      {"{ ip = 'x' }", "0 groups"},
      {"{ ip = '(a)(b)' }", "2 groups"},
      {"{ ip = '(a)\\1' }", "bad expression"},
  };
  for (const auto& c : kCases) {
    const std::string rule =
        std::string("[[rule]]\nid = \"a\"\ncause = \"auth.spf\"\ntoken = \"S1\"\nextract = ") + c.extract;
    const absl::StatusOr<RuleFileContent> content = ParseRuleFile(rule, "a.toml");
    ASSERT_TRUE(content.ok()) << content.status();
    const absl::Status status = CheckExtracts(content->rules);
    EXPECT_FALSE(status.ok()) << c.extract;
    EXPECT_NE(status.ToString().find("a.toml:5:"), std::string::npos) << status;
    EXPECT_NE(status.ToString().find(c.error), std::string::npos) << status;
  }
}

TEST(ShippedExtracts, AllCompile) {
  const absl::StatusOr<RuleFileContent> content = ParseRuleFiles(EmbeddedRuleFiles());
  ASSERT_TRUE(content.ok()) << content.status();
  const absl::Status status = CheckExtracts(content->rules);
  EXPECT_TRUE(status.ok()) << status;
}

}  // namespace
}  // namespace bouncewatch

#include "classifier/mask.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "simdjson.h"

namespace bouncewatch {
namespace {

std::string Masked(std::string_view text) {
  std::string out;
  Mask(text, &out);
  return out;
}

struct Case {
  const char* text;
  const char* masked;
};

constexpr Case kBlanks[] = {
    {"", ""},
    {"   ", ""},
    {"no such user", "no such user"},
    {"  Two   blanks\tand\r\nlines ", "Two blanks and lines"},
    {"bell\x07 and del\x7f", "bell? and del?"},
    {"Grüße, Postfach voll", "Grüße, Postfach voll"},
    {"Blocked. Ask the admin... please!", "Blocked. Ask the admin... please!"},
};

constexpr Case kAddresses[] = {
    {"550 5.1.1 <joe@example.org>: user unknown", "550 5.1.1 <addr>: user unknown"},
    {"550 5.1.1 joe.b+tag@mail.example.org... gone", "550 5.1.1 <addr>... gone"},
    {"RCPT TO:<joe@example.org> refused", "RCPT TO:<addr> refused"},
    {"to=joe@example.org refused", "to=<addr> refused"},
    {"bounce-joe=example.org@lists.example refused", "<addr> refused"},
    {"<\"odd name\"@example.org> refused", "<addr> refused"},
    {"user 'joe@example.org' refused", "user '<addr>' refused"},
    {"(joe@example.org)", "(<addr>)"},
    {"rfc822;joe@example.org", "rfc822;<addr>"},
    {"joe@[192.0.2.1] refused", "<addr> refused"},
    {"root@localhost refused", "<addr> refused"},
    {"<> refused, <address> refused", "<> refused, <address> refused"},
    {"mail @ noon", "mail @ noon"},
};

constexpr Case kIps[] = {
    {"client [192.0.2.1] blocked", "client [<ip>] blocked"},
    {"client (192.0.2.1). Bye", "client (<ip>). Bye"},
    {"IP=192.0.2.1, 198.51.100.0/24", "IP=<ip>, <ip>"},
    {"[192.0.2.1]:25: refused", "[<ip>]:<n>: refused"},
    {"<192.0.2.1> listed", "<ip> listed"},
    {"[2001:db8::25] and [IPv6:2001:db8:0:1::1]", "[<ip>] and [<ip>]"},
    {"2001:db8:1:2:3:4:5:6 2001:db8::/64 ::1", "<ip> <ip> <ip>"},
    {"::ffff:192.0.2.1: refused", "<ip>: refused"},
    {"at 10:20:30 o'clock", "at <n>:<n>:<n> o'clock"},
    {"listed as 127.0.0.2 and 127.255.255.254", "listed as 127.0.0.2 and 127.255.255.254"},
    {"listed as 127.1.0.2 and 999.1.1.1", "listed as <ip> and <n>"},
};

constexpr Case kHosts[] = {
    {"host mx1.example.org[192.0.2.1] said: 550 no", "host <host>[<ip>] said: 550 no"},
    {"H=mail.example.org refused", "H=<host> refused"},
    {"Relay access denied for example.net.", "Relay access denied for <host>."},
    {"example.org's policy", "<host>'s policy"},
    {"[EXAMPLE.ORG] refused", "[<host>] refused"},
    {"<mx.example.org>: Helo command rejected", "<host>: Helo command rejected"},
    {"blocked using zen.spamhaus.org", "blocked using zen.spamhaus.org"},
    {"blocked using sbl-xbl.spamhaus.org;", "blocked using sbl-xbl.spamhaus.org;"},
    {"1.2.0.192.zen.spamhaus.org", "<host>.zen.spamhaus.org"},
    {"1.2.0.192.dul.dnsbl.sorbs.net", "<host>.dul.dnsbl.sorbs.net"},
    {"recent.spam.dnsbl.sorbs.net", "recent.spam.dnsbl.sorbs.net"},
    {"ix.dnsbl.manitu.net", "ix.dnsbl.manitu.net"},
    {"http://postgrey.schweikert.ch/help/example.org.html", "http://postgrey.schweikert.ch/help/<host>"},
    {"dnsbl-2.uceprotect.net dnsbl-3.uceprotect.net", "dnsbl-2.uceprotect.net dnsbl-3.uceprotect.net"},
    {"[AB12PEPF0001.eurprd02.prod.outlook.com]", "[<host>.prod.outlook.com]"},
    {"[LO12PEPF0001.GBRP265.PROD.OUTLOOK.COM]", "[<host>.PROD.OUTLOOK.COM]"},
    {"example-org.mail.protection.outlook.com", "<host>.mail.protection.outlook.com"},
    {"alt1.gmail-smtp-in.l.google.com", "<host>.gmail-smtp-in.l.google.com"},
    {"notspamhaus.org spamhaus.org.example", "<host> <host>"},
    {"RESOLVER.ADR.RecipientNotFound; STOREDRV.Submission",
     "RESOLVER.ADR.RecipientNotFound; STOREDRV.Submission"},
    {"against policy.Please call", "against policy.Please call"},
    {"*.example.org refused", "<host> refused"},
};

constexpr Case kUrls[] = {
    {"https://support.google.com/mail/?p=NoSuchUser a1-20020ab.12 - gsmtp",
     "https://support.google.com/mail/?p=NoSuchUser <id> - gsmtp"},
    {"https://support.google.com/mail/answer/188131.", "https://support.google.com/mail/answer/188131."},
    {"https://www.spamhaus.org/query/ip/192.0.2.1", "https://www.spamhaus.org/query/ip/<ip>"},
    {"http://www.spamhaus.org/query/bl?ip=192.0.2.1.", "http://www.spamhaus.org/query/bl?ip=<ip>."},
    {"https://www.spamhaus.org/query/domain/example.org", "https://www.spamhaus.org/query/domain/<host>"},
    {"http://go.microsoft.com/fwlink/?LinkId=526653", "http://go.microsoft.com/fwlink/?LinkId=526653"},
    {"http://postmaster.comcast.net/smtp-error-codes.php#BL000010",
     "http://postmaster.comcast.net/smtp-error-codes.php#BL000010"},
    {"https://support.apple.com/en-us/HT204137", "https://support.apple.com/en-us/HT204137"},
    {"https://postmaster.gmx.net/en/case?c=r0201&i=ip&v=192.0.2.1&r=1Xyz9b-1uv0QW2abc-00XYZ1",
     "https://postmaster.gmx.net/en/case?c=r0201&i=ip&v=<ip>&r=<id>"},
    {"see http://www.example.org/why/1234567/8 now", "see http://<host>/why/<n>/8 now"},
    {"<http://www.example.org/506>", "<http://<host>/506>"},
    {"http://www.example.org/unsub?m=joe@example.net", "http://<host>/unsub?m=<addr>"},
    {"csi.cloudmark.com/reset-request/?ip=192.0.2.1", "csi.cloudmark.com/reset-request/?ip=<ip>"},
    {"www.messagelabs.com/support", "www.messagelabs.com/support"},
    {"http://192.0.2.1:8080/x", "http://<ip>:8080/x"},
};

constexpr Case kVendorTokens[] = {
    {"(S3150) (S77719) [TSS04] [BL21] [PH01]", "(S3150) (S77719) [TSS04] [BL21] [PH01]"},
    {"IB607 CS01 HME1 OU-002 SC-001 DY-001 RP-001", "IB607 CS01 HME1 OU-002 SC-001 DY-001 RP-001"},
    {"LPN007_510 OFR_515 ofr_506 OFR006_102 GU_EIB_02 XGEMAIL_0006",
     "LPN007_510 OFR_515 ofr_506 OFR006_102 GU_EIB_02 XGEMAIL_0006"},
    {"AUP#CXSNDR AUP#In-1160 AUP#I-1090 AUP#IPBL0001", "AUP#CXSNDR AUP#In-1160 AUP#I-1090 AUP#IPBL0001"},
    {"DT:SPM HL:ICC RCP-P2 VS1-IP VS10-RT", "DT:SPM HL:ICC RCP-P2 VS1-IP VS10-RT"},
    {"AS(1410) AS(201806281) (AS16012611)", "AS(1410) AS(<n>) (AS16012611)"},
    {"(554.30) [-20] [9] (Code 2) (code 101) [#102] #216",
     "(554.30) [-20] [9] (Code 2) (code 101) [#102] #216"},
    {"Access-Denied-XM.SSR-001", "Access-Denied-XM.SSR-001"},
    {"queue AB123456 and 9E6187D", "queue <id> and <id>"},
};

constexpr Case kNumbers[] = {
    {"550 5.7.1 no", "550 5.7.1 no"},
    {"550-5.7.26 one 550 5.7.26 two", "550-5.7.26 one 550 5.7.26 two"},
    {"550-mx.example.org says no 550 later", "550-<host> says no 550 later"},
    {"450 4.7.1 limit of 250 messages in 300 seconds", "450 4.7.1 limit of <n> messages in <n> seconds"},
    {"(#5.1.1) #5.7.1 [4.2.2] x5.1.1", "(#5.1.1) #5.7.1 [4.2.2] <id>"},
    {"returned '554 5.7.1 no', error 550, said: 421 busy",
     "returned '554 5.7.1 no', error 550, said: 421 busy"},
    {"at 2026-01-02T03:04:05.678Z, on 2026-01-02", "at <n>, on <n>"},
    {"size 10485760 (12 MB), 90% of 1.5", "size <n> (<n> MB), <n>% of <n>"},
    {"id=01234-05-678", "id=<n>"},
    {"version 2.2.3-1", "version <n>"},
};

constexpr Case kIds[] = {
    {"queued as 4jXrfT1F38zSD", "queued as <id>"},
    {"y3si000002plr.1 - gsmtp", "<id> - gsmtp"},
    {"[QUJDREVGR0hJSktMTU5PUFFS1+x/Yz9=]", "[<id>]"},
    {"mx1 utf8 ipv6 8bitmime sha256 rfc5322 TLSv1.2 SMTPUTF8",
     "mx1 utf8 ipv6 8bitmime sha256 rfc5322 TLSv1.2 SMTPUTF8"},
    {"denied...7d39d5299584f4be", "denied...<id>"},
};

constexpr Case kWrapped[] = {
    {"host mx.example.org[192.0.2.1] said: 550 5.1.1 <a@example.org> no (in reply to RCPT TO command)",
     "host <host>[<ip>] said: 550 5.1.1 <addr> no (in reply to RCPT TO command)"},
    {"host mx.example.org[192.0.2.1] refused to talk to me: 554 no",
     "host <host>[<ip>] refused to talk to me: 554 no"},
    {"<a@example.org>", "<addr>"},
    {"<addr> <ip> <host>[<ip>] <id> <n>", "<addr> <ip> <host>[<ip>] <id> <n>"},
    {"<<n>> <<<id>>> <a1b2c3d4>", "<<n>> <<<id>>> <id>"},
};

template <size_t n>
void CheckAll(const Case (&cases)[n]) {
  for (const Case& c : cases) {
    EXPECT_EQ(Masked(c.text), c.masked) << c.text;
    EXPECT_EQ(Masked(c.masked), c.masked) << "masked twice: " << c.text;
  }
}

TEST(Mask, CollapsesBlanksAndControlBytes) {
  CheckAll(kBlanks);
}
TEST(Mask, TakesAddressesOut) {
  CheckAll(kAddresses);
}
TEST(Mask, TakesIpsOutButKeepsBlocklistAnswers) {
  CheckAll(kIps);
}
TEST(Mask, TakesHostsOutButKeepsKnownNames) {
  CheckAll(kHosts);
}
TEST(Mask, KeepsTheWordsOfUrls) {
  CheckAll(kUrls);
}
TEST(Mask, KeepsVendorTokens) {
  CheckAll(kVendorTokens);
}
TEST(Mask, KeepsCodesButNotNumbers) {
  CheckAll(kNumbers);
}
TEST(Mask, TakesIdsOutButKeepsWordsWithDigits) {
  CheckAll(kIds);
}
TEST(Mask, KeepsWrappersReadable) {
  CheckAll(kWrapped);
}

TEST(Mask, FindsTokensAtEveryOffset) {
  // The first pass works on blocks of 64 bytes; a token may lie across any border.
  for (size_t offset = 0; offset < 200; ++offset) {
    const std::string words(offset, 'x');
    EXPECT_EQ(Masked(words + " mx.example.org. joe@example.org"),
              (offset ? words + " " : "") + "<host>. <addr>");
    EXPECT_EQ(Masked(words + "  end"), (offset ? words + " " : "") + "end");
  }
}

TEST(Mask, IsBoundedAndStableOnLongInput) {
  for (const char* unit :
       {"1 ", "1,", "a@b ", "word ", "550 5.7.1 ", "x", "<", "1.2.3.4<", "(in ", "::1 ", "a.bc "}) {
    std::string text;
    while (text.size() < 3 * kMaxMaskInput) text += unit;
    const std::string once = Masked(text);
    EXPECT_LE(once.size(), 2 * kMaxMaskInput) << unit;
    EXPECT_EQ(Masked(once), once) << unit;
  }
}

// A domain literal that only masking brings below some length must not be read in a second pass.
TEST(Mask, ReadsDomainLiteralsOfAnyLength) {
  const std::string id(80, '7');
  for (const std::string& text :
       {"joe@[" + id + "] refused", "joe@[" + id + " refused", "joe@[mail-" + id + ".example.org] refused",
        std::string("joe@[ refused"), "joe@[@[" + id + "]", "joe@[a@b@[" + id + "]]"}) {
    const std::string once = Masked(text);
    EXPECT_EQ(Masked(once), once) << text;
  }
  EXPECT_EQ(Masked("joe@[" + id + "] refused"), "<addr> refused");
  EXPECT_EQ(Masked("joe@[" + id + " refused"), "<addr> refused");
}

TEST(Mask, ReadsItsOwnOutputTheSame) {
  for (const char* text : {"at <mx.example.org>.exarg>: no", "at <<mx.example.org>>.net no", "<ho0-4st>.7.1.",
                           "<mx.example.org>.7 no", "<<mx.example.org>.1tag=x@ex no", "554 at A021AS(08281)",
                           "<192.0.2.1>.net no", "<joe@example.org>.net no", "<http://mx.example.org>.net no",
                           "554 no; IPv6:2001:db8:: 550? 5.7.1"}) {
    const std::string once = Masked(text);
    EXPECT_EQ(Masked(once), once) << text;
  }
  EXPECT_EQ(Masked("at <mx.example.org>. No"), "at <host>. No");
}

TEST(Mask, ReplacesWhatTheOutputHeld) {
  std::string out = "old";
  Mask("new", &out);
  EXPECT_EQ(out, "new");
}

TEST(Mask, SurvivesEveryPairOfBytes) {
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) {
      const char text[] = {'7', static_cast<char>(a), static_cast<char>(b), '1', '@', static_cast<char>(b)};
      const std::string once = Masked(std::string_view(text, sizeof text));
      ASSERT_EQ(Masked(once), once) << a << " " << b;
    }
  }
}

TEST(TemplateId, IsFrozen) {
  EXPECT_EQ(TemplateId(""), TemplateId(""));
  EXPECT_NE(TemplateId("a"), TemplateId("b"));
  EXPECT_NE(TemplateId(""), 0u);
  EXPECT_EQ(TemplateId("550 5.1.1 <addr>: user unknown"), 7380396871914903307u);
}

// Real replies, where a corpus is at hand: the property holds for them too, and templates are fewer than
// texts.
TEST(Mask, IsStableOnTheCorpus) {
  const char* shared = std::getenv("BOUNCEWATCH_SHARED");
  const std::filesystem::path folder = shared != nullptr ? shared : BOUNCEWATCH_SOURCE_DIR "/../shared";
  std::ifstream in(folder / "data" / "replies-dev.jsonl");
  if (!in) GTEST_SKIP() << "no corpus of replies at " << folder;
  simdjson::dom::parser parser;
  std::set<std::string> templates;
  size_t texts = 0;
  for (std::string line; std::getline(in, line); ++texts) {
    const std::string_view text = parser.parse(line)["text"];
    const std::string once = Masked(text);
    EXPECT_EQ(Masked(once), once);
    EXPECT_EQ(once.find('@'), std::string::npos) << once;
    templates.insert(once);
  }
  EXPECT_LE(templates.size(), texts);
}

}  // namespace
}  // namespace bouncewatch

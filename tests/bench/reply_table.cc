#include "reply_table.h"

namespace bouncewatch::bench {
namespace {

struct Pattern {
  std::string_view cause, provider;
  Stage stage;
  std::string_view text;
};

constexpr Stage kB = Stage::kBanner, kM = Stage::kMail, kR = Stage::kRcpt, kD = Stage::kData,
                kE = Stage::kEnd, kL = Stage::kRelay, kN = Stage::kNoRelay;

constexpr Pattern kPatterns[] = {
    // Any receiver: recipients.
    {"recipient.unknown-user", "", kR,
     "550 5.1.1 <{addr}>: Recipient address rejected: [[User unknown|No such user|Unknown user|User does not "
     "exist]] in [[local recipient|virtual mailbox|relay recipient|virtual alias]] table"},
    {"recipient.unknown-user", "", kR,
     "550 5.1.1 <{addr}>[[: user unknown|... User unknown|: no such user here|: no mailbox here by that "
     "name]]"},
    {"recipient.unknown-user", "", kR,
     "550 [[No such user|No such recipient|Unknown user|User unknown]] [[here|on this server|at this host|in "
     "this domain]] ({id})"},
    {"recipient.unknown-user", "", kR,
     "553 5.1.1 [[the address|the mailbox|that account]] <{addr}> does not exist [[here|on this system]]"},
    {"recipient.mailbox-full", "", kR,
     "[[552 5.2.2|452 4.2.2]] <{addr}>: [[Mailbox is full|mailbox full|user is over quota|Over quota|Mailbox "
     "quota exceeded]]"},
    {"recipient.mailbox-full", "", kE,
     "[[552 5.2.2|452 4.2.2]] [[The recipient is over quota|The mailbox of this recipient is full|Recipient "
     "mailbox is full]], id {qid}"},
    {"recipient.disabled", "", kR,
     "550 5.2.1 <{addr}>: [[account is disabled|mailbox disabled|account has been suspended|this account is "
     "inactive|mailbox is disabled for this recipient]]"},
    {"recipient.disabled", "", kR,
     "554 5.2.1 [[The account|This mailbox]] {addr} [[has been disabled|is suspended|is inactive|has been "
     "deactivated]]"},
    {"recipient.moved", "", kR,
     "551 5.1.6 <{addr}>: [[user has moved|recipient has moved|mailbox has moved]], [[please update your "
     "address book|no forwarding address is known]]"},
    {"recipient.restricted", "", kR,
     "550 5.7.1 <{addr}>: [[only members may post to this list|only authenticated senders may write to this "
     "group|this group accepts mail from members only]]"},
    {"recipient.rate-limited", "", kR,
     "450 4.2.1 The user <{addr}> is receiving mail [[too quickly|at too high a rate]], [[please try again "
     "later|retry later]]"},
    // Any receiver: lists and reputation.
    {"blocklist.ip", "", kR,
     "[[554|550|553]] 5.7.1 Service unavailable; [[Client host|client host]] [{ip}] blocked using "
     "[[zen.spamhaus.org|bl.spamcop.net|b.barracudacentral.org|psbl.surriel.com|dnsbl-1.uceprotect.net]]; "
     "see [[lookup|details]] page"},
    {"blocklist.ip", "", kB,
     "554 5.7.1 [[Your IP|Host|The address]] {ip} is listed [[in|by|at]] "
     "[[zen.spamhaus.org|bl.spamcop.net|psbl.surriel.com]]"},
    {"blocklist.domain", "", kM,
     "[[550|554]] 5.7.1 [[Sender domain|The sender domain]] {sdom} is listed [[in|by]] "
     "[[dbl.spamhaus.org|multi.surbl.org]]"},
    {"blocklist.uri", "", kE,
     "554 5.7.1 [[A URL in this message|A link in this message|The body contains a URL that]] is listed "
     "[[in|by]] [[multi.surbl.org|multi.uribl.com]], ref {id}"},
    {"blocklist.dynamic-ip", "", kR,
     "550 5.7.1 [{ip}] [[looks like a dynamic IP address|is in a dynamic IP range|is a dynamic address]], "
     "[[use the mail server of your provider|please use your provider's relay]]"},
    {"blocklist.provider", "", kB,
     "[[554|550]] 5.7.1 [[Your IP|The IP address|Client]] {ip} is [[on our block list|blocked by our local "
     "blacklist|banned from this server]]"},
    {"reputation.ip", "", kB,
     "[[554|421]] [[Refused because of the poor reputation of|Mail rejected because of the bad "
     "reputation of|No mail accepted owing to the low reputation of]] IP {ip}"},
    {"reputation.domain", "", kE,
     "[[550 5.7.1|554 5.7.1]] [[Message rejected|Mail refused]] because of the [[poor|low|bad]] reputation "
     "of the sending domain {sdom}"},
    {"reputation.complaints", "", kM,
     "[[421|451]] 4.7.0 [[Too many spam complaints|Too many user complaints]] about [[{ip}|mail from {ip}]], "
     "[[deferred|try again later]]"},
    {"reputation.invalid-recipients", "", kR,
     "[[550 5.7.1|421 4.7.0]] [[Too many invalid recipients|Too many unknown recipients]] from {ip}"},
    // Any receiver: authentication and identity.
    {"auth.spf", "", kM,
     "550 5.7.23 [[SPF check failed|SPF validation failed|SPF fail]]: {ip} is not [[allowed to "
     "send|permitted to send|an allowed sender of]] mail for {sdom}"},
    {"auth.dkim", "", kE,
     "550 5.7.20 [[No valid DKIM signature|DKIM signature is not valid|DKIM verification failed]] "
     "[[for|from]] {sdom}"},
    {"auth.dmarc", "", kE,
     "[[550|554]] 5.7.1 [[Rejected by the DMARC policy of|Message fails the DMARC policy of|DMARC check "
     "failed, policy is reject for]] {sdom}"},
    {"auth.unauthenticated", "", kE,
     "550 5.7.26 [[Unauthenticated email from|The message is unauthenticated: neither SPF nor DKIM passed "
     "for]] {sdom}"},
    {"identity.ptr", "", kB,
     "[[550 5.7.25|554 5.7.1|450 4.7.25]] Client host rejected: cannot find your [[reverse "
     "hostname|hostname]], [{ip}]"},
    {"identity.ptr", "", kR,
     "[[550|554]] [[No PTR record for|No reverse DNS for|Reverse DNS lookup failed for]] {ip}"},
    {"identity.helo", "", kR,
     "[[504 5.5.2|550 5.7.1|450 4.7.1]] <{helo}>: Helo command rejected: [[Host not found|need "
     "fully-qualified hostname|Invalid name]]"},
    {"identity.sender-domain", "", kR,
     "[[450 4.1.8|550 5.1.8]] <{saddr}>: Sender address rejected: Domain not found"},
    {"identity.sender-verify", "", kR,
     "[[550|450]] [[Sender verify failed|Sender verification failed|Callout verification failed for the "
     "sender]] <{saddr}>"},
    {"tls.required", "", kM, "530 5.7.0 Must issue a STARTTLS command first"},
    {"tls.required", "", kM,
     "[[550 5.7.10|451 4.7.10]] [[TLS is required|Encryption is required|STARTTLS is required]] [[to send "
     "mail to this server|by our policy]]"},
    // Any receiver: content, policy, rates.
    {"content.spam", "", kE,
     "[[550|554|571]] 5.7.1 [[Message rejected as spam|Message classified as spam|This message looks like "
     "spam|This message scored as spam]] ({qid})"},
    {"content.spam", "", kE,
     "554 5.7.1 [[Spam message rejected|Blocked by the spam filter|Rejected by our spam filter]], score "
     "{n}.{n}"},
    {"content.malicious", "", kE,
     "[[550|554]] 5.7.1 [[Virus found in message|A virus was found|Message contains a virus|Phishing message "
     "rejected|Malware detected]] ({qid})"},
    {"content.attachment", "", kE,
     "[[550|552]] 5.7.1 [[Attachments of this type are not allowed|This attachment type is not "
     "allowed|Attachment type blocked]] here"},
    {"content.malformed", "", kE,
     "[[550 5.6.0|554 5.6.0]] [[Message has more than one From header|Missing From header|Message is not RFC "
     "5322 compliant]]"},
    {"content.too-large", "", kM,
     "552 5.3.4 [[Message size exceeds|Message is bigger than|The message is larger than]] [[the fixed "
     "limit|the size limit|our maximum size]] of {n}"},
    {"policy.local", "", kR,
     "[[550|554]] 5.7.1 <{addr}>: [[rejected by local policy|refused due to local policy|rejected for policy "
     "reasons]]"},
    {"policy.local", "", kE,
     "[[550|554]] 5.7.1 [[Message rejected due to local policy|Refused by our policy|Rejected for policy "
     "reasons]]"},
    {"policy.geo", "", kB,
     "550 5.7.1 [[Mail from your country is|Connections from your country are]] not accepted here ({ip})"},
    {"rate.connections", "", kB,
     "421 4.7.0 [[Too many connections from|Too many concurrent connections from|Too many "
     "simultaneous connections from]] [[{ip}|your address {ip}|host {ip}]]"},
    {"rate.messages", "", kM,
     "[[450 4.7.1|451 4.7.1|421 4.7.0]] [[Message rate limit exceeded|Too many messages|Sending too many "
     "messages]] from {ip}, [[slow down|try again in an hour]]"},
    {"rate.recipients", "", kR,
     "452 4.5.3 [[Too many recipients|Error: too many recipients|Too many recipients in this message]]"},
    {"greylist.greylisted", "", kR,
     "[[450 4.2.0|451 4.7.1|450 4.7.1]] <{addr}>: Recipient address rejected: [[Greylisted|Greylisting in "
     "action|Greylisted, please retry]], [[try again in {n} seconds|come back later|see you in {n} "
     "minutes]]"},
    {"relay.denied", "", kR,
     "[[554 5.7.1|550 5.7.1|454 4.7.1]] <{addr}>: [[Relay access denied|relaying denied|Relaying not "
     "permitted]]"},
    {"remote.temporary", "", kR,
     "451 4.3.0 <{addr}>: [[Temporary lookup failure|Temporary failure|temporary problem, please try again "
     "later]]"},
    {"remote.temporary", "", kE,
     "[[451 4.3.0|421 4.3.0|451 4.3.2]] [[Temporary server error|Internal error, try again later|Service not "
     "available, try again later|System busy, try later]] ({qid})"},
    {"remote.storage-full", "", kM,
     "[[452|431]] 4.3.1 [[Insufficient system storage|Out of disk space|Insufficient disk space]]"},
    {"remote.verify-pending", "", kR,
     "450 4.1.1 <{addr}>: Recipient address rejected: [[unverified address: Address verification in "
     "progress|Address verification in progress]]"},
    {"network.loop", "", kE,
     "554 5.4.6 [[Too many hops|Mail loop detected, too many hops|Hop count exceeded, possible mail loop]]"},
    {"protocol.syntax", "", kM,
     "[[501 5.5.4|501 5.5.2|500 5.5.2]] [[Syntax error in parameters|Syntax error in command]]"},
    // Postfix's own words.
    {"network.connect-refused", "", kN, "4.4.1 connect to {host}[{mxip}]:25: Connection refused"},
    {"network.connect-timeout", "", kN, "4.4.1 connect to {host}[{mxip}]:25: Connection timed out"},
    {"network.unreachable", "", kN,
     "4.4.1 connect to {host}[{mxip}]:25: [[No route to host|Network is unreachable]]"},
    {"network.connection-lost", "", kL,
     "4.4.2 lost connection with {host}[{mxip}] while [[receiving the initial server greeting|sending RCPT "
     "TO|"
     "sending end of data -- message may be sent more than once]]"},
    {"network.connect-timeout", "", kL,
     "4.4.2 conversation with {host}[{mxip}] timed out while [[receiving the initial server greeting|sending "
     "message body]]"},
    {"network.dns-error", "", kN,
     "4.4.3 Host or domain name not found. Name service error for name={domain} type=[[MX|A|AAAA]]: Host not "
     "found, try again"},
    {"domain.not-found", "", kN,
     "5.4.4 Host or domain name not found. Name service error for name={domain} type=[[A|AAAA]]: [[Host not "
     "found|Host found but no data record of requested type]]"},
    {"domain.null-mx", "", kN, "5.1.0 Domain {domain} does not accept mail (nullMX)"},
    {"tls.failed", "", kL,
     "4.7.5 [[Cannot start TLS: handshake failure|Server certificate not trusted|Server certificate not "
     "verified]]"},
    {"content.too-large", "", kL, "5.3.4 message size {n} exceeds size limit {n} of server {host}[{mxip}]"},
    // Receivers with words of their own.
    {"recipient.unknown-user", "google", kR,
     "550-5.1.1 The email account that you tried to reach does not exist. [[Please check|Look at]] 550-5.1.1 "
     "the recipient's address for [[typos|spelling errors]] or spaces, see 550 5.1.1  "
     "https://support.google.com/mail/?p=NoSuchUser {id} - gsmtp"},
    {"recipient.mailbox-full", "google", kR,
     "452-4.2.2 The recipient's inbox is [[out of storage space|full]]. See 452 4.2.2 "
     "https://support.google.com/mail/?p=OverQuotaTemp {id} - gsmtp"},
    {"recipient.mailbox-full", "google", kR,
     "552-5.2.2 The recipient's inbox is [[out of storage space|full]]. See 552 5.2.2 "
     "https://support.google.com/mail/?p=OverQuotaPerm {id} - gsmtp"},
    {"recipient.rate-limited", "google", kR,
     "450-4.2.1 The user you are trying to contact is receiving mail [[too quickly|at a rate that is too "
     "high]]. 450 4.2.1 See https://support.google.com/mail/?p=ReceivingRate {id} - gsmtp"},
    {"recipient.disabled", "google", kR,
     "550 5.2.1 The email account that you tried to reach is [[disabled|inactive]]. See "
     "https://support.google.com/mail/?p=DisabledUser {id} - gsmtp"},
    {"auth.unauthenticated", "google", kE,
     "550-5.7.26 Your email has been blocked because the sender is unauthenticated. 550-5.7.26 [[DKIM = did "
     "not pass|DKIM = none]] 550-5.7.26 SPF [{sdom}] with ip: [{ip}] = did not pass 550 5.7.26 "
     "https://support.google.com/mail/answer/81126#authentication {id} - gsmtp"},
    {"reputation.complaints", "google", kE,
     "421-4.7.28 Gmail has detected an unusual rate of unsolicited mail [[originating from|coming from]] "
     "your [[IP address|IP Netblock]] [{ip} {n}]. 421 4.7.28 See "
     "https://support.google.com/mail/?p=UnsolicitedRateLimitError {id} - gsmtp"},
    {"content.spam", "google", kE,
     "550-5.7.1 [{ip} {n}] Gmail has detected that this message is likely unsolicited mail. 550-5.7.1 It has "
     "been [[blocked|refused]] to reduce spam. See 550 5.7.1 "
     "https://support.google.com/mail/?p=UnsolicitedMessageError {id} - gsmtp"},
    {"reputation.domain", "google", kE,
     "550-5.7.1 [{ip}] Gmail has detected that this message is likely suspicious due to the very low "
     "reputation of the sending domain. 550 5.7.1 [[See|Please visit]] "
     "https://support.google.com/mail/answer/188131 {id} - gsmtp"},
    {"identity.ptr", "google", kE,
     "550-5.7.25 [{ip}] The IP address sending this message does not have a PTR record, 550-5.7.25 or its "
     "forward DNS entry [[does not match|does not point to it]]. 550 5.7.25 {id} - gsmtp"},
    {"recipient.unknown-user", "microsoft-365", kR,
     "550 5.4.1 Recipient address rejected: Access denied. [[AS(201806281)|AS(201806271)]] "
     "[{id}.namprd03.prod.outlook.com]"},
    {"recipient.unknown-user", "microsoft-365", kR,
     "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient {addr} not found by SMTP address lookup"},
    {"blocklist.provider", "microsoft-365", kM,
     "550 5.7.606 Access denied, banned sending IP [{ip}]. To [[request removal|delist]] visit "
     "https://sender.office.com/"},
    {"reputation.ip", "microsoft-365", kM,
     "451 4.7.500 Server busy. Please try again later from [{ip}]. (AS77712100)"},
    {"blocklist.provider", "microsoft-consumer", kM,
     "550 5.7.1 Unfortunately, messages from [{ip}] weren't sent. [[Please contact|Contact]] your provider "
     "since part of their network is on our block list ([[S3150|S3140]])."},
    {"recipient.unknown-user", "microsoft-consumer", kR,
     "550 5.5.0 Requested action not taken: mailbox unavailable ([[S2017062302|S2017062301]])."},
    {"reputation.ip", "microsoft-consumer", kB,
     "421 RP-001 ({host}) Unfortunately, some messages from {ip} weren't sent: the IP exceeded the rate "
     "limit given by its reputation."},
    {"reputation.complaints", "yahoo", kM,
     "421 4.7.0 [[[TSS04]|[TSS05]|[TSS06]]] Messages from {ip} temporarily deferred due to unexpected volume "
     "or user complaints - 4.16.55.1; see "
     "[[https://postmaster.yahooinc.com/error-codes|https://senders.yahooinc.com/smtp-error-codes]]"},
    {"recipient.unknown-user", "yahoo", kE,
     "554 delivery error: dd [[This user doesn't have a yahoo.com account|This user doesn't have an aol.com "
     "account]] ({addr}) [0] - {host}"},
    {"recipient.disabled", "yahoo", kE,
     "554 30 Sorry, your message to {addr} cannot be delivered. This mailbox is disabled (554.30)."},
    {"recipient.mailbox-full", "apple", kR,
     "[[552 5.2.2|452 4.2.2]] <{addr}>: user is over quota ([[in reply|reference]] {id})"},
    {"policy.local", "apple", kB,
     "[[550|554]] 5.7.1 Your email was rejected due to having a policy problem [[HM08|CS01]], "
     "https://support.apple.com/en-us/HT204137"},
    {"blocklist.ip", "proofpoint", kB, "[[554|550]] Blocked - see https://ipcheck.proofpoint.com/?ip={ip}"},
    {"reputation.ip", "cisco", kB,
     "554-{host} 554 Your access to this mail system has been rejected due to the sending MTA's poor "
     "reputation. [[If you believe that this failure is in error|If this is wrong]], contact the recipient"},
    {"blocklist.provider", "t-online", kB,
     "554 IP={ip} - A problem occurred. ([[Ask your postmaster for help|Contact tosa@rx.t-online.de]]) "
     "([[BL|RP]])"},
    {"greylist.greylisted", "mimecast", kR,
     "451 [[Greylisting in place|Greylisted]], please retry in [[5 minutes|some minutes]] [{id}.us{n}]"},
};

bool IsPermanent(const Pattern& pattern, std::string_view text) {
  return pattern.stage != Stage::kBanner && text.front() == '5';
}

// Most receivers print an id that makes every reply a text of its own.
bool LacksId(const Pattern& pattern, std::string_view text) {
  if (pattern.stage == kL || pattern.stage == kN) return false;
  return text.find("{addr}") == std::string_view::npos && text.find("id}") == std::string_view::npos;
}

// Adds every combination of the alternatives in `rest` after `done`. Patterns are ours, so brackets are
// balanced.
void Expand(const Pattern& pattern, std::string done, std::string_view rest,
            std::vector<ReplyTemplate>* out) {
  const size_t open = rest.find("[[");
  if (open == std::string_view::npos) {
    done += rest;
    const bool permanent = IsPermanent(pattern, done);
    if (LacksId(pattern, done) && out->size() % 4 != 0) done += " [{id}]";
    out->push_back({pattern.cause, pattern.provider, pattern.stage, std::move(done), permanent});
    return;
  }
  done += rest.substr(0, open);
  size_t close = rest.find("]]", open);
  while (close + 2 < rest.size() && rest[close + 2] == ']') ++close;  // an alternative may end in a bracket
  std::string_view choices = rest.substr(open + 2, close - open - 2);
  rest = rest.substr(close + 2);
  while (true) {
    const size_t bar = choices.find('|');
    Expand(pattern, done + std::string(choices.substr(0, bar)), rest, out);
    if (bar == std::string_view::npos) return;
    choices.remove_prefix(bar + 1);
  }
}

}  // namespace

std::vector<ReplyTemplate> MakeReplyTemplates() {
  std::vector<ReplyTemplate> templates;
  for (const Pattern& pattern : kPatterns) Expand(pattern, "", pattern.text, &templates);
  return templates;
}

}  // namespace bouncewatch::bench

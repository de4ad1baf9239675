#include "classifier/taxonomy.h"

#include <algorithm>
#include <array>

namespace bouncewatch {
namespace {

constexpr Cause kCauses[] = {
    {"recipient.unknown-user", "recipient",
     "the mailbox does not exist",
     Scope::kRecipient, Permanence::kPermanent, Suppress::kNow, "remove-recipient", "list"},
    {"recipient.bad-syntax", "recipient",
     "recipient address is malformed",
     Scope::kRecipient, Permanence::kPermanent, Suppress::kNow, "remove-recipient", "list"},
    {"recipient.disabled", "recipient",
     "mailbox exists but is disabled, suspended, inactive or locked",
     Scope::kRecipient, Permanence::kPermanent, Suppress::kAfterN, "suppress-after-n", "list"},
    {"recipient.moved", "recipient",
     "mailbox moved, owner changed, no forwarding",
     Scope::kRecipient, Permanence::kPermanent, Suppress::kNow, "remove-recipient", "list"},
    {"recipient.mailbox-full", "recipient",
     "mailbox over quota",
     Scope::kRecipient, Permanence::kTransient, Suppress::kAfterN, "retry-later; suppress-after-n", "list"},
    {"recipient.rate-limited", "recipient",
     "this recipient receives too much mail now",
     Scope::kRecipient, Permanence::kTransient, Suppress::kNever, "retry-later", "throttle"},
    {"recipient.restricted", "recipient",
     "recipient or group only takes mail from permitted or authenticated senders",
     Scope::kRecipient, Permanence::kPermanent, Suppress::kNever, "stop-sending; ask-recipient", "policy"},
    {"recipient.blocked-sender", "recipient",
     "this recipient or its organisation blocks the sender by hand",
     Scope::kRecipient, Permanence::kPermanent, Suppress::kNever, "stop-sending; ask-recipient", "policy"},
    {"domain.not-found", "domain",
     "recipient domain has no usable DNS",
     Scope::kRecipient, Permanence::kPermanent, Suppress::kNow, "remove-recipient", "list"},
    {"domain.null-mx", "domain",
     "recipient domain declares it takes no mail",
     Scope::kRecipient, Permanence::kPermanent, Suppress::kNow, "remove-recipient", "list"},
    {"auth.spf", "auth",
     "SPF fails or SPF record is broken",
     Scope::kSendingDomain, Permanence::kUntilFixed, Suppress::kNever, "fix-dns(SPF)", "auth"},
    {"auth.dkim", "auth",
     "DKIM missing or invalid",
     Scope::kSendingDomain, Permanence::kUntilFixed, Suppress::kNever, "fix-dns(DKIM)/fix-signing", "auth"},
    {"auth.dmarc", "auth",
     "DMARC fails, is missing or unaligned",
     Scope::kSendingDomain, Permanence::kUntilFixed, Suppress::kNever, "fix-dns(DMARC)/alignment", "auth"},
    {"auth.unauthenticated", "auth",
     "neither SPF nor DKIM passes, or \"multiple checks failed\"",
     Scope::kSendingDomain, Permanence::kUntilFixed, Suppress::kNever, "fix-auth", "auth"},
    {"auth.arc", "auth",
     "ARC chain invalid on forwarded mail",
     Scope::kPath, Permanence::kUntilFixed, Suppress::kNever, "fix-forwarding", "auth"},
    {"auth.spoofed", "auth",
     "From: is one of the recipient's own domains or an impersonation",
     Scope::kSendingDomain, Permanence::kUntilFixed, Suppress::kNever, "fix-from", "auth"},
    {"identity.ptr", "identity",
     "sending IP has no PTR, or forward/reverse DNS do not match",
     Scope::kIp, Permanence::kUntilFixed, Suppress::kNever, "fix-dns(PTR)", "dns"},
    {"identity.helo", "identity",
     "HELO/EHLO name is invalid or forbidden",
     Scope::kIp, Permanence::kUntilFixed, Suppress::kNever, "fix-config(HELO)", "dns"},
    {"identity.sender-domain", "identity",
     "envelope or From domain does not resolve, has null MX",
     Scope::kSendingDomain, Permanence::kUntilFixed, Suppress::kNever, "fix-dns(MX/A)", "dns"},
    {"identity.sender-verify", "identity",
     "callout to the sender address failed",
     Scope::kSendingDomain, Permanence::kUntilFixed, Suppress::kNever, "fix-return-path", "dns"},
    {"identity.sender-syntax", "identity",
     "sender address is malformed",
     Scope::kMessage, Permanence::kPermanent, Suppress::kNever, "fix-from", "dns"},
    {"tls.required", "tls",
     "receiver requires TLS, or a newer TLS than ours",
     Scope::kIp, Permanence::kUntilFixed, Suppress::kNever, "enable-tls", "tls"},
    {"tls.failed", "tls",
     "handshake, certificate, DANE or MTA-STS failure",
     Scope::kRemote, Permanence::kTransient, Suppress::kNever, "retry-later; check-tls", "tls"},
    {"blocklist.ip", "blocklist",
     "sending IP is on a named third-party DNSBL (list, return code and URL extracted)",
     Scope::kIp, Permanence::kUntilFixed, Suppress::kNever, "delist(url)", "blocklist"},
    {"blocklist.domain", "blocklist",
     "the sending domain, sender address, HELO or client name is on a list, a third party's or the receiver's own",
     Scope::kSendingDomain, Permanence::kUntilFixed, Suppress::kNever, "delist(url)", "blocklist"},
    {"blocklist.uri", "blocklist",
     "a URL in the message is on a URI blocklist",
     Scope::kMessage, Permanence::kUntilFixed, Suppress::kNever, "remove-url; delist", "blocklist"},
    {"blocklist.dynamic-ip", "blocklist",
     "IP is in dynamic/residential/PBL space or not authorised to send directly",
     Scope::kIp, Permanence::kUntilFixed, Suppress::kNever, "use-relay; delist(PBL)", "blocklist"},
    {"blocklist.provider", "blocklist",
     "the receiver's own list bans the IP or network",
     Scope::kIp, Permanence::kUntilFixed, Suppress::kNever, "delist(provider form)", "blocklist"},
    {"reputation.ip", "reputation",
     "low reputation of the sending IP",
     Scope::kIp, Permanence::kTransient, Suppress::kNever, "slow-down; warm-up", "reputation"},
    {"reputation.domain", "reputation",
     "low reputation of the sending domain",
     Scope::kSendingDomain, Permanence::kTransient, Suppress::kNever, "slow-down; review-campaign", "reputation"},
    {"reputation.complaints", "reputation",
     "unexpected volume, complaints or unusual rate of unsolicited mail",
     Scope::kIp, Permanence::kTransient, Suppress::kNever, "slow-down; review-list", "reputation"},
    {"reputation.invalid-recipients", "reputation",
     "too many unknown recipients, namespace mining",
     Scope::kSendingDomain, Permanence::kTransient, Suppress::kNever, "clean-list", "reputation"},
    {"reputation.compromised", "reputation",
     "sender looks like an open relay/proxy or infected host",
     Scope::kIp, Permanence::kUntilFixed, Suppress::kNever, "investigate-compromise", "reputation"},
    {"content.spam", "content",
     "message content judged as spam",
     Scope::kMessage, Permanence::kPermanent, Suppress::kNever, "review-content", "content"},
    {"content.malicious", "content",
     "virus, malware, phishing",
     Scope::kMessage, Permanence::kPermanent, Suppress::kNever, "stop-campaign", "content"},
    {"content.attachment", "content",
     "attachment type or file is not allowed",
     Scope::kMessage, Permanence::kPermanent, Suppress::kNever, "change-attachment", "content"},
    {"content.policy", "content",
     "content rule of the receiver (words, DLP, banned content)",
     Scope::kMessage, Permanence::kPermanent, Suppress::kNever, "review-content", "content"},
    {"content.malformed", "content",
     "headers or MIME break RFC 5322 or receiver's stricter rules",
     Scope::kMessage, Permanence::kPermanent, Suppress::kNever, "fix-generator", "content"},
    {"content.too-large", "content",
     "message, header or attachment too large",
     Scope::kMessage, Permanence::kPermanent, Suppress::kNever, "shrink", "content"},
    {"content.unsupported", "content",
     "8BITMIME, SMTPUTF8 or conversion not supported",
     Scope::kMessage, Permanence::kPermanent, Suppress::kNever, "downgrade", "content"},
    {"policy.local", "policy",
     "receiver cites policy without saying which",
     Scope::kUnknown, Permanence::kByCode, Suppress::kNever, "contact-postmaster; review", "policy"},
    {"policy.geo", "policy",
     "country or region is refused",
     Scope::kIp, Permanence::kUntilFixed, Suppress::kNever, "other-ip", "policy"},
    {"policy.ipv6", "policy",
     "receiver does not accept mail over IPv6",
     Scope::kIp, Permanence::kUntilFixed, Suppress::kNever, "send-over-ipv4", "policy"},
    {"rate.connections", "rate",
     "too many connections or messages per connection",
     Scope::kIp, Permanence::kTransient, Suppress::kNever, "lower-concurrency", "throttle"},
    {"rate.messages", "rate",
     "message rate too high",
     Scope::kIp, Permanence::kTransient, Suppress::kNever, "slow-down", "throttle"},
    {"rate.recipients", "rate",
     "too many recipients in a message or transaction",
     Scope::kMessage, Permanence::kTransient, Suppress::kNever, "split-batch", "throttle"},
    {"greylist.greylisted", "greylist",
     "greylisting (retry time extracted)",
     Scope::kRemote, Permanence::kTransient, Suppress::kNever, "retry-after(n)", "throttle"},
    {"relay.denied", "relay",
     "receiver does not accept this recipient domain from us",
     Scope::kRecipient, Permanence::kPermanent, Suppress::kNever, "check-mx", "relay"},
    {"relay.auth-required", "relay",
     "SMTP AUTH is required",
     Scope::kLocal, Permanence::kUntilFixed, Suppress::kNever, "fix-config(auth)", "relay"},
    {"relay.bad-credentials", "relay",
     "SMTP AUTH failed",
     Scope::kLocal, Permanence::kUntilFixed, Suppress::kNever, "fix-credentials", "relay"},
    {"relay.sender-not-permitted", "relay",
     "authenticated user may not use this sender/From/domain",
     Scope::kLocal, Permanence::kUntilFixed, Suppress::kNever, "fix-sender/verify-domain", "relay"},
    {"relay.sender-suspended", "relay",
     "our account or tenant at the relay is blocked",
     Scope::kLocal, Permanence::kUntilFixed, Suppress::kNever, "contact-relay", "relay"},
    {"relay.sender-quota", "relay",
     "our sending quota at the relay is used up",
     Scope::kLocal, Permanence::kTransient, Suppress::kNever, "slow-down", "throttle"},
    {"remote.temporary", "remote",
     "receiver has a temporary or internal error, busy, unspecified \"try later\"",
     Scope::kRemote, Permanence::kTransient, Suppress::kNever, "retry-later", "remote"},
    {"remote.storage-full", "remote",
     "receiver's system storage is full",
     Scope::kRemote, Permanence::kTransient, Suppress::kNever, "retry-later", "remote"},
    {"remote.misconfigured", "remote",
     "receiver is misconfigured (lookup, alias, licence)",
     Scope::kRemote, Permanence::kTransient, Suppress::kNever, "retry-later; contact-postmaster", "remote"},
    {"remote.verify-pending", "remote",
     "receiver is verifying the address first",
     Scope::kRemote, Permanence::kTransient, Suppress::kNever, "retry-later", "remote"},
    {"remote.dnsbl-misconfigured", "remote",
     "receiver queried a DNSBL through an open/blocked resolver; we are NOT listed",
     Scope::kRemote, Permanence::kTransient, Suppress::kNever, "contact-postmaster; do-not-delist", "remote"},
    {"network.dns-error", "network",
     "temporary DNS failure on our side or theirs",
     Scope::kPath, Permanence::kTransient, Suppress::kNever, "retry-later", "network"},
    {"network.connect-refused", "network",
     "connection refused",
     Scope::kPath, Permanence::kTransient, Suppress::kNever, "retry-later", "network"},
    {"network.connect-timeout", "network",
     "connection or command timed out",
     Scope::kPath, Permanence::kTransient, Suppress::kNever, "retry-later", "network"},
    {"network.unreachable", "network",
     "no route / host unreachable / all MX failed",
     Scope::kPath, Permanence::kTransient, Suppress::kNever, "retry-later", "network"},
    {"network.connection-lost", "network",
     "peer dropped the connection",
     Scope::kPath, Permanence::kTransient, Suppress::kNever, "retry-later", "network"},
    {"network.loop", "network",
     "mail loop, too many hops",
     Scope::kPath, Permanence::kPermanent, Suppress::kNever, "fix-routing", "network"},
    {"protocol.syntax", "protocol",
     "syntax error in command or parameters",
     Scope::kLocal, Permanence::kPermanent, Suppress::kNever, "fix-mta", "protocol"},
    {"protocol.sequence", "protocol",
     "bad command sequence, pipelining",
     Scope::kLocal, Permanence::kPermanent, Suppress::kNever, "fix-mta", "protocol"},
    {"protocol.unsupported", "protocol",
     "command or parameter not implemented",
     Scope::kRemote, Permanence::kPermanent, Suppress::kNever, "fix-mta", "protocol"},
    {"queue.expired", "queue",
     "gave up after the queue lifetime and no other cause is named (expiry itself is an outcome)",
     Scope::kUnknown, Permanence::kPermanent, Suppress::kNever, "see-last-cause", "network"},
    {"local.suppressed", "local",
     "own suppression list",
     Scope::kLocal, Permanence::kPermanent, Suppress::kNever, "none", "local"},
    {"local.policy", "local",
     "own MTA policy discarded or held it",
     Scope::kLocal, Permanence::kByCode, Suppress::kNever, "none", "local"},
    {"local.error", "local",
     "local delivery agent or MTA error",
     Scope::kLocal, Permanence::kTransient, Suppress::kNever, "fix-mta", "local"},
    {"event.complaint", "event",
     "feedback report (ARF)",
     Scope::kRecipient, Permanence::kPermanent, Suppress::kNever, "unsubscribe", "event"},
    {"event.auto-reply", "event",
     "vacation/auto reply",
     Scope::kRecipient, Permanence::kByCode, Suppress::kNever, "ignore", "event"},
    {"event.challenge", "event",
     "challenge-response probe",
     Scope::kRecipient, Permanence::kTransient, Suppress::kNever, "review", "event"},
    {"event.delivered", "event",
     "success or relayed notice",
     Scope::kNone, Permanence::kByCode, Suppress::kNever, "ignore", "event"},
    {"unknown.unspecified", "unknown",
     "the reply names no cause",
     Scope::kUnknown, Permanence::kByCode, Suppress::kNever, "review", "unknown"},
};

// Causes() is grouped by category for readers; look-up goes through this index sorted by id.
constexpr auto kById = [] {
  std::array<CauseIndex, std::size(kCauses)> index{};
  for (CauseIndex i = 0; i < index.size(); ++i) index[i] = i;
  std::sort(index.begin(), index.end(), [](CauseIndex a, CauseIndex b) { return kCauses[a].id < kCauses[b].id; });
  return index;
}();

}  // namespace

std::string_view ScopeName(Scope scope) {
  constexpr std::string_view kNames[] = {"ip",   "sending-domain", "message", "recipient", "remote",
                                         "path", "local",          "none",    "unknown"};
  return kNames[static_cast<size_t>(scope)];
}

std::string_view PermanenceName(Permanence permanence) {
  constexpr std::string_view kNames[] = {"permanent", "transient", "until-fixed", "by-code"};
  return kNames[static_cast<size_t>(permanence)];
}

std::string_view SuppressName(Suppress suppress) {
  constexpr std::string_view kNames[] = {"now", "after-n", "never"};
  return kNames[static_cast<size_t>(suppress)];
}

std::span<const Cause> Causes() { return kCauses; }

std::optional<CauseIndex> FindCause(std::string_view id) {
  auto it = std::lower_bound(kById.begin(), kById.end(), id,
                             [](CauseIndex a, std::string_view key) { return kCauses[a].id < key; });
  if (it == kById.end() || kCauses[*it].id != id) return std::nullopt;
  return *it;
}

CauseIndex UnspecifiedCause() {
  static const CauseIndex index = *FindCause("unknown.unspecified");
  return index;
}

CauseIndex DeliveredCause() {
  static const CauseIndex index = *FindCause("event.delivered");
  return index;
}

Permanence ResolvePermanence(const Cause& cause, int code) {
  if (cause.permanence != Permanence::kByCode) return cause.permanence;
  return code >= 400 && code < 500 ? Permanence::kTransient : Permanence::kPermanent;
}

}  // namespace bouncewatch

// DeliveryEvent: one attempt to deliver one message to one recipient, as a log or a webhook told it.
//
// Two voices, never mixed: `outcome` is what the sending MTA decided; `reply` is what was said to it. Origin
// tells who said it. All string_views point into the batch of bytes that was decoded and live as long as that
// batch.
#pragma once

#include <cstdint>
#include <string_view>

namespace bouncewatch {

// The MTA's word. Attempts = delivered + deferred + bounced; the rest are in no denominator.
enum class Outcome : uint8_t {
  kDelivered,  // accepted by the next hop (or delivered locally)
  kDeferred,   // will be tried again
  kBounced,    // given up because of this attempt
  kExpired,    // given up because the queue lifetime ended; no attempt was made
  kEcho,       // not attempted: an earlier failure repeated for another message
  kProbe,      // an address verification probe, not a message
  kOutOfBand,  // accepted before, and refused later by a bounce message: the attempt was counted as delivered
  kComplaint,  // the recipient called it spam, long after it was delivered
  kDropped,    // not attempted: the sending service refused by itself (its suppression list, its policy)
};
inline constexpr int kOutcomeCount = 9;  // the store keeps the numbers: add at the end

// Who said the reply.
enum class Origin : uint8_t {
  kRemote,    // the receiving server
  kLocal,     // our own MTA: DNS, connect, TLS, local delivery
  kProvider,  // a sending service on our side: suppression lists, pseudo codes
};

// The SMTP stage (RFC 5321) at which the reply was given.
enum class Phase : uint8_t { kUnknown, kConnect, kHelo, kStartTls, kAuth, kMail, kRcpt, kData, kEndOfData };
inline constexpr int kPhaseCount = 9;

// Whether it stands in a column of the series: an attempt or an expiry. What the sending service made up by
// itself is in none, whatever outcome it gave it.
constexpr bool IsCounted(Outcome outcome, Origin origin) {
  return outcome <= Outcome::kExpired && origin != Origin::kProvider;
}

std::string_view OutcomeName(Outcome outcome);  // "delivered", "deferred", ...
std::string_view OriginName(Origin origin);     // "remote", ...
std::string_view PhaseName(Phase phase);  // "unknown", "connect", "helo", "starttls", "auth", "mail", ...

// The sender of bounce messages and other notices (RFC 5321 4.5.5), where a domain is expected: no domain is
// spelt so.
inline constexpr std::string_view kNullSender = "<>";

struct DeliveryEvent {
  int64_t time_s = 0;  // Unix time of the log line
  Outcome outcome = Outcome::kDelivered;
  Origin origin = Origin::kLocal;
  Phase phase = Phase::kUnknown;
  uint32_t repeat = 1;  // "message repeated N times"

  std::string_view queue_id;
  std::string_view recipient;  // the whole address as logged; never stored. Empty when the line has none
  std::string_view recipient_domain;  // as logged: case not folded; empty when the line has none
  std::string_view sender_domain;     // kNullSender, or empty when not known
  std::string_view relay_host;        // MX host name; empty when no host was reached
  std::string_view relay_ip;
  std::string_view source_ip;  // our sending address, where the format carries one; not Postfix
  std::string_view
      customer;  // whose mail it is, where the format carries it: a virtual MTA, a tenant, a subaccount
  std::string_view host;   // the machine that logged
  std::string_view tag;    // Postfix: the syslog tag before "[pid]", e.g. "postfix-out1/smtp"
  std::string_view dsn;    // the MTA's own status code ("5.7.1"), RFC 3463
  std::string_view reply;  // the response text, without "(in reply to ...)" and the MTA's wrapper
};

}  // namespace bouncewatch

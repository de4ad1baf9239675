#include "classifier/decode/postfix_body.h"

#include <cstring>

#include "classifier/decode/scan.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

inline bool ConsumePrefix(std::string_view* text, std::string_view prefix) {
  if (!text->starts_with(prefix)) return false;
  text->remove_prefix(prefix.size());
  return true;
}

// Takes everything up to and with the next ", " off the front. False: there is none.
bool ConsumeValue(std::string_view* text, std::string_view* value) {
  for (size_t from = 0;;) {
    const size_t found = FindByte(text->substr(from), ',');
    if (found == std::string_view::npos) return false;
    const size_t comma = from + found;
    if (comma + 1 < text->size() && (*text)[comma + 1] == ' ') {
      *value = text->substr(0, comma);
      text->remove_prefix(comma + 2);
      return true;
    }
    from = comma + 1;
  }
}

// "host[ip]:port", "none", "local", a transport's name, or "host[/unix/path]".
void SetRelay(std::string_view relay, DeliveryEvent* event) {
  const size_t open = FindByte(relay, '[');
  if (open == std::string_view::npos) return;
  const std::string_view rest = relay.substr(open + 1);
  const size_t close = FindByte(rest, ']');
  if (close == std::string_view::npos) return;
  const std::string_view inside = rest.substr(0, close);
  if (inside.starts_with('/')) return;  // a unix socket is no host
  event->relay_host = relay.substr(0, open);
  event->relay_ip = inside;
}

struct Status {
  std::string_view name;
  Outcome outcome;
};
constexpr Status kStatuses[] = {
    {"sent", Outcome::kDelivered},      {"deferred", Outcome::kDeferred},   {"bounced", Outcome::kBounced},
    {"SOFTBOUNCE", Outcome::kDeferred},  // soft_bounce=yes keeps in the queue what would have bounced
    {"deliverable", Outcome::kProbe},   {"undeliverable", Outcome::kProbe},
};

bool ConsumeStatus(std::string_view* text, Outcome* outcome) {
  for (const Status& status : kStatuses) {
    if (!ConsumePrefix(text, status.name)) continue;
    *outcome = status.outcome;
    return text->empty() || !IsAlpha(text->front());
  }
  return false;
}

struct CommandPhase {
  std::string_view command;
  Phase phase;
};
// smtp_proto.c names the command that was answered.
constexpr CommandPhase kCommands[] = {
    {"RCPT TO", Phase::kRcpt},   {"end of DATA", Phase::kEndOfData},
    {"MAIL FROM", Phase::kMail}, {"DATA", Phase::kData},
    {"EHLO", Phase::kHelo},      {"HELO", Phase::kHelo},
    {"LHLO", Phase::kHelo},      {"STARTTLS", Phase::kStartTls},
    {"AUTH", Phase::kAuth},
};

// Takes " (in reply to X command)" off the end.
void ConsumeInReplyTo(std::string_view* text, DeliveryEvent* event) {
  constexpr std::string_view kEnd = " command)", kBegin = "(in reply to ";
  if (!text->ends_with(kEnd)) return;
  const size_t open = text->rfind(kBegin);
  if (open == std::string_view::npos) return;
  const std::string_view command = text->substr(open + kBegin.size());
  for (const CommandPhase& entry : kCommands) {
    if (!command.starts_with(entry.command)) continue;
    event->phase = entry.phase;
    break;
  }
  text->remove_suffix(text->size() - open);
  if (text->ends_with(' ')) text->remove_suffix(1);
}

// "host H[ip] said: ..." and "host H[ip] refused to talk to me: ...": the words of the remote server.
bool ConsumeHostSaid(std::string_view* reason, DeliveryEvent* event) {
  if (!reason->starts_with("host ")) return false;
  const size_t bracket = reason->find(']');
  if (bracket == std::string_view::npos) return false;
  std::string_view rest = reason->substr(bracket + 1);
  if (ConsumePrefix(&rest, " said:")) {
    ConsumePrefix(&rest, " ");  // an empty reply has no blank behind its code or before it
    ConsumeInReplyTo(&rest, event);
  } else if (ConsumePrefix(&rest, " refused to talk to me: ")) {
    event->phase = Phase::kConnect;
  } else {
    return false;
  }
  if (event->relay_host.empty()) SetRelay(reason->substr(5, bracket + 1 - 5), event);
  *reason = rest;
  return true;
}

// "connect to H[ip]:25: ...", "lost connection with H[ip] while ...", "conversation with H[ip] timed out
// ...": relay= says "none" then; the host that was tried is here.
void SetTriedHost(std::string_view reason, DeliveryEvent* event) {
  if (!event->relay_host.empty()) return;
  for (std::string_view start : {"connect to ", "lost connection with ", "conversation with "}) {
    if (reason.starts_with(start)) {
      reason.remove_prefix(start.size());
      SetRelay(reason.substr(0, reason.find(' ')), event);
      return;
    }
  }
}

}  // namespace

void ReadPostfixReason(std::string_view reason, DeliveryEvent* event) {
  if (reason.ends_with(')')) reason.remove_suffix(1);
  if (event->outcome == Outcome::kDelivered) {
    event->origin = !event->relay_host.empty() ? Origin::kRemote : Origin::kLocal;
    event->reply = reason;
    return;
  }
  if (ConsumePrefix(&reason, "delivery temporarily suspended: ")) event->outcome = Outcome::kEcho;
  if (ConsumeHostSaid(&reason, event)) {
    event->origin = Origin::kRemote;
  } else {
    event->origin = Origin::kLocal;
    SetTriedHost(reason, event);
  }
  event->reply = reason;
}

// Postfix >= 3.5 quotes odd local parts, which may then hold anything ("x>
// status=sent"); before that, or with info_log_address_format = internal, only the ", " behind the '>' tells
// the end.
bool ConsumeAddress(std::string_view* text, std::string_view* address) {
  size_t from = 0;
  if (!text->empty() && text->front() == '"') {
    size_t i = 1;
    while (i < text->size() && (*text)[i] != '"') i += (*text)[i] == '\\' ? 2 : 1;
    if (i < text->size()) from = i;
  }
  while (true) {
    const size_t found = FindByte(text->substr(from), '>');
    if (found == std::string_view::npos) return false;
    const size_t close = from + found;
    if (close + 2 < text->size() && (*text)[close + 1] == ',' && (*text)[close + 2] == ' ') {
      *address = text->substr(0, close);
      text->remove_prefix(close + 3);
      return true;
    }
    from = close + 1;
  }
}

std::string_view AddressDomain(std::string_view address) {
  const size_t at = FindLastByte(address, '@');
  return at == std::string_view::npos ? std::string_view() : address.substr(at + 1);
}

std::string_view SenderDomain(std::string_view address) {
  return address.empty() ? kNullSender : AddressDomain(address);
}

BodyResult ParsePostfixBody(std::string_view body, DeliveryEvent* event, std::string_view* recipient) {
  if (!ConsumeAddress(&body, recipient)) return BodyResult::kBadRecipient;
  event->recipient_domain = AddressDomain(*recipient);
  while (!ConsumePrefix(&body, "status=")) {
    std::string_view value;
    if (ConsumePrefix(&body, "orig_to=<")) {
      if (!ConsumeAddress(&body, &value)) return BodyResult::kBadRecipient;
    } else if (ConsumePrefix(&body, "relay=")) {
      if (!ConsumeValue(&body, &value)) return BodyResult::kBadStatus;
      SetRelay(value, event);
    } else if (ConsumePrefix(&body, "dsn=")) {
      if (!ConsumeValue(&body, &event->dsn)) return BodyResult::kBadStatus;
    } else if (!ConsumeValue(&body, &value)) {
      return BodyResult::kBadStatus;
    }
  }
  if (!ConsumeStatus(&body, &event->outcome)) return BodyResult::kBadStatus;
  if (ConsumePrefix(&body, " (")) ReadPostfixReason(body, event);
  return BodyResult::kDelivery;
}

}  // namespace bouncewatch

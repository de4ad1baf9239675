#include "classifier/decode/exim_body.h"

#include <algorithm>
#include <limits>

#include "classifier/decode/escapes.h"
#include "classifier/decode/postfix_body.h"
#include "classifier/decode/read_text.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

constexpr size_t npos = std::string_view::npos;
// macros.h, ERRNO_RETRY_BASE: numbers from here down mean that nothing was tried.
constexpr int kNotTried = -51;
constexpr size_t kMaxHost = 400;     // "host [ip]": a domain name has at most 255 bytes
constexpr size_t kMaxAddress = 400;  // 64 bytes, '@' and a domain name (RFC 5321 4.5.3.1)

// Position behind the quoted string at the front of `text`, or 0 when it does not end.
size_t EndOfQuoted(std::string_view text) {
  size_t i = 1;
  while (i < text.size() && text[i] != '"') i += text[i] == '\\' ? 2 : 1;
  return i < text.size() ? i + 1 : 0;
}

// Takes "<addr>" off the front of *text.
std::string_view ConsumeAngle(std::string_view* text) {
  const size_t quoted = text->size() > 1 && (*text)[1] == '"' ? 1 + EndOfQuoted(text->substr(1)) : 0;
  const size_t close = text->find('>', quoted);
  if (close == npos) {
    *text = {};
    return {};
  }
  const std::string_view inside = text->substr(1, close - 1);
  text->remove_prefix(close + 1);
  return inside;
}

// A quoted local part is logged without its quotes, and the address as it was behind it:
// x y@a.test <"x y"@a.test>. The length of the first, or npos where no such pair stands.
size_t LengthBeforeQuotes(std::string_view text) {
  const size_t length = text.substr(0, kMaxAddress).find(" <\"");
  if (length == npos) return npos;
  std::string_view rest = text.substr(length + 1);
  const std::string_view original = ConsumeAngle(&rest);
  const size_t end = EndOfQuoted(original);
  size_t at = 0;
  for (size_t i = 1; i + 1 < end; ++i) {
    if (original[i] == '\\') ++i;
    if (at == length || text[at++] != original[i]) return npos;
  }
  return end != 0 && text.substr(at, length - at) == original.substr(end) ? length : npos;
}

// Takes the word at the front: up to the blank, or to the ':' before the blank, which begins the reason.
void SkipWord(std::string_view* text) {
  if (text->empty()) return;
  size_t end = std::min(text->find(' '), text->size());
  if (end > 0 && (*text)[end - 1] == ':') --end;
  text->remove_prefix(std::max<size_t>(end, 1));
}

// "host [ip]", perhaps with '*' (a connection used again) and ":port".
void ConsumeHost(std::string_view* text, DeliveryEvent* event) {
  const std::string_view reach = text->substr(0, kMaxHost);
  const size_t open = reach.find(" [");
  const size_t close = open == npos ? npos : reach.find(']', open);
  if (close == npos) return SkipWord(text);
  event->relay_host = text->substr(0, open);
  event->relay_ip = text->substr(open + 2, close - open - 2);
  text->remove_prefix(close + 1);
  ConsumePrefix(text, "*");
  if (text->size() > 1 && (*text)[0] == ':' && IsDigit((*text)[1])) {
    text->remove_prefix(1);
    SkipWord(text);
  }
}

// Takes a number "(-44)" off the front.
int ConsumeNumber(std::string_view* text) {
  ConsumePrefix(text, "(");
  const bool negative = ConsumePrefix(text, "-");
  int number = 0;
  while (!text->empty() && IsDigit(text->front())) {
    if (number < std::numeric_limits<int>::max() / 10 - 1) number = number * 10 + (text->front() - '0');
    text->remove_prefix(1);
  }
  ConsumePrefix(text, ")");
  return negative ? -number : number;
}

struct Fields {
  std::string_view confirmation;  // inside C=".."
  std::string_view errno_text;    // "Connection timed out", for positive numbers
  std::string_view reason;        // behind ": "
  int number = 0;                 // of "defer (N)"
};

// "defer (110): Connection timed out H=mx [ip]: SMTP timeout after end of data": the system's words come
// first.
void ConsumeDefer(std::string_view* text, Fields* fields) {
  fields->number = ConsumeNumber(text);
  if (fields->number <= 0 || !text->starts_with(": ")) return;
  const std::string_view rest = text->substr(2, text->find(": ", 2) - 2);
  fields->errno_text = rest.substr(0, rest.find(" H="));
  text->remove_prefix(2 + fields->errno_text.size());
}

void ParseFields(std::string_view text, DeliveryEvent* event, EximBody* body, Fields* fields) {
  while (!text.empty()) {
    if (ConsumePrefix(&text, ": ")) {
      fields->reason = text;
      return;
    }
    if (ConsumePrefix(&text, " ") || ConsumePrefix(&text, ":")) continue;
    if (ConsumePrefix(&text, "H=")) {
      ConsumeHost(&text, event);
    } else if (ConsumePrefix(&text, "I=[")) {
      event->source_ip = text.substr(0, text.find(']'));
      SkipWord(&text);
    } else if (text.starts_with("F=<")) {
      text.remove_prefix(2);
      body->sender = ConsumeAngle(&text);
      body->has_sender = true;
    } else if (text.starts_with("P=<")) {
      text.remove_prefix(2);
      ConsumeAngle(&text);
    } else if (ConsumePrefix(&text, "defer ")) {
      ConsumeDefer(&text, fields);
    } else if (const size_t quote = text.substr(0, 8).find("=\""); quote != npos && text.find(' ') > quote) {
      const std::string_view value = text.substr(quote + 1);
      const size_t end = std::max<size_t>(EndOfQuoted(value), 1);  // 1: cut, the value ends with the line
      if (text.starts_with("C=")) fields->confirmation = end > 1 ? value.substr(1, end - 2) : value.substr(1);
      text = end > 1 ? value.substr(end) : std::string_view();
    } else {
      SkipWord(&text);
    }
  }
}

struct CommandPhase {
  std::string_view command;
  Phase phase;
};
constexpr CommandPhase kCommands[] = {
    {"RCPT TO", Phase::kRcpt},
    {"end of data", Phase::kEndOfData},
    {"MAIL FROM", Phase::kMail},
    {"DATA", Phase::kData},
    {"BDAT", Phase::kEndOfData},
    {"sending data block", Phase::kEndOfData},
    {"initial connection", Phase::kConnect},
    {"EHLO", Phase::kHelo},
    {"HELO", Phase::kHelo},
    {"LHLO", Phase::kHelo},
    {"STARTTLS", Phase::kStartTls},
    {"AUTH", Phase::kAuth},
};

// The stage named at the front of `words`: "pipelined RCPT TO:<a>", "end of data", ...
Phase PhaseOf(std::string_view words) {
  ConsumePrefix(&words, "pipelined ");
  for (const CommandPhase& entry : kCommands) {
    if (words.starts_with(entry.command)) return entry.phase;
  }
  return Phase::kUnknown;
}

// Takes "RCPT TO:<addr>[ params]: " or "end of data: " off the front of *text. False: no ": " behind it.
bool ConsumeCommand(std::string_view* text, Phase* phase) {
  *phase = PhaseOf(*text);
  std::string_view rest = *text;
  if (const size_t open = rest.find(":<"); open != npos && open < rest.find(": ")) {
    rest.remove_prefix(open + 1);
    ConsumeAngle(&rest);
  }
  const size_t colon = rest.find(": ");
  if (colon == npos) {
    if (!rest.ends_with(':')) return false;  // "RCPT TO:<a>:" with nothing behind: an empty reply
    rest = {};
  } else {
    rest.remove_prefix(colon + 2);
  }
  *text = rest;
  return true;
}

// "SMTP error from remote mail server after RCPT TO:<a>: 550 ...": the words of the remote server. Releases
// before 4.83 name the host in between: "...: host mx.a.test [192.0.2.9]: 550 ...".
bool ConsumeRemote(std::string_view* reason, DeliveryEvent* event) {
  std::string_view rest = *reason;
  if (!rest.starts_with("SMTP error from remote mail") && !rest.starts_with("LMTP error from remote mail"))
    return false;
  const size_t after = rest.find(" after ");
  if (after == npos) return false;
  rest.remove_prefix(after + 7);
  if (!ConsumeCommand(&rest, &event->phase)) return false;
  if (rest.starts_with("host ")) {
    const size_t end = rest.find("]: ");
    if (end != npos) {
      std::string_view host = rest.substr(5, end + 1 - 5);
      ConsumeHost(&host, event);
      rest.remove_prefix(end + 3);
    }
  }
  *reason = rest;
  return true;
}

// Where our own MTA says at which stage it failed: "SMTP timeout after end of data", "Remote host closed
// connection in response to initial connection", "Malformed SMTP reply in response to MAIL FROM:<a>: ...".
Phase LocalPhase(std::string_view reason) {
  for (std::string_view words : {" in response to ", " after "}) {
    const size_t at = reason.find(words);
    if (at != npos) return PhaseOf(reason.substr(at + words.size()));
  }
  if (reason.find("TLS session") != npos) return Phase::kStartTls;
  return Phase::kUnknown;
}

// Takes " DT=0.01s" and the like off the end.
void CutTimes(std::string_view* reason) {
  for (size_t blank = reason->rfind(' '); blank != npos; blank = reason->rfind(' ')) {
    const std::string_view word = reason->substr(blank + 1);
    if (!word.starts_with("DT=") && !word.starts_with("QT=") && !word.starts_with("RT=")) return;
    *reason = reason->substr(0, blank);
  }
}

// Given up without an attempt: src/retry.c and transports/smtp.c.
bool IsGivenUp(std::string_view reason) {
  return reason.ends_with("retry timeout exceeded") ||
         reason.find("retry time not reached for any host after a long failure period") != npos ||
         reason.find("have been failing for a long time") != npos;
}

void SetReason(Fields fields, TextArena* arena, DeliveryEvent* event) {
  std::string_view reason = fields.reason.empty() ? fields.errno_text : fields.reason;
  CutTimes(&reason);
  event->origin = Origin::kLocal;
  if (event->outcome == Outcome::kDeferred &&
      (fields.number <= kNotTried || reason.starts_with("retry time not reached"))) {
    event->outcome = Outcome::kEcho;
  } else if (event->outcome == Outcome::kBounced && IsGivenUp(reason)) {
    event->outcome = Outcome::kExpired;
  } else if (ConsumeRemote(&reason, event)) {
    event->origin = Origin::kRemote;
  } else {
    event->phase = LocalPhase(reason);
  }
  event->reply = Unescape(reason, arena);
}

}  // namespace

std::string_view ConsumeEximAddress(std::string_view* text) {
  const size_t quoted = text->starts_with('"') ? EndOfQuoted(*text) : 0;
  const size_t end = std::min(text->find(' ', quoted), text->size());
  const std::string_view address = text->substr(0, end);
  text->remove_prefix(end);
  return address;
}

bool ParseEximBody(std::string_view text, TextArena* arena, DeliveryEvent* event, EximBody* body) {
  const bool failed = event->outcome != Outcome::kDelivered;
  const size_t unquoted = LengthBeforeQuotes(text);
  std::string_view address;
  if (unquoted != npos || text.starts_with('|')) {  // a command has its arguments behind it
    address = text.substr(0, std::min(unquoted, text.find(" <")));
    text.remove_prefix(address.size());
  } else {
    address = ConsumeEximAddress(&text);
  }
  if (failed && address.ends_with(':')) {  // "addr: reason"
    text = std::string_view(address.data() + address.size() - 1, text.size() + 1);
    address.remove_suffix(1);
  }
  if (address.empty()) return false;
  while (text.starts_with(" (")) {  // +all_parents
    const size_t close = text.find(')');
    if (close == npos) break;
    text.remove_prefix(close + 1);
  }
  std::string_view original;
  if (text.starts_with(" <")) {
    text.remove_prefix(1);
    original = ConsumeAngle(&text);
  }
  // Files, commands and local users have no domain of their own.
  const bool path = address[0] == '/' || address[0] == '|' || address[0] == '>' || address[0] == ':';
  const bool by_original = unquoted != npos || path || address.find('@') == npos;
  body->recipient = by_original && !original.empty() ? original : address;
  event->recipient = body->recipient;
  event->recipient_domain = AddressDomain(body->recipient);
  Fields fields;
  ParseFields(text, event, body, &fields);
  if (failed) {
    SetReason(fields, arena, event);
  } else {
    event->origin = event->relay_host.empty() ? Origin::kLocal : Origin::kRemote;
    event->reply = Unescape(fields.confirmation, arena);
  }
  return true;
}

}  // namespace bouncewatch

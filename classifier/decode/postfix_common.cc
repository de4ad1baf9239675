#include "classifier/decode/postfix_common.h"

#include <bit>
#include <cstring>

#include "classifier/decode/postfix_body.h"
#include "classifier/decode/scan.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

constexpr uint32_t kMaxNumber = 100'000'000;  // digits behind it are not read

template <size_t kSize>
bool At(const char* p, const char (&text)[kSize]) {
  return std::memcmp(p, text, kSize - 1) == 0;
}

uint64_t Below(int bit) {
  return (uint64_t{1} << bit) - 1;
}

std::string_view Between(const char* begin, const char* end) {
  return {begin, static_cast<size_t>(end - begin)};
}

// An address up to its '>'. A quoted local part may hold a '>' of its own.
struct Address {
  const char* end = nullptr;  // the '>'; nullptr: not within the window
  std::string_view domain;
};

inline Address ParseAddress(const char* p) {
  const Window window(p);
  const uint64_t closes = window.Find('>');
  Address address;
  if (closes == 0 || *p == '"') return address;
  const int close = std::countr_zero(closes);
  address.end = p + close;
  const uint64_t ats = window.Find('@') & Below(close);
  if (ats != 0) address.domain = Between(p + std::bit_width(ats), address.end);
  return address;
}

struct Relay {
  const char* end = nullptr;  // the comma; nullptr: another shape
  std::string_view host, ip;
};

// "host[ip]:port, ", "none, " or "host[/unix/path], ", which names no host.
inline Relay ParseRelay(const char* p) {
  const Window window(p);
  const uint64_t commas = window.Find(',');
  Relay relay;
  if (commas == 0) return relay;
  const int comma = std::countr_zero(commas);
  if (p[comma + 1] != ' ') return relay;
  relay.end = p + comma;
  const uint64_t opens = window.Find('[') & Below(comma);
  if (opens == 0) return relay;
  const int open = std::countr_zero(opens);
  const uint64_t closes = window.Find(']') & Below(comma) & ~Below(open);
  if (closes == 0 || p[open + 1] == '/') return relay;
  relay.host = Between(p, p + open);
  relay.ip = Between(p + open + 1, p + std::countr_zero(closes));
  return relay;
}

// From "delay=" to behind "status=".
struct Fields {
  const char* status = nullptr;  // nullptr: another shape
  std::string_view dsn;
};

inline Fields ParseFields(const char* p) {
  Fields fields;
  if (!At(p, "delay=") && !At(p, "conn_use=")) return fields;
  const char* dsn = nullptr;
  for (const char* const end = p + 2 * Window::kSize; p != end; p += Window::kSize) {
    for (uint64_t commas = Window(p).Find(','); commas != 0; commas &= commas - 1) {
      const char* const comma = p + std::countr_zero(commas);
      if (comma[1] != ' ') continue;
      const char* const key = comma + 2;
      if (dsn != nullptr && fields.dsn.data() == nullptr) fields.dsn = Between(dsn, comma);
      if (At(key, "status=")) {
        fields.status = key + 7;
        return fields;
      }
      if (At(key, "dsn=")) {
        if (dsn != nullptr) return Fields();
        dsn = key + 4;
      } else if (At(key, "relay=") || At(key, "orig_to=")) {
        return Fields();
      }
    }
  }
  return Fields();
}

}  // namespace

bool ParseCommonBody(const char* p, const char* line_end, DeliveryEvent* event, std::string_view* recipient) {
  const Address address = ParseAddress(p);
  if (address.end == nullptr || !At(address.end + 1, ", relay=")) return false;
  const char* const relay_begin = address.end + 9;
  if (relay_begin >= line_end) return false;
  const Relay relay = ParseRelay(relay_begin);
  if (relay.end == nullptr || relay.end + 2 >= line_end) return false;
  const Fields fields = ParseFields(relay.end + 2);
  if (fields.status == nullptr || fields.status >= line_end) return false;
  const char* reason = fields.status;
  Outcome outcome;
  if (At(reason, "sent (")) {
    outcome = Outcome::kDelivered;
    reason += 6;
  } else if (At(reason, "deferred (")) {
    outcome = Outcome::kDeferred;
    reason += 10;
  } else if (At(reason, "bounced (")) {
    outcome = Outcome::kBounced;
    reason += 9;
  } else {
    return false;
  }
  if (reason > line_end) return false;
  *recipient = Between(p, address.end);
  event->recipient_domain = address.domain;
  event->relay_host = relay.host;
  event->relay_ip = relay.ip;
  event->dsn = fields.dsn;
  event->outcome = outcome;
  ReadPostfixReason(Between(reason, line_end), event);
  return true;
}

bool ParseCommonFrom(const char* p, const char* line_end, std::string_view* sender_domain,
                     uint32_t* recipients) {
  const Address address = ParseAddress(p);
  if (address.end == nullptr || address.end >= line_end || !At(address.end + 1, ", size=")) return false;
  const char* q = address.end + 8;
  while (q < line_end && IsDigit(*q)) ++q;
  if (q >= line_end || !At(q, ", nrcpt=")) return false;
  q += 8;
  uint32_t count = 0;
  if (q > line_end) return false;
  for (; q < line_end && IsDigit(*q) && count <= kMaxNumber; ++q) {
    count = count * 10 + static_cast<uint32_t>(*q - '0');
  }
  *sender_domain = address.end == p ? kNullSender : address.domain;
  *recipients = count;
  return true;
}

}  // namespace bouncewatch

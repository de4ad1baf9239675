// Facts: what a reply names besides its cause: the list, the address on it, the page to ask at, how long to
// wait, how much is allowed, and the identity it blames. One code of one provider may blame an address, a
// network or any of four domains, and each asks for another action; only the text tells which. Facts come
// from the text as it was written. They are never part of a template or a verdict.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bouncewatch {

enum class IdentityKind : uint8_t {
  kIp,          // "192.0.2.1", "2001:db8::1"
  kNetblock,    // "192.0.2.0/24"; the network's address alone where the reply says no length
  kDkimDomain,  // d= of a signature
  kSpfDomain,   // of MAIL FROM
  kUrlDomain,   // of a link in the message
  kHelo,        // as given with HELO or EHLO
  kFromDomain,  // of the From header
  kSender,      // the sender's address
};
inline constexpr int kIdentityKindCount = 8;
std::string_view IdentityKindName(IdentityKind kind);  // "ip", "netblock", "dkim_domain", ...
std::optional<IdentityKind> FindIdentityKind(std::string_view name);

struct NamedIdentity {
  IdentityKind kind = IdentityKind::kIp;
  std::string value;  // lower case; printable ASCII
  bool operator==(const NamedIdentity&) const = default;
};

struct Limit {
  uint64_t count = 0;
  std::string_view unit;  // "messages", "connections", "recipients" or "bytes"
  uint64_t period_s = 0;  // 3600 in "100 messages per hour"; 0: not a rate, or not said
  bool operator==(const Limit&) const = default;
};

inline constexpr size_t kMaxFactsInput = 4096;  // longer replies are cut here
inline constexpr size_t kMaxNamed = 8;
inline constexpr size_t kMaxFactText = 512;  // bytes of one value

// Empty strings: the reply does not say.
struct Facts {
  std::string blocklist;   // the list's name, "spamhaus-zen"; of one that is not known the zone
  std::string zone;        // the zone as written, "zen.spamhaus.org"
  std::string listed;      // the address, network or domain that is on it
  std::string delist_url;  // where to ask for removal: as the reply says, else the list's own page
  std::string url;         // the first page that the reply names
  std::string host;        // the server that said it, where a wrapper names it
  std::optional<uint64_t> retry_after_s;
  std::optional<Limit> limit;
  std::vector<NamedIdentity> named;  // at most kMaxNamed, each once
};

}  // namespace bouncewatch

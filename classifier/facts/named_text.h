// Finds what names something in a text: addresses, networks, host names, URLs. Pure functions over any bytes,
// linear in the text, with bounded output.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bouncewatch {

inline constexpr size_t kMaxUrls = 8;
inline constexpr size_t kMaxAddresses = 16;

struct UrlText {
  size_t begin = 0, end = 0;  // where it stands
  std::string_view text;      // "https://example.org/a?b", at most kMaxFactText bytes
  std::string_view host;      // "example.org"
  std::string_view rest;      // "/a?b"
};
std::vector<UrlText> FindUrls(std::string_view text);

struct AddressText {
  size_t begin = 0, end = 0;
  std::string_view text;  // "192.0.2.1", "2001:db8::1", "192.0.2.0/24"
  bool network = false;   // has a prefix length
};
// Addresses and networks as words of their own, loopback and version numbers aside.
std::vector<AddressText> FindAddresses(std::string_view text);

bool IsIpAddress(std::string_view text);
// A host name of two labels or more: letters, digits, '-', '_', and not all digits at its end.
bool IsDomainName(std::string_view text);

// The address that a zone's query has in front, turned round: "1.2.0.192.zen.spamhaus.org" is "192.0.2.1",
// and *zone becomes "zen.spamhaus.org". Empty when there is none.
std::string TakeReversedAddress(std::string_view* zone);

}  // namespace bouncewatch

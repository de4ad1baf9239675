// Shapes of atoms: is it an IP, a host, a vendor's token, a plain word with a digit in it? Used by the mask
// only. Pure functions of the atom's bytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "classifier/text.h"

namespace bouncewatch {

// What a byte can be a part of. The first four also sum up an atom: which kinds of byte it has.
enum ByteBits : uint8_t {
  kHasDigit = 1,
  kHasLetter = 2,
  kHasDot = 4,
  kHasJoint = 8,     // '-' or '_'
  kLocalPart = 16,   // of an address
  kDomainPart = 32,  // of an address
  kBase64 = 64,      // of a long id
};

inline constexpr auto kByteBits = [] {
  std::array<uint8_t, 256> bits{};
  for (int i = 0; i < 256; ++i) {
    const char c = static_cast<char>(i);
    if (IsDigit(c)) bits[i] = kHasDigit;
    if (IsAlpha(c)) bits[i] = kHasLetter;
    if (IsAlnum(c) || i >= 0x80) bits[i] |= kLocalPart | kDomainPart;
    if (IsAlnum(c)) bits[i] |= kBase64;
  }
  for (char c : std::string_view(".-_+%&'*!#$~^`{|}=")) bits[static_cast<uint8_t>(c)] = kLocalPart;
  bits['.'] |= kHasDot | kDomainPart;
  bits['-'] |= kHasJoint | kDomainPart;
  bits['_'] |= kHasJoint | kDomainPart;
  for (char c : std::string_view("+/=_-")) bits[static_cast<uint8_t>(c)] |= kBase64;
  return bits;
}();

inline bool ByteIs(char c, unsigned bits) {
  return (kByteBits[static_cast<uint8_t>(c)] & bits) != 0;
}

inline bool IsHexDigit(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

inline unsigned AtomTraits(std::string_view atom) {
  unsigned traits = 0;
  for (char c : atom) traits |= kByteBits[static_cast<uint8_t>(c)];
  return traits & (kHasDigit | kHasLetter | kHasDot | kHasJoint);
}

bool IsDnsblAnswer(std::string_view ip);      // 127.0.0.x, 127.255.255.x
bool IsHostName(std::string_view atom);       // labels ending in what may be a top level domain
bool IsTellingLabel(std::string_view label);  // "zen", "prod", "dnsbl-1": a word, not the name of a machine
bool IsFileName(std::string_view atom);       // "lookup.shtml"
bool IsVendorToken(std::string_view atom);    // S3150, IB607, LPN007_510, OU-002, XM.SSR-001
bool IsPlainWord(std::string_view atom);      // sha256, TLSv1.2, smtputf8
bool IsDate(std::string_view atom);           // begins with "2026-01-31"

// Of the IPv4 address, the "5.7.1" at the start, 0 when there is none. A blank must follow the text.
size_t Ipv4Length(const char* text);
size_t EnhancedLength(const char* text);
size_t Ipv6Length(std::string_view text);  // the same for IPv6

}  // namespace bouncewatch

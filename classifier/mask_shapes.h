// Shapes of atoms: is it an IP, a host, a vendor's token, a plain word with a digit in it? Used by the mask
// only. Pure functions of the atom's bytes.
#pragma once

#include <cstddef>
#include <string_view>

namespace bouncewatch {

enum AtomBits : unsigned {
  kHasDigit = 1,
  kHasLetter = 2,
  kHasDot = 4,
  kHasJoint = 8
};  // a joint is '-' or '_'

unsigned AtomTraits(std::string_view atom);   // AtomBits
bool IsIpv4(std::string_view atom);           // four decimal octets
bool IsDnsblAnswer(std::string_view ip);      // 127.0.0.x, 127.255.255.x
bool IsHostName(std::string_view atom);       // labels ending in what may be a top level domain
bool IsTellingLabel(std::string_view label);  // "zen", "prod", "dnsbl-1": a word, not the name of a machine
bool IsFileName(std::string_view atom);       // "lookup.shtml"
bool IsVendorToken(std::string_view atom);    // S3150, IB607, LPN007_510, OU-002, XM.SSR-001
bool IsPlainWord(std::string_view atom);      // sha256, TLSv1.2, smtputf8
size_t Ipv6Length(std::string_view text);     // of the IPv6 address at the start, 0 when there is none

}  // namespace bouncewatch

// Redact: a reply without the people in it, fit to be kept and shown. What a postmaster needs to see stays:
// codes, words, names of lists, hosts, IP addresses, domains, URLs. What goes, each as "***":
//
//   - the local part of every address, also in URLs (%40) and in addresses wrapped into others;
//   - the recipient's local part wherever else the reply repeats it as a word of its own;
//   - a quoted subject line.
//
// Names that stand in a reply without an address are not known as such and stay. Pure; linear in the text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bouncewatch {

inline constexpr size_t kMaxRedacted = 2048;  // bytes; what is longer is cut

// `recipient`: as logged, "" when not known. Control bytes become blanks.
std::string Redact(std::string_view reply, std::string_view recipient);

}  // namespace bouncewatch

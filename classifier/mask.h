// Mask: turns a reply into its template, the words that stay when addresses, hosts, IPs, ids and numbers are taken out.
//
//   550 5.1.1 <joe@example.org>: user unknown  ->  550 5.1.1 <addr>: user unknown
//
// The classifier reads nothing but the masked text, so equal masks have equal verdicts by construction and a verdict
// may be cached under the mask's hash. Kept: reply codes and enhanced codes, vendor tokens (S3150, IB607, AUP#...),
// names of blocklists and hosts of help pages, URL words, DNSBL answers in 127.0.0.0/24 and 127.255.255.0/24.
// Taken out: <addr>, <ip>, <host>, <id> (mixed runs of letters and digits), <n> (numbers).
//
// The mask is frozen as version 1, because template ids are stored. A change is a new version (docs/formats.md).
// Pure functions over any bytes; work is linear.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bouncewatch {

inline constexpr int kMaskVersion = 1;
inline constexpr size_t kMaxMaskInput = 4096;  // longer replies are cut here before masking

// Replaces *out by the masked text: single blanks, control bytes as '?', never longer than 2 * kMaxMaskInput.
void Mask(std::string_view text, std::string* out);

// Names a template: equal across hosts, restarts and instances. Never 0.
uint64_t TemplateId(std::string_view masked);

}  // namespace bouncewatch

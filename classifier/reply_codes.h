// Codes of replies: the basic code of RFC 5321 4.2 and the enhanced code of RFC 3463, with the marks servers
// put around them. Pure functions over any bytes; each looks at a bounded number of bytes but
// TrailingEnhancedCode, which is linear.
#pragma once

#include <cstddef>
#include <string_view>

#include "classifier/reply.h"

namespace bouncewatch {

// "550" with no letter or digit after it, or 0.
int ParseBasicCode(std::string_view text);

// What opens a line of a reply.
struct ReplyCodes {
  int code = 0;
  EnhancedCode enhanced;
  bool more = false;  // "550-": other lines follow
  size_t length = 0;  // bytes that the codes take
};
ReplyCodes ParseReplyCodes(std::string_view text);

// qmail and its kin write the enhanced code last: "no such mailbox (#5.1.1)".
EnhancedCode TrailingEnhancedCode(std::string_view text);

}  // namespace bouncewatch

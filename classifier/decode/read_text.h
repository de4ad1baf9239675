// Small readers that the decoders of lines share.
#pragma once

#include <string_view>

#include "classifier/text.h"

namespace bouncewatch {

// Takes `prefix` off the front of *text. False: *text does not begin so.
inline bool ConsumePrefix(std::string_view* text, std::string_view prefix) {
  if (!text->starts_with(prefix)) return false;
  text->remove_prefix(prefix.size());
  return true;
}

// Whether `text` begins like a reply of SMTP: a code with no letter or digit behind it.
inline bool StartsWithReplyCode(std::string_view text) {
  return text.size() >= 3 && text[0] >= '2' && text[0] <= '5' && IsDigit(text[1]) && IsDigit(text[2]) &&
         (text.size() == 3 || !IsAlnum(text[3]));
}

}  // namespace bouncewatch

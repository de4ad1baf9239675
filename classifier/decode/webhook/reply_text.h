// The reply of a server, out of what providers write around it. Pure, linear.
#pragma once

#include <string_view>

#include "classifier/decode/text_arena.h"

namespace bouncewatch {

// The reply without "smtp; " (RFC 3464 2.3.6) and without words that announce it: "RecipientError: 550 5.5.0
// no", "soft bounce (450 4.2.0 later)". Text without a reply code stays as it is.
std::string_view UnwrapReply(std::string_view text);

// `text` on one line: the end of a line and the blanks behind it become one blank, as Postfix logs it; other
// control characters become '?'. At most `max` bytes, cut before a character of UTF-8.
std::string_view OneLine(std::string_view text, size_t max, TextArena* arena);

// "5.7.1" at the front of `text`, ended by something that is no letter or digit; empty when there is none.
std::string_view EnhancedCodeAtFront(std::string_view text);

// The reply with its codes in front: those that `text` lacks are taken from `code` and `dsn`. A code that is
// no reply code of SMTP (200 to 559) is left out.
std::string_view WithCodes(std::string_view code, std::string_view dsn, std::string_view text,
                           TextArena* arena);

}  // namespace bouncewatch

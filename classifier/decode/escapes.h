// Undoes the escapes that MTAs write for bytes that may not stand in a log line: Exim and Sendmail print
// "\n",
// "\t", "\\" and "\ooo" (octal), Exim's quoted values also "\"".
#pragma once

#include <string_view>

#include "classifier/decode/text_arena.h"

namespace bouncewatch {

// The text with its escapes undone; `text` itself when it has none. The end of a line of the reply becomes
// one blank, as Postfix logs it; other control characters become '?'. A backslash that begins no escape
// stays.
std::string_view Unescape(std::string_view text, TextArena* arena);

}  // namespace bouncewatch

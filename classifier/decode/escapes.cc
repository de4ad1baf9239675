#include "classifier/decode/escapes.h"

#include "classifier/text.h"

namespace bouncewatch {
namespace {

bool IsOctal(char c) {
  return c >= '0' && c <= '7';
}

bool IsControl(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

// The character that the escape at the front of `text` (behind the backslash) stands for; *length is 0 when
// it is none.
char ReadEscape(std::string_view text, size_t* length) {
  *length = 1;
  switch (text.empty() ? '\0' : text[0]) {
    case 'n':
    case 't':
      return ' ';
    case 'r':
    case 'b':
    case 'f':
    case 'v':
      return '?';
    case '\\':
    case '"':
      return text[0];
    default:
      break;
  }
  if (text.size() >= 3 && text[0] <= '3' && IsOctal(text[0]) && IsOctal(text[1]) && IsOctal(text[2])) {
    *length = 3;
    return static_cast<char>((text[0] - '0') * 64 + (text[1] - '0') * 8 + (text[2] - '0'));
  }
  *length = 0;
  return '\\';
}

}  // namespace

std::string_view Unescape(std::string_view text, TextArena* arena) {
  size_t backslash = text.find('\\');
  if (backslash == std::string_view::npos) return text;
  std::string* out = arena->Reserve(text.size());
  const size_t start = out->size();
  size_t copied = 0;
  for (; backslash != std::string_view::npos; backslash = text.find('\\', copied)) {
    out->append(text.substr(copied, backslash - copied));
    size_t length = 0;
    const char c = ReadEscape(text.substr(backslash + 1), &length);
    out->push_back(IsControl(c) ? '?' : c);
    copied = backslash + 1 + length;
  }
  out->append(text.substr(copied));
  return std::string_view(*out).substr(start);
}

}  // namespace bouncewatch

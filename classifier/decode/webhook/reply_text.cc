#include "classifier/decode/webhook/reply_text.h"

#include <algorithm>

#include "classifier/decode/read_text.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

constexpr size_t npos = std::string_view::npos;

bool IsReplyCode(std::string_view code) {
  return code.size() == 3 && code[0] >= '2' && code[0] <= '5' && code[1] >= '0' && code[1] <= '5' &&
         IsDigit(code[2]);
}

// A reply as it stands behind words: its code, and a blank, a hyphen or the end.
bool BeginsReply(std::string_view text) {
  return IsReplyCode(text.substr(0, 3)) && (text.size() == 3 || text[3] == ' ' || text[3] == '-');
}

// Where the last whole character of UTF-8 ends; the end for text that is not UTF-8.
size_t EndOfCharacters(std::string_view text) {
  const auto byte = [text](size_t at) { return static_cast<unsigned char>(text[at]); };
  size_t lead = text.size();
  while (lead > 0 && text.size() - lead < 4 && (byte(lead - 1) & 0xC0) == 0x80) --lead;
  if (lead == 0 || byte(lead - 1) < 0xC0) return text.size();
  const size_t length = byte(lead - 1) >= 0xF0 ? 4 : byte(lead - 1) >= 0xE0 ? 3 : 2;
  return lead - 1 + length > text.size() ? lead - 1 : text.size();
}

}  // namespace

std::string_view UnwrapReply(std::string_view text) {
  text = TrimSpace(text);
  if (StartsWithIgnoreCase(text, "smtp;")) text = TrimSpace(text.substr(5));
  if (StartsWithReplyCode(text)) return text;
  for (size_t at = text.find_first_of(":("); at != npos; at = text.find_first_of(":(", at + 1)) {
    const bool bracket = text[at] == '(';
    std::string_view inner = text.substr(at + 1);
    if (!bracket && !ConsumePrefix(&inner, " ")) continue;
    if (!BeginsReply(inner)) continue;
    if (bracket && inner.ends_with(')')) inner.remove_suffix(1);
    return inner;
  }
  return text;
}

std::string_view OneLine(std::string_view text, size_t max, TextArena* arena) {
  std::string* block = arena->Reserve(std::min(text.size(), max));
  const size_t start = block->size();
  for (size_t i = 0; i < text.size() && block->size() - start < max; ++i) {
    const char c = text[i];
    if (c == '\r' || c == '\n') {
      while (i + 1 < text.size() && IsSpace(text[i + 1])) ++i;
      block->push_back(' ');
    } else {
      block->push_back(static_cast<unsigned char>(c) < 0x20 && c != '\t' ? '?' : c == 0x7f ? '?' : c);
    }
  }
  const std::string_view line = std::string_view(*block).substr(start);
  return line.size() < max ? line : line.substr(0, EndOfCharacters(line));
}

std::string_view EnhancedCodeAtFront(std::string_view text) {
  if (text.size() < 5 || text[0] < '2' || text[0] > '5' || text[1] != '.') return {};
  size_t at = 2;
  for (int part = 0; part < 2; ++part) {
    const size_t digits = at;
    while (at < text.size() && at - digits < 3 && IsDigit(text[at])) ++at;
    if (at == digits) return {};
    if (part == 0 && (at == text.size() || text[at++] != '.')) return {};
  }
  return at < text.size() && (IsAlnum(text[at]) || text[at] == '.') ? std::string_view() : text.substr(0, at);
}

std::string_view WithCodes(std::string_view code, std::string_view dsn, std::string_view text,
                           TextArena* arena) {
  if (StartsWithReplyCode(text) || !IsReplyCode(code)) return text;
  if (dsn.empty() || !EnhancedCodeAtFront(text).empty())
    return arena->Join(code, text.empty() ? "" : " ", text);
  return arena->Join(arena->Join(code, " ", dsn), text.empty() ? "" : " ", text);
}

}  // namespace bouncewatch

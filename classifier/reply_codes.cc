#include "classifier/reply_codes.h"

#include "absl/strings/str_format.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

// An enhanced code with the marks servers put around it: "#5.7.1", "(5.7.1)", "[5.7.1]", ": 5.7.1",
// "DSN=5.7.1".
EnhancedCode ParseDecorated(std::string_view text, size_t* length) {
  size_t pos = 0;
  while (pos < text.size() && pos < 4 &&
         std::string_view(" #([:-'").find(text[pos]) != std::string_view::npos)
    ++pos;
  size_t digits = 0;
  const EnhancedCode code = ParseEnhancedCode(text.substr(pos), &digits);
  if (code.empty()) return code;
  const bool opened = text.substr(0, pos).find_first_of("([") != std::string_view::npos;
  pos += digits;
  if (opened && pos < text.size() && (text[pos] == ')' || text[pos] == ']')) ++pos;
  *length = pos;
  return code;
}

}  // namespace

EnhancedCode EnhancedCode::Unpack(uint32_t packed) {
  EnhancedCode code;
  code.klass = static_cast<uint8_t>((packed >> 20) & 0xf);
  code.subject = static_cast<uint16_t>((packed >> 10) & 0x3ff);
  code.detail = static_cast<uint16_t>(packed & 0x3ff);
  return code;
}

std::string EnhancedCode::ToString() const {
  return empty() ? std::string() : absl::StrFormat("%d.%d.%d", klass, subject, detail);
}

EnhancedCode ParseEnhancedCode(std::string_view text, size_t* length) {
  *length = 0;
  if (text.size() < 5 || (text[0] != '2' && text[0] != '4' && text[0] != '5') || text[1] != '.') return {};
  size_t pos = 2;
  uint16_t groups[2] = {0, 0};
  for (int i = 0; i < 2; ++i) {
    const size_t begin = pos;
    while (pos < text.size() && IsDigit(text[pos]) && pos - begin < 4) {
      groups[i] = static_cast<uint16_t>(groups[i] * 10 + (text[pos++] - '0'));
    }
    if (pos == begin || pos - begin > 3) return {};
    if (i == 0 && (pos >= text.size() || text[pos++] != '.')) return {};
  }
  if (pos < text.size() && IsAlnum(text[pos])) return {};
  if (pos + 1 < text.size() && text[pos] == '.' && IsDigit(text[pos + 1])) return {};
  *length = pos;
  return {static_cast<uint8_t>(text[0] - '0'), groups[0], groups[1]};
}

int ParseBasicCode(std::string_view text) {
  if (text.size() < 3 || text[0] < '2' || text[0] > '5' || !IsDigit(text[1]) || !IsDigit(text[2])) return 0;
  if (text.size() > 3 && (IsAlnum(text[3]) || text[3] == '_')) return 0;
  if (text.size() > 4 && text[3] == '.' && IsDigit(text[4])) return 0;
  return (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
}

ReplyCodes ParseReplyCodes(std::string_view text) {
  ReplyCodes codes;
  if (text.starts_with('#')) codes.length = 1;
  codes.code = ParseBasicCode(text.substr(codes.length));
  if (codes.code == 0) codes.length = 0;
  if (codes.code != 0) {
    codes.length += 3;
    if (text.substr(codes.length).starts_with("):")) ++codes.length;  // "permanent error (552): 5.7.0"
    if (codes.length < text.size() &&
        std::string_view("-:,").find(text[codes.length]) != std::string_view::npos) {
      codes.more = text[codes.length] == '-';
      ++codes.length;
    }
  }
  size_t enhanced = 0;
  codes.enhanced = ParseDecorated(text.substr(codes.length), &enhanced);
  codes.length += enhanced;
  return codes;
}

EnhancedCode TrailingEnhancedCode(std::string_view text) {
  size_t at = text.rfind("(#");
  while (at != std::string_view::npos) {
    size_t length = 0;
    const EnhancedCode code = ParseEnhancedCode(text.substr(at + 2), &length);
    if (!code.empty() || at == 0) return code;
    at = text.rfind("(#", at - 1);
  }
  return {};
}

}  // namespace bouncewatch

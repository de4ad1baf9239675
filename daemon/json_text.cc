#include "daemon/json_text.h"

#include <cstddef>
#include <cstdint>

#include "absl/strings/str_format.h"

namespace bouncewatch {
namespace {

bool IsContinuation(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

// The length of the UTF-8 character at the front of `text`, 0 when there is none. RFC 3629, section 4.
size_t Utf8Length(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  size_t length = 0;
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) length = 2;
  if (first >= 0xe0 && first <= 0xef) length = 3;
  if (first >= 0xf0 && first <= 0xf4) length = 4;
  if (length == 0 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if (!IsContinuation(text[i])) return 0;
  }
  const bool overlong = (first == 0xe0 && byte(1) < 0xa0) || (first == 0xf0 && byte(1) < 0x90);
  const bool surrogate = first == 0xed && byte(1) > 0x9f;
  const bool beyond = first == 0xf4 && byte(1) > 0x8f;
  return overlong || surrogate || beyond ? 0 : length;
}

}  // namespace

void AppendJsonString(std::string_view text, std::string* out) {
  *out += '"';
  while (!text.empty()) {
    const unsigned char first = static_cast<unsigned char>(text[0]);
    size_t length = 1;
    if (first == '"' || first == '\\') {
      *out += '\\';
      *out += text[0];
    } else if (first < 0x20 || first == 0x7f) {
      absl::StrAppendFormat(out, "\\u%04x", first);
    } else if (first < 0x80) {
      *out += text[0];
    } else if ((length = Utf8Length(text)) > 0) {
      out->append(text.substr(0, length));
    } else {
      *out += "\xef\xbf\xbd";
      length = 1;
    }
    text.remove_prefix(length);
  }
  *out += '"';
}

void AppendJsonKey(std::string_view key, std::string* out) {
  if (!out->empty() && out->back() != '{') *out += ',';
  AppendJsonString(key, out);
  *out += ':';
}

}  // namespace bouncewatch

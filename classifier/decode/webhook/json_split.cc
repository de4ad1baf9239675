#include "classifier/decode/webhook/json_split.h"

#include "classifier/text.h"

namespace bouncewatch {
namespace {

constexpr size_t npos = std::string_view::npos;

// The end of the string whose quote stands at `at`; npos: it has none.
size_t EndOfString(std::string_view text, size_t at) {
  for (size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      return i + 1;
    }
  }
  return npos;
}

// The end of the value that begins at `at`: behind its closing bracket, or before what ends a scalar.
size_t EndOfValue(std::string_view text, size_t at) {
  size_t depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = EndOfString(text, at);
      if (at == npos) return npos;
      if (depth == 0) return at;
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') {
      if (depth == 0) return at;
      if (--depth == 0) return at + 1;
    }
    if (depth == 0 && (c == ',' || IsSpace(c))) return at;
    ++at;
  }
  return depth == 0 ? at : npos;
}

size_t SkipSpace(std::string_view text, size_t at) {
  while (at < text.size() && IsSpace(text[at])) ++at;
  return at;
}

// Calls f for each element. False: no array.
template <typename F>
bool WalkArray(std::string_view text, F f) {
  if (!text.starts_with('[')) return false;
  size_t at = SkipSpace(text, 1);
  while (at < text.size() && text[at] != ']') {
    const size_t end = EndOfValue(text, at);
    if (end == npos || end == at) return false;
    f(text.substr(at, end - at));
    at = SkipSpace(text, end);
    if (at == text.size() || (text[at] != ',' && text[at] != ']')) return false;
    if (text[at] == ',') at = SkipSpace(text, at + 1);
  }
  return at + 1 == text.size();
}

template <typename F>
bool WalkStream(std::string_view text, F f) {
  size_t at = SkipSpace(text, 0);
  while (at < text.size()) {
    const size_t end = EndOfValue(text, at);
    if (end == npos || end == at) return false;
    f(text.substr(at, end - at));
    at = SkipSpace(text, end);
  }
  return true;
}

constexpr auto kOnlyLook = [](std::string_view) {};

}  // namespace

bool SplitJsonArray(std::string_view text, const OnJsonText& on_element) {
  text = TrimSpace(text);
  return WalkArray(text, kOnlyLook) && WalkArray(text, on_element);
}

bool SplitJsonStream(std::string_view text, const OnJsonText& on_value) {
  return WalkStream(text, kOnlyLook) && WalkStream(text, on_value);
}

}  // namespace bouncewatch

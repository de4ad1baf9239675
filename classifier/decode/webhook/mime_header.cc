#include "classifier/decode/webhook/mime_header.h"

#include <algorithm>

#include "classifier/text.h"

namespace bouncewatch {
namespace {

constexpr size_t npos = std::string_view::npos;

// Takes a parameter's value off the front of *text.
std::string ConsumeValue(std::string_view* text) {
  std::string value;
  if (!text->starts_with('"')) {
    const size_t end = std::min(text->find_first_of("; \t\r\n"), text->size());
    value = text->substr(0, end);
    text->remove_prefix(end);
    return value;
  }
  size_t i = 1;
  for (; i < text->size() && (*text)[i] != '"'; ++i) {
    if ((*text)[i] == '\\' && i + 1 < text->size()) ++i;
    value.push_back((*text)[i]);
  }
  text->remove_prefix(std::min(i + 1, text->size()));
  return value;
}

}  // namespace

std::string_view MediaType(std::string_view value) {
  return TrimSpace(value.substr(0, value.find(';')));
}

std::optional<std::string> HeaderParameter(std::string_view value, std::string_view name) {
  size_t semicolon = value.find(';');
  while (semicolon != npos) {
    value = TrimSpace(value.substr(semicolon + 1));
    const size_t end = value.find_first_of("=;");
    if (end == npos) return {};
    const std::string_view found = TrimSpace(value.substr(0, end));
    if (value[end] == ';') {
      semicolon = end;
      continue;
    }
    value = TrimSpace(value.substr(end + 1));
    std::string text = ConsumeValue(&value);
    if (EqualsIgnoreCase(found, name)) return text;
    semicolon = value.find(';');
  }
  return {};
}

}  // namespace bouncewatch

#include "daemon/url_query.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "absl/strings/str_format.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

bool Unescape(std::string_view text, std::string* out) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      *out += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    unsigned value = 0;
    const std::string_view digits = text.substr(i + 1, 2);
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (digits.size() != 2 || result.ptr != digits.data() + 2) return false;
    *out += static_cast<char>(value);
    i += 2;
  }
  return true;
}

}  // namespace

void AppendUrlParameter(std::string_view name, std::string_view value, std::string* url) {
  if (value.empty()) return;
  *url += url->find('?') == url->npos ? '?' : '&';
  *url += name;
  *url += '=';
  for (const char c : value) {
    if (IsAlnum(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      *url += c;
    } else {
      absl::StrAppendFormat(url, "%%%02X", static_cast<unsigned char>(c));
    }
  }
}

absl::StatusOr<std::vector<UrlParameter>> ParseUrlParameters(std::string_view query) {
  std::vector<UrlParameter> parameters;
  while (!query.empty()) {
    const size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    const size_t equals = std::min(pair.find('='), pair.size());
    UrlParameter parameter;
    parameter.name = pair.substr(0, equals);
    if (!Unescape(pair.substr(std::min(equals + 1, pair.size())), &parameter.value)) {
      return absl::InvalidArgumentError("a %-escape is damaged");
    }
    parameters.push_back(std::move(parameter));
  }
  return parameters;
}

}  // namespace bouncewatch

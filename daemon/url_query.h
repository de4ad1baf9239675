// The part of a URL behind '?': names and values, escaped (RFC 3986 2.1, and '+' for a blank). Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace bouncewatch {

struct UrlParameter {
  std::string name, value;
};

// Appends "?name=value" or "&name=value"; nothing when the value is empty.
void AppendUrlParameter(std::string_view name, std::string_view value, std::string* url);
// In the order given. InvalidArgument: a damaged escape.
absl::StatusOr<std::vector<UrlParameter>> ParseUrlParameters(std::string_view query);

}  // namespace bouncewatch

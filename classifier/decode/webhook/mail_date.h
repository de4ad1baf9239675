// Dates of mail headers (RFC 5322 3.3): "Thu, 29 Apr 2013 23:45:41 +0900 (JST)". Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace bouncewatch {

// Unix time. The day of the week is not looked at; years of two digits are of RFC 5322 4.3; a zone that is no
// offset counts as UTC unless it is one of North America's. nullopt: no date, or before 1970.
std::optional<int64_t> ParseMailDate(std::string_view text);

}  // namespace bouncewatch

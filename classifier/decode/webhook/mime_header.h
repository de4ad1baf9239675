// Values of header fields with parameters: "multipart/report; boundary=\"x\"; report-type=delivery-status"
// (RFC 2045 5.1). Comments in brackets are not looked for. Pure, linear.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bouncewatch {

// What stands before the first ';', without blanks.
std::string_view MediaType(std::string_view value);

// The value of the parameter of that name (any case), unquoted; the first where there are several.
std::optional<std::string> HeaderParameter(std::string_view value, std::string_view name);

}  // namespace bouncewatch

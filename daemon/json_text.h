// Writing JSON by hand: for output whose keys and their order are a contract. RFC 8259. Pure functions.
#pragma once

#include <string>
#include <string_view>

namespace bouncewatch {

// Appends `text` as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD.
void AppendJsonString(std::string_view text, std::string* out);

// Appends `"key":`, with a comma before it unless it is the first of its object.
void AppendJsonKey(std::string_view key, std::string* out);

}  // namespace bouncewatch

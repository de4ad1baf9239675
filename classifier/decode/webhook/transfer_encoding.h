// The two encodings of MIME bodies (RFC 2045 6.7, 6.8). What is no code is left out (base64) or stays as it
// is (quoted-printable). Pure, linear.
#pragma once

#include <string>
#include <string_view>

namespace bouncewatch {

std::string DecodeBase64(std::string_view text);
std::string DecodeQuotedPrintable(std::string_view text);

}  // namespace bouncewatch

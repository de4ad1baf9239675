#include "classifier/decode/log_time.h"

#include <cmath>

#include "classifier/text.h"

namespace bouncewatch {
namespace {

// Seconds up to the year 5138; milliseconds and smaller units have been beyond this since 1973.
constexpr double kSecondsMax = 1e11;
constexpr size_t kDigitsMax = 20;

}  // namespace

bool LogTimeParser::FromUnix(double value, int64_t* time_s) {
  if (!std::isfinite(value) || value < 0) return false;
  while (value >= kSecondsMax) value /= 1000;
  *time_s = static_cast<int64_t>(value);
  return true;
}

bool LogTimeParser::Parse(std::string_view text, int64_t* time_s) {
  size_t digits = 0;
  while (digits < text.size() && IsDigit(text[digits])) ++digits;
  if (digits == 4) {
    size_t length = 0;
    return civil_.Parse(text, time_s, &length) && length == text.size() && *time_s >= 0;
  }
  if (digits == 0 || digits > kDigitsMax) return false;
  double value = 0;
  for (const char c : text.substr(0, digits)) value = value * 10 + (c - '0');
  const std::string_view fraction = text.substr(digits);
  for (size_t i = 0; i < fraction.size(); ++i) {
    if (i == 0 ? fraction[i] != '.' : !IsDigit(fraction[i])) return false;
  }
  return FromUnix(value, time_s);
}

}  // namespace bouncewatch

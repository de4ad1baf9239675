// LogTimeParser: a time stamp that is a field of its own: civil time with or without zone, or Unix time.
//
// One parser per stream: it remembers the last minute it worked out. One thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/time/time.h"
#include "classifier/decode/civil_stamp.h"

namespace bouncewatch {

class LogTimeParser {
 public:
  explicit LogTimeParser(absl::TimeZone zone) : civil_(zone) {}

  // "2026-11-23 03:18:32+0100", "2026-11-23T03:18:32.88Z", "2026-11-23 03:18:32" (in the zone given), or
  // digits: Unix time in seconds, milliseconds, microseconds or nanoseconds, told by their size, with or
  // without a fraction. The whole text must be that. False: none of these, no such date, or before 1970.
  bool Parse(std::string_view text, int64_t* time_s);

  // Unix time in one of those units. False: not finite, or before 1970.
  static bool FromUnix(double value, int64_t* time_s);

 private:
  CivilStampParser civil_;
};

}  // namespace bouncewatch

// Stamps with a year but mostly without a zone: "2026-11-23 03:34:29", as Exim and Haraka's accounting write.
//
//   2026-11-23 03:34:29.368 +0100     a fraction and a zone (" +0100", "+01:00", "Z") may follow
//   2026-11-23T03:34:29.368Z          'T' for the blank
//
// Remembers the last minute it worked out. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/time/time.h"

namespace bouncewatch {

class CivilStampParser {
 public:
  explicit CivilStampParser(absl::TimeZone zone) : zone_(zone) {}

  // Reads the stamp at the start of `text`: Unix time, and its length with fraction and zone. False: it is
  // none, or no such instant.
  bool Parse(std::string_view text, int64_t* time_s, size_t* length);

 private:
  absl::TimeZone zone_;
  char prefix_[16] = {};  // "2026-11-23 03:34"
  bool known_ = false;
  int64_t utc_minute_s_ = 0;    // as if UTC
  int64_t local_minute_s_ = 0;  // in zone_
};

}  // namespace bouncewatch

// Retention: how long rows are kept at which resolution, counted back from the newest event of the store and
// never from the clock: a replayed old log is as detailed as a live one.
#pragma once

#include <cstdint>

#include "storage/records.h"

namespace bouncewatch {

struct Retention {
  int minute_hours = 48;  // rows by the minute, with all their names
  int hour_days = 35;     // hour marginals
  int day_days = 400;     // day marginals; what is older is late: counted as such and dropped
};

// The first bucket kept at each resolution. Never less than what `meta` says was dropped already.
struct FirstKept {
  uint32_t minutes_hour = 0, hours_hour = 0, day = 0;
};
FirstKept FirstKeptBy(const Retention& retention, const Meta& meta);

}  // namespace bouncewatch

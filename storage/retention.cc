#include "storage/retention.h"

#include <algorithm>

namespace bouncewatch {
namespace {

// The first whole bucket within `age_s` of the newest event.
uint32_t FirstBucket(const Meta& meta, int64_t age_s, int64_t bucket_s) {
  return static_cast<uint32_t>(std::max<int64_t>(meta.newest_event_s - age_s, 0) / bucket_s);
}

}  // namespace

FirstKept FirstKeptBy(const Retention& retention, const Meta& meta) {
  constexpr int64_t kHour = 3600, kDay = 86'400;
  FirstKept kept;
  kept.day = std::max(FirstBucket(meta, retention.day_days * kDay, kDay), meta.days_from_day);
  // Whole days, so that a day is never hours in part.
  kept.hours_hour = std::max(FirstBucket(meta, retention.hour_days * kDay, kDay) * 24, meta.hours_from_hour);
  kept.minutes_hour =
      std::max(FirstBucket(meta, retention.minute_hours * kHour, kHour), meta.minutes_from_hour);
  return kept;
}

}  // namespace bouncewatch

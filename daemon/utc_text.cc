#include "daemon/utc_text.h"

#include "absl/time/time.h"

namespace bouncewatch {
namespace {

std::string Format(const char* form, int64_t time_s) {
  return absl::FormatTime(form, absl::FromUnixSeconds(time_s), absl::UTCTimeZone());
}

}  // namespace

std::string UtcStamp(int64_t time_s) {
  return Format("%Y-%m-%dT%H:%M:%SZ", time_s);
}

std::string UtcMinute(int64_t time_s) {
  return Format("%Y-%m-%d %H:%M", time_s);
}

}  // namespace bouncewatch

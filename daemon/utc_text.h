// Times as people and programs read them: always UTC.
#pragma once

#include <cstdint>
#include <string>

namespace bouncewatch {

// "2026-11-23T03:16:00Z", as in all JSON.
std::string UtcStamp(int64_t time_s);
// "2026-11-23 03:16".
std::string UtcMinute(int64_t time_s);

}  // namespace bouncewatch

// Mail of one provider, minute by minute, with the failures of one kind of cause among it: what a detector is
// tried on. Day and week, campaigns, a share that wanders, one harmless burst a day, and, if wanted, one true
// incident a day.
#pragma once

#include <cstdint>
#include <vector>

namespace bouncewatch {

struct TrafficOptions {
  double attempts_per_minute = 100;
  double share = 0.005;  // that fails, in the mean
  double noise = 0.5;    // standard deviation of the share's logarithm, remembered for an hour
  uint32_t days = 30;
  double incident_factor = 1;  // on the share, for an hour of every day but the first two; 1: none
  uint64_t seed = 1;
};

struct Traffic {
  std::vector<uint32_t> attempts, failures;  // by minute
  std::vector<uint32_t> incidents;           // the first minute of each
};
inline constexpr uint32_t kIncidentMinutes = 60;
inline constexpr uint32_t kWarmUpMinutes = 2 * 24 * 60;  // nobody is judged in them

Traffic MakeTraffic(const TrafficOptions& options);

}  // namespace bouncewatch

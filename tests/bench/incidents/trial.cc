#include "incidents/trial.h"

#include <algorithm>

namespace bouncewatch {

uint32_t TrialResult::median_delay() const {
  if (delays.empty()) return 0;
  std::vector<uint32_t> sorted = delays;
  std::nth_element(sorted.begin(), sorted.begin() + static_cast<ptrdiff_t>(sorted.size() / 2), sorted.end());
  return sorted[sorted.size() / 2];
}

void TryClean(const Traffic& traffic, Detector detector, TrialResult* result) {
  bool was = false;
  for (size_t t = 0; t < traffic.attempts.size(); ++t) {
    const bool now = detector(traffic.attempts[t], traffic.failures[t]);
    result->false_alarms += now && !was && t >= kWarmUpMinutes;
    was = now;
  }
  result->clean_months += static_cast<double>(traffic.attempts.size() - kWarmUpMinutes) / (28 * 24 * 60);
}

void TryIncidents(const Traffic& traffic, Detector detector, TrialResult* result) {
  size_t next = 0;
  bool was = false, waiting = false;
  for (size_t t = 0; t < traffic.attempts.size() && next < traffic.incidents.size(); ++t) {
    const bool now = detector(traffic.attempts[t], traffic.failures[t]);
    const uint32_t start = traffic.incidents[next];
    if (t == start && !was) {
      ++result->incidents;
      waiting = true;
    }
    if (waiting && now) {
      ++result->found;
      result->delays.push_back(static_cast<uint32_t>(t) - start + 1);
      waiting = false;
    }
    if (t + 1 == start + kIncidentMinutes) {
      waiting = false;
      ++next;
    }
    was = now;
  }
}

}  // namespace bouncewatch

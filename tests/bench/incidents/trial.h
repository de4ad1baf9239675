// How a detector fares on traffic: false alarms, incidents found, and how soon.
#pragma once

#include <cstdint>
#include <vector>

#include "incidents/peers.h"
#include "incidents/traffic.h"

namespace bouncewatch {

struct TrialResult {
  uint32_t false_alarms = 0;     // that began in traffic without incidents
  double clean_months = 0;       // of 28 days, warm-up left out
  uint32_t incidents = 0;        // that began while it was silent
  uint32_t found = 0;            // of these: it fired within the incident
  std::vector<uint32_t> delays;  // minutes from the first minute of each found one

  double false_alarms_per_month() const { return false_alarms / clean_months; }
  double found_share() const { return incidents == 0 ? 0 : static_cast<double>(found) / incidents; }
  uint32_t median_delay() const;
};

void TryClean(const Traffic& traffic, Detector detector, TrialResult* result);
void TryIncidents(const Traffic& traffic, Detector detector, TrialResult* result);

}  // namespace bouncewatch

#include "incidents/traffic.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace bouncewatch {
namespace {

constexpr uint32_t kDay = 24 * 60;
constexpr uint32_t kCampaigns = 3, kCampaignMinutes = 20;
constexpr double kCampaignFactor = 10;
constexpr uint32_t kBurstMinutes = 5;
constexpr double kBurstFactor = 2;
constexpr double kMemoryMinutes = 60;  // of the share's wandering

}  // namespace

Traffic MakeTraffic(const TrafficOptions& options) {
  std::mt19937_64 random(options.seed);
  std::normal_distribution<double> normal;
  const uint32_t minutes = options.days * kDay;
  const auto start = [&](uint32_t day, uint32_t length) {
    return day * kDay + std::uniform_int_distribution<uint32_t>(0, kDay - length)(random);
  };
  Traffic traffic;
  std::vector<double> volume(minutes, 1), share(minutes, options.share);
  const auto multiply = [&](std::vector<double>* of, uint32_t first, uint32_t length, double factor) {
    for (uint32_t t = first; t < std::min(first + length, minutes); ++t) (*of)[t] *= factor;
  };
  for (uint32_t day = 0; day < options.days; ++day) {
    for (uint32_t i = 0; i < kCampaigns; ++i) {
      multiply(&volume, start(day, kCampaignMinutes), kCampaignMinutes, kCampaignFactor);
    }
    multiply(&share, start(day, kBurstMinutes), kBurstMinutes, kBurstFactor);
    if (options.incident_factor == 1 || day * kDay < kWarmUpMinutes) continue;
    traffic.incidents.push_back(start(day, kIncidentMinutes));
    multiply(&share, traffic.incidents.back(), kIncidentMinutes, options.incident_factor);
  }
  const double keep = std::exp(-1 / kMemoryMinutes), add = options.noise * std::sqrt(1 - keep * keep);
  double wander = options.noise * normal(random);
  for (uint32_t t = 0; t < minutes; ++t) {
    wander = wander * keep + add * normal(random);
    const double hour = 1 + 0.6 * std::sin(2 * M_PI * (t % kDay) / kDay);
    const double weekend = t / kDay % 7 >= 5 ? 0.5 : 1;
    const double mean = options.attempts_per_minute * hour * weekend * volume[t];
    const double fails = std::min(0.95, share[t] * std::exp(wander - options.noise * options.noise / 2));
    traffic.attempts.push_back(std::poisson_distribution<uint32_t>(mean)(random));
    traffic.failures.push_back(std::binomial_distribution<uint32_t>(traffic.attempts.back(), fails)(random));
  }
  return traffic;
}

}  // namespace bouncewatch

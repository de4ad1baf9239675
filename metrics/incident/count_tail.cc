#include "metrics/incident/count_tail.h"

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>

namespace bouncewatch {
namespace {

constexpr double kReach = 9, kStep = 0.125;  // of the standard normal variable that is summed over
constexpr double kCertainMargin = 40;        // standard deviations: what is beyond is taken as 0 or 1

// P(K >= count) for a Poisson variable.
double PoissonTail(double count, double mean) {
  if (count <= 0) return 1;
  if (mean > 0 && count > mean + kCertainMargin * std::sqrt(mean) + kCertainMargin) return 0;
  if (count < mean - kCertainMargin * std::sqrt(mean)) return 1;
  return boost::math::gamma_p(count, mean);
}

}  // namespace

double TailScore(uint64_t count, double expected, double dispersion) {
  if (count == 0 || expected <= 0) return 0;
  const double variance = std::log1p(1 / dispersion), sigma = std::sqrt(variance);
  const double middle = std::log(expected) - variance / 2;
  const auto k = static_cast<double>(count);
  double tail = 0;
  for (double z = -kReach; z <= kReach; z += kStep) {
    tail += std::exp(-z * z / 2) * PoissonTail(k, std::exp(middle + sigma * z));
  }
  tail *= kStep / std::sqrt(2 * M_PI);
  if (tail <= 0) return kMaxTailScore;
  return std::clamp(-std::log10(tail), 0.0, kMaxTailScore);
}

}  // namespace bouncewatch

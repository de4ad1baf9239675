#include "incidents/peers.h"

#include <boost/math/special_functions/gamma.hpp>
#include <cmath>

namespace bouncewatch {
namespace {

constexpr size_t kDay = 24 * 60, kWeek = 7 * kDay;
constexpr uint64_t kMinFailures = 20;

// Everything seen so far, summed up: any window in two look-ups.
class History {
 public:
  void Add(uint64_t attempts, uint64_t failures) {
    attempts_.push_back(attempts_.back() + attempts);
    failures_.push_back(failures_.back() + failures);
  }
  size_t size() const { return attempts_.size() - 1; }
  // Of the `length` minutes that end `ago` minutes ago; shorter where there is less.
  double attempts(size_t length, size_t ago = 0) const { return Sum(attempts_, length, ago); }
  double failures(size_t length, size_t ago = 0) const { return Sum(failures_, length, ago); }

 private:
  static double Sum(const std::vector<uint64_t>& sums, size_t length, size_t ago) {
    const size_t end = sums.size() - 1 < ago ? 0 : sums.size() - 1 - ago;
    return static_cast<double>(sums[end] - sums[end < length ? 0 : end - length]);
  }
  std::vector<uint64_t> attempts_{0}, failures_{0};
};

using Test = bool (*)(const History& history);

bool StaticRatio(const History& h) {
  return h.failures(5) >= kMinFailures && h.failures(5) > 0.02 * h.attempts(5);
}

bool LastWeek(const History& h) {
  return h.size() > kWeek && h.failures(5) >= kMinFailures && h.failures(5) > 3 * h.failures(5, kWeek);
}

bool ZScore(const History& h) {
  const double mean = h.failures(kDay, 5) / static_cast<double>(kDay) * 5;
  return h.failures(5) >= kMinFailures && h.failures(5) > mean + 3 * std::sqrt(mean + 1);
}

bool PoissonTest(const History& h) {
  const double share = h.failures(kDay, 60) / std::max(h.attempts(kDay, 60), 1.0);
  const double expected = std::max(share, 2e-4) * h.attempts(5), count = h.failures(5);
  return count >= 5 && count > expected && boost::math::gamma_p(count, std::max(expected, 1e-9)) < 1e-6;
}

Peer Make(std::string name, Test test) {
  return {std::move(name), [test]() -> Detector {
            auto history = std::make_shared<History>();
            return [history, test](uint64_t attempts, uint64_t failures) {
              history->Add(attempts, failures);
              return test(*history);
            };
          }};
}

}  // namespace

std::vector<Peer> Peers() {
  return {Make("static ratio 5m > 2 %", StaticRatio), Make("rate > 3x last week", LastWeek),
          Make("rate z-score > 3", ZScore), Make("Poisson p < 1e-6", PoissonTest)};
}

}  // namespace bouncewatch

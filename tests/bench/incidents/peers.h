// The detectors that ours is held against: what operators write into their alert rules today.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace bouncewatch {

// Told one minute after the other; answers whether it would be firing.
using Detector = std::function<bool(uint64_t attempts, uint64_t failures)>;

struct Peer {
  std::string name;
  std::function<Detector()> make;
};

// Static ratio over five minutes; five minutes against the same of last week; the z-score of the rate against
// a day; an exact Poisson test against the day's share.
std::vector<Peer> Peers();

}  // namespace bouncewatch

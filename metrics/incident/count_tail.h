// How surprising a count is, when counts scatter more than chance alone would have them.
//
// The share of failures of a healthy sender wanders: it is taken as log-normal around its mean, and a count
// as Poisson given the share (the Poisson log-normal law). Its tail is heavier than that of the negative
// binomial law with the same mean and variance, and one threshold means the same at ten mails a minute and at
// two thousand. Pure.
#pragma once

#include <cstdint>

namespace bouncewatch {

// -log10 of the probability to count `count` or more where `expected` (> 0) are expected. `dispersion` is the
// r of the negative binomial law with the same variance, expected + expected^2 / r; lower is noisier. From 0
// to kMaxTailScore.
double TailScore(uint64_t count, double expected, double dispersion);
inline constexpr double kMaxTailScore = 99;

}  // namespace bouncewatch

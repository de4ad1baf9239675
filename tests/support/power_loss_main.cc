// power_loss: loses power many times while a log is read, and compares the counts with a run that lost none.
//
//   power_loss --seed 1 --count 1000
//
// Without --seed: BOUNCEWATCH_TEST_SEED, or 1. Exit code 0: equal.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tests/support/power_loss.h"

int main(int argc, char** argv) {
  bouncewatch::PowerLossOptions options;
  if (const char* seed = std::getenv("BOUNCEWATCH_TEST_SEED")) options.seed = std::strtoull(seed, nullptr, 10);
  for (int i = 1; i + 1 < argc; i += 2) {
    const bool is_seed = std::strcmp(argv[i], "--seed") == 0;
    if (!is_seed && std::strcmp(argv[i], "--count") != 0) argc = 0;
    const unsigned long long value = std::strtoull(argv[i + 1], nullptr, 10);
    if (is_seed) {
      options.seed = value;
    } else {
      options.count = static_cast<int>(value);
    }
  }
  if (argc % 2 == 0 || options.count < 1) {
    std::fputs("usage: power_loss [--seed 1] [--count 50]\n", stderr);
    return 2;
  }
  const auto start = std::chrono::steady_clock::now();
  const auto report = bouncewatch::RunPowerLosses(options);
  if (!report.ok()) {
    std::fprintf(stderr, "seed %llu: %s\n", static_cast<unsigned long long>(options.seed),
                 report.status().ToString().c_str());
    return 1;
  }
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  const auto number = [](uint64_t value) { return static_cast<unsigned long long>(value); };
  std::printf(
      "%d losses: %d in opening, %d in a commit, %d in a fold, %d at rest; %llu commits, %llu folds\n",
      options.count, report->in_opening, report->in_commit, report->in_fold, report->at_rest,
      number(report->commits), number(report->folds));
  std::printf("%llu bytes of log, %llu events at %llu points equal, %.1f s\n", number(report->bytes),
              number(report->events), number(report->points), taken.count());
  return 0;
}

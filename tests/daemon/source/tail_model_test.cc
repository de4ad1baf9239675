// Scenario 47 of docs/tailing.md: random sequences against a reference that knows every line.
//
//   BOUNCEWATCH_TEST_SEQUENCES   how many, 300 when it is not set; 10000 by hand
//   BOUNCEWATCH_TEST_SEED        the first seed
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <string>

#include "tests/support/tail_model.h"

namespace bouncewatch {
namespace {

uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::strtoull(value, nullptr, 10);
}

// Polling, inotify, and as few descriptors as there can be.
TailSetting SettingOf(uint64_t seed) {
  TailSetting setting;
  setting.use_inotify = seed % 8 == 0;
  setting.open_files_max = seed % 4 == 1 ? 1 : 64;
  return setting;
}

TEST(TailModel, S47EveryLineComesOnceWhateverHappens) {
  const uint64_t sequences = FromEnvironment("BOUNCEWATCH_TEST_SEQUENCES", 300);
  const uint64_t first = FromEnvironment("BOUNCEWATCH_TEST_SEED", 1);
  for (uint64_t seed = first; seed < first + sequences; ++seed) {
    std::mt19937_64 random(seed);
    const TailSequence steps = RandomTailSequence(&random, 6 + random() % 30);
    const TailSetting setting = SettingOf(seed);
    const std::optional<std::string> problem = RunTailSequence(steps, setting);
    if (!problem) continue;
    const TailSequence shortest = ShrinkTailSequence(steps, setting);
    FAIL() << "seed " << seed << ": " << *problem << "; of the shortest sequence that failed: "
           << RunTailSequence(shortest, setting).value_or("nothing, it fails only now and then") << "\n"
           << FormatTailSequence(shortest);
  }
}

}  // namespace
}  // namespace bouncewatch

// Scenario 43 of docs/tailing.md: more files than may be open, and one that never rests.
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "tests/support/tail_test.h"

namespace bouncewatch {
namespace {

using TailManyFiles = TailTest;

TEST_F(TailManyFiles, S43TenThousandFilesAndAHotOne) {
  constexpr int kFiles = 10'000;
  constexpr size_t kOpenMax = 200;
  options_.open_files_max = kOpenMax;
  options_.watched_scan_interval = std::chrono::hours(1);
  options_.scan_interval = std::chrono::hours(1);
  const auto name = [](int i) { return "cold-" + std::to_string(i) + ".log"; };
  for (int i = 0; i < kFiles; ++i) dir_.Write(name(i), std::to_string(i) + "\n");
  dir_.Write("hot.log", "hot\n");
  Start({"*.log"});
  size_t lines = 0;
  for (const char c : ReadAll()) lines += c == '\n' ? 1 : 0;
  EXPECT_EQ(lines, kFiles + 1u);
  EXPECT_LE(source_->open_files(), kOpenMax);
  // Every cold file gets its line while the hot one has 64 MiB to give.
  const std::string hot = Lines("hot", 1 << 20);
  dir_.Append("hot.log", hot);
  for (int i = 0; i < kFiles; i += 100) dir_.Append(name(i), "more\n");
  size_t hot_bytes = 0, hot_before_last_cold = 0, cold = 0;
  while (hot_bytes < hot.size()) {
    const absl::StatusOr<Chunk> chunk = source_->Read();
    ASSERT_TRUE(chunk.ok()) << chunk.status();
    ASSERT_FALSE(chunk->lines.empty()) << hot_bytes;
    if (chunk->lines == "more\n") {
      ++cold;
      hot_before_last_cold = hot_bytes;
    } else {
      hot_bytes += chunk->lines.size();
    }
  }
  EXPECT_EQ(cold, static_cast<size_t>(kFiles / 100));
  EXPECT_LE(hot_before_last_cold, 2u << 20);  // one turn is 1 MiB
  EXPECT_LE(source_->open_files(), kOpenMax);
}

}  // namespace
}  // namespace bouncewatch

// TailTest: a log directory with a file source that looks at it anew on every Read. Its clock stands still
// unless the test moves it.
#pragma once

#include <archive.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/source/file_source.h"
#include "tests/support/compressed_file.h"
#include "tests/support/state_table.h"
#include "tests/support/temp_dir.h"

namespace bouncewatch {

// `count` lines with a stamp, the word and their number.
inline std::string Lines(const std::string& word, int count) {
  std::string text;
  for (int i = 0; i < count; ++i)
    text += "2026-11-23T03:00:00Z mx x: " + word + " " + std::to_string(i) + "\n";
  return text;
}

class TailTest : public ::testing::Test {
 protected:
  TailTest() {
    options_.name = "mail";
    options_.scan_interval = options_.watched_scan_interval = std::chrono::milliseconds(0);
    options_.rotate_wait = std::chrono::milliseconds(0);
    options_.now = [this] { return now_; };
  }

  // Patterns are below the directory.
  void Start(const std::vector<std::string>& patterns = {"mail.log"}) {
    options_.paths.clear();
    for (const std::string& pattern : patterns) options_.paths.push_back(dir_ / pattern);
    source_ = std::make_unique<FileSource>(options_, states_.saved());
    states_.Attach();
  }

  // Reads until nothing comes any more.
  std::string ReadAll() {
    std::string text;
    for (int empty = 0; empty < 4;) {
      const absl::StatusOr<Chunk> chunk = source_->Read();
      EXPECT_TRUE(chunk.ok()) << chunk.status();
      if (!chunk.ok()) break;
      empty = chunk->lines.empty() ? empty + 1 : 0;
      text += chunk->lines;
    }
    return text;
  }

  void Save() { states_.Save(source_.get()); }
  void Stop() {
    Save();
    Kill();
  }
  void Kill() { source_.reset(); }

  void Rename(std::string_view from, std::string_view to) { std::filesystem::rename(dir_ / from, dir_ / to); }
  // Like gzip(1): the archive gets the time of the file, which goes away.
  void Compress(const std::string& name, const std::string& suffix = ".gz",
                int (*filter)(archive*) = archive_write_add_filter_gzip) {
    std::ifstream in(dir_ / name, std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(in), {});
    ASSERT_TRUE(WriteCompressed(dir_ / (name + suffix), text, filter));
    std::filesystem::last_write_time(dir_ / (name + suffix), std::filesystem::last_write_time(dir_ / name));
    std::filesystem::remove(dir_ / name);
  }
  // Like logrotate's copytruncate.
  void CopyTruncate(std::string_view copy) {
    std::filesystem::copy_file(dir_ / "mail.log", dir_ / copy);
    dir_.Write("mail.log", "");
  }

  TempDir dir_;
  std::chrono::steady_clock::time_point now_{std::chrono::hours(1)};
  StateTable states_;
  FileSourceOptions options_;
  std::unique_ptr<FileSource> source_;
};

}  // namespace bouncewatch

#include "daemon/command/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "absl/strings/str_format.h"

namespace bouncewatch {
namespace {

constexpr std::chrono::milliseconds kTerminalInterval(200);
constexpr std::chrono::seconds kPlainInterval(5);

std::string FormatSeconds(double seconds) {
  const int64_t whole = static_cast<int64_t>(seconds + 0.5);
  if (whole >= 3600) return absl::StrFormat("%d h %d min", whole / 3600, whole % 3600 / 60);
  if (whole >= 60) return absl::StrFormat("%d min %d s", whole / 60, whole % 60);
  return absl::StrFormat("%d s", whole);
}

}  // namespace

Progress::Progress() : terminal_(::isatty(STDERR_FILENO) == 1), start_(Clock::now()), last_(start_) {}

double Progress::elapsed_s() const {
  return std::chrono::duration<double>(Clock::now() - start_).count();
}

void Progress::Show(const ProgressState& state) {
  const Clock::time_point now = Clock::now();
  if (terminal_ ? now - last_ < kTerminalInterval : now - last_ < kPlainInterval) return;
  last_ = now;
  shown_ = true;
  const std::string line = FormatProgress(state, elapsed_s());
  std::fprintf(stderr, terminal_ ? "\r\x1b[K%s" : "%s\n", line.c_str());
}

void Progress::Finish() {
  if (terminal_ && shown_) std::fprintf(stderr, "\r\x1b[K");
}

std::string FormatBytes(uint64_t bytes) {
  constexpr const char* kUnits[] = {"B", "kB", "MB", "GB", "TB"};
  double value = static_cast<double>(bytes);
  size_t unit = 0;
  while (value >= 1000 && unit + 1 < std::size(kUnits)) {
    value /= 1000;
    ++unit;
  }
  return unit == 0 ? absl::StrFormat("%d B", bytes) : absl::StrFormat("%.1f %s", value, kUnits[unit]);
}

std::string FormatProgress(const ProgressState& state, double elapsed_s) {
  const double total = static_cast<double>(std::max<uint64_t>(state.bytes_total, 1));
  const double share = std::min(1.0, static_cast<double>(state.bytes_done) / total);
  const double seconds = std::max(elapsed_s, 1e-3);
  std::string line = absl::StrFormat("%s of %s, %.0f %%, %.0f events/s", FormatBytes(state.bytes_done),
                                     FormatBytes(state.bytes_total), 100 * share,
                                     static_cast<double>(state.events) / seconds);
  if (share > 0.01) line += absl::StrFormat(", %s left", FormatSeconds(seconds / share * (1 - share)));
  return line;
}

}  // namespace bouncewatch

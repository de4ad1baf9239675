// Progress of long work, on standard error: one line that is rewritten on a terminal, a plain line every few
// seconds elsewhere. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace bouncewatch {

struct ProgressState {
  uint64_t bytes_done = 0, bytes_total = 0;  // of the files as they lie on the disk
  uint64_t events = 0;
};

class Progress {
 public:
  Progress();
  // Shows the state when it is time to.
  void Show(const ProgressState& state);
  // Wipes the rewritten line, so that other output can follow.
  void Finish();
  double elapsed_s() const;

 private:
  using Clock = std::chrono::steady_clock;
  bool terminal_;
  bool shown_ = false;
  Clock::time_point start_, last_;
};

// "1.5 GB", "312 B".
std::string FormatBytes(uint64_t bytes);
// "12.5 MB of 1.0 GB, 1 %, 12000 events/s, 1 min 3 s left".
std::string FormatProgress(const ProgressState& state, double elapsed_s);

}  // namespace bouncewatch

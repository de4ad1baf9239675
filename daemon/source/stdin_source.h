// StdinSource: lines from standard input, to its end. Has no position: what was read once cannot be read
// again. One thread.
#pragma once

#include <string>
#include <vector>

#include "daemon/source/line_buffer.h"
#include "daemon/source/source.h"

namespace bouncewatch {

class StdinSource final : public Source {
 public:
  // `fd` is borrowed.
  StdinSource(std::string name, int fd);

  const std::string& name() const override { return name_; }
  absl::StatusOr<Chunk> Read() override;
  bool done() const override { return done_; }
  void SaveState(std::vector<StateUpdate>*) override {}
  int wakeup_fd() const override { return done_ ? -1 : fd_; }
  SourceStats stats() const override;

 private:
  std::string name_;
  int fd_;
  bool done_ = false;
  LineBuffer buffer_;
  FileState file_;
  SourceStats stats_;
};

}  // namespace bouncewatch

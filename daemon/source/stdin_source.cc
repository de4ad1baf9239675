#include "daemon/source/stdin_source.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <utility>

#include "absl/status/status.h"

namespace bouncewatch {

StdinSource::StdinSource(std::string name, int fd) : name_(std::move(name)), fd_(fd) {
  file_.anchor.not_after_s = std::time(nullptr);
}

absl::StatusOr<Chunk> StdinSource::Read() {
  while (!done_) {
    pollfd ready = {fd_, POLLIN, 0};
    if (::poll(&ready, 1, 0) <= 0) return Chunk{};
    const std::span<char> space = buffer_.Space();
    const ssize_t n = ::read(fd_, space.data(), space.size());
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) return Chunk{};
    if (n < 0) return absl::ErrnoToStatus(errno, "cannot read standard input");
    buffer_.Filled(static_cast<size_t>(n));
    stats_.bytes_read += static_cast<uint64_t>(n);
    const std::string_view lines = n == 0 ? buffer_.TakeRest() : buffer_.TakeLines();
    done_ = n == 0 && lines.empty();
    if (!lines.empty()) return Chunk{lines, &file_};
  }
  return Chunk{};
}

SourceStats StdinSource::stats() const {
  SourceStats stats = stats_;
  stats.lines_too_long = buffer_.lines_too_long();
  return stats;
}

}  // namespace bouncewatch

// TailedFile: one file that is being followed, from its position on. It stays the same file when it is
// renamed. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "daemon/source/file_identity.h"
#include "daemon/source/line_buffer.h"
#include "daemon/source/source.h"

namespace bouncewatch {

class TailedFile {
 public:
  // `found` is the open file, `position` where it was left, or a new one with the key and year anchor to use.
  TailedFile(Recognized found, FilePosition position, std::string opened_path, const FileFacts& facts);

  // The next lines; empty when there are none now. A compressed file that ends in the middle is an error
  // once: it may still be written, and is tried again when it has grown. While the file may still grow, an
  // unfinished last line waits.
  absl::StatusOr<Chunk> Read();
  // Its name now belongs to another file, or to none. It is read on until it has not grown for a while.
  void MarkRotated();
  // Call at its end: a rotated file that has not grown for `wait` gives away its unfinished line and is
  // finished.
  std::string_view FinishAfter(std::chrono::milliseconds wait);

  bool rotated() const { return rotated_at_.has_value(); }
  // A rotated file whose end was seen after the rotation: what its successor holds is later.
  bool drained() const { return rotated() && at_end_; }
  bool finished() const { return finished_; }
  bool at_end() const { return at_end_; }

  // True when the file on the disk, of which these are the facts, no longer holds what was read from this
  // one.
  bool WasRewritten(const FileFacts& facts);
  // The position behind what Read has returned; nullopt when it is that of the last call.
  std::optional<FilePosition> TakePosition(int64_t now_s);

  const FilePosition& position() const { return position_; }
  FileState* file_state() { return &position_.file; }
  bool Is(const FileFacts& facts) const { return facts.dev == facts_.dev && facts.inode == facts_.inode; }
  // True for a copy of a file of which nothing was read yet: it has no position by which it could be known.
  bool IsUnreadAndBegins(std::string_view head) const {
    return mark_.offset() == 0 && head_.find('\n') != std::string::npos && head.starts_with(head_);
  }
  const std::string& path() const { return position_.path; }
  uint64_t offset() const { return mark_.offset(); }
  absl::StatusOr<FileFacts> Facts() const { return stream_->Facts(); }
  uint64_t lag_bytes() const;
  uint64_t lines_too_long() const { return buffer_.lines_too_long(); }
  uint64_t bytes_read() const { return bytes_read_; }

  int saves_since_finished = 0;  // counted by the source: it lets go of the file when its end is durable

 private:
  using Clock = std::chrono::steady_clock;

  absl::Status Reopen();

  std::unique_ptr<ByteStream> stream_;
  ReadMark mark_;
  LineBuffer buffer_;
  FilePosition position_;
  FileFacts facts_;  // as last seen
  uint64_t saved_offset_;
  uint64_t bytes_read_ = 0;
  bool at_end_ = false, finished_ = false;
  std::string opened_path_;
  std::string head_;                             // as it was when opened
  std::optional<uint64_t> broken_size_;          // of a compressed file that ended in the middle
  std::optional<Clock::time_point> rotated_at_;  // or of the last growth since
};

}  // namespace bouncewatch

// TailedFile: one file that is being followed, from its position on. It stays the same file when it is
// renamed, and when its descriptor was closed meanwhile: it is opened again by name and checked by inode and
// content. One thread.
//
// Every read of a plain file also reads its first bytes and those before the offset and compares them with
// what was there: whoever truncated or rewrote the file meanwhile is found out, whatever its size is now.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "daemon/source/descriptor.h"
#include "daemon/source/file_identity.h"
#include "daemon/source/line_buffer.h"
#include "daemon/source/source.h"

namespace bouncewatch {

using FileId = std::pair<uint64_t, uint64_t>;  // device, inode
inline FileId IdOf(const FileFacts& facts) {
  return {facts.dev, facts.inode};
}

class TailedFile {
 public:
  using Clock = std::chrono::steady_clock;

  enum class Outcome : uint8_t {
    kLines,      // there may be more
    kEnd,        // nothing more now; an unfinished last line waits
    kRewritten,  // what was read is no longer there: the file was truncated
    kMoved,      // closed, and its name leads elsewhere or nowhere
  };
  struct Result {
    Outcome outcome = Outcome::kEnd;
    std::string_view lines;     // of kLines; live until the next use of the buffer
    bool unterminated = false;  // the one line had no newline of its own
  };

  // `found` is the open file, `position` where it was left, or a new one with the key and year anchor to use.
  // `opened_path`: where it lies now; position.path is the name it was followed under.
  TailedFile(Recognized found, FilePosition position, std::string opened_path);

  // The next lines. `buffer` holds nothing of this file between two calls. A compressed file that ends in the
  // middle is an error once: it may still be written, and is tried again when it has grown.
  absl::StatusOr<Result> Read(LineBuffer* buffer, Clock::time_point now);
  // For a rotated file that will not grow: what is left of it; in the end its last line, with a newline of
  // ours.
  absl::StatusOr<Result> ReadRest(LineBuffer* buffer, Clock::time_point now);

  // Of a look at the file from outside, under the name `path`. True when it should be read.
  bool Saw(const FileFacts& facts, const std::string& path, int64_t now_s);

  // Its name now belongs to another file, or to none. It is read on until nobody can write to it any more.
  void MarkRotated(Clock::time_point now);
  void MarkLive(std::string path);
  bool rotated() const { return rotated_; }
  bool at_end() const { return at_end_; }
  // A rotated file whose end was seen after the rotation: what its successor holds is later.
  bool drained() const { return rotated_ && at_end_; }
  Clock::time_point last_growth() const { return last_growth_; }
  bool compressed() const { return compressed_; }
  bool broken() const { return broken_size_.has_value(); }
  bool has_unfinished_line() const { return unfinished_; }

  bool open() const { return fd_.valid() || archive_ != nullptr; }
  int fd() const { return fd_.get(); }  // of a plain file; -1 while closed
  void Close();

  // The position behind what was read; nullopt when it is that of the last call.
  std::optional<FilePosition> TakePosition(int64_t now_s);
  void set_finished(bool finished) { position_.finished = finished; }

  const FilePosition& position() const { return position_; }
  const std::string& key() const { return position_.key; }
  const std::string& path() const { return position_.path; }
  const std::string& opened_path() const { return opened_path_; }
  FileState* file_state() { return &position_.file; }
  FileId id() const { return IdOf(facts_); }
  uint64_t offset() const { return mark_.offset(); }
  const FileFacts& facts() const { return facts_; }  // as last seen
  uint64_t lag_bytes() const;
  // False when what was read is no longer there: the next Read will say so.
  bool HoldsWhatWasRead();
  // Its first bytes as they are now, at most kHeadBytes; empty when it cannot be read.
  std::string Head();

  // Bytes that were there, were not read, and are not there any more. Of a rewritten file.
  uint64_t unread_before() const { return size_before_ > offset() ? size_before_ - offset() : 0; }

  Descriptor TakeDescriptor() { return std::move(fd_); }  // which closes this one

  // For who keeps many of them.
  bool queued = false;   // to be read
  bool present = true;   // at the last scan, under a name that was looked for
  bool failing = false;  // the last read failed
  std::optional<int> watch;
  uint64_t lag_counted = 0, offset_counted = 0;
  uint64_t final_save = 0;  // the save that told its end; 0: none did

 private:
  absl::StatusOr<Result> ReadPlain(LineBuffer* buffer, Clock::time_point now);
  absl::StatusOr<Result> ReadArchive(Clock::time_point now);
  absl::StatusOr<bool> Reopen();
  absl::StatusOr<bool> ReopenArchive();
  // Reads what follows the mark into the buffer: bytes read, or nullopt when what precedes it has changed.
  absl::StatusOr<std::optional<size_t>> Fill(LineBuffer* buffer, size_t* space);
  bool HoldsHead() const;
  bool SeesBeginning(std::string_view bytes);
  void Passed(LineBuffer* buffer, Clock::time_point now);

  Descriptor fd_;                        // of a plain file
  std::unique_ptr<ByteStream> archive_;  // of a compressed one, with the buffer of what is decompressed
  std::unique_ptr<LineBuffer> archive_buffer_;
  bool compressed_;
  ReadMark mark_;
  FilePosition position_;
  FileFacts facts_;
  uint64_t size_before_ = 0;  // at the last read that found what it expected
  std::string opened_path_;
  uint64_t saved_offset_;
  bool saved_ = false, saved_finished_ = false;
  bool rotated_ = false, at_end_ = false, unfinished_ = false;
  int64_t looked_s_ = 0;                 // wall clock of the last read that met the end
  std::optional<uint64_t> broken_size_;  // of a compressed file that ended in the middle
  Clock::time_point last_growth_{};      // or of the rotation
};

// Whether somebody could still write through an open descriptor; kUnknown where asking is not allowed.
enum class Writers : uint8_t { kNone, kSome, kUnknown };
Writers FindWriters(int fd);

}  // namespace bouncewatch

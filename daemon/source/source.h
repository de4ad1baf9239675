// Source: where lines come from. A source yields chunks of whole lines and can say, at any moment between two
// chunks, which position stands behind everything it has yielded so far. That position goes into the same
// RocksDB batch as the counts made from those lines. One thread; not for sharing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "classifier/decode/decoder.h"
#include "storage/store.h"

namespace bouncewatch {

inline constexpr size_t kMaxLineBytes = 256 * 1024;  // a longer line is skipped to its newline and counted

struct Chunk {
  std::string_view lines;     // whole lines, each ended by '\n'; empty: nothing to read just now
  FileState* file = nullptr;  // of the file the lines come from; the decoder moves it on
};

struct SourceStats {
  uint64_t bytes_read = 0;
  uint64_t lines_too_long = 0;
  uint64_t rotations = 0, truncations = 0;
  uint64_t lag_bytes = 0;    // known to be unread; 0 for a journal
  uint64_t bytes_total = 0;  // of a replay, for progress; 0 when endless
  // What is not as it was written, or was not written at all:
  uint64_t unterminated_lines = 0;  // last lines without a newline of files that will not grow
  uint64_t nul_bytes = 0;           // skipped in front of lines
  uint64_t cut_lines = 0;           // as long as the logger lets a line be, so that it may have been cut
  uint64_t lost_bytes = 0;          // known to have been written, and gone before they could be read
  uint64_t lost_files = 0;          // gone, with an unknown number of lines that were not read
  uint64_t lost_messages = 0;       // that the logger says it dropped
  uint64_t gaps = 0;                // places where an unknown number of entries is missing
};

class Source {
 public:
  virtual ~Source() = default;
  virtual const std::string& name() const = 0;

  // The next lines. The views live until the next call. An error is temporary (a file that cannot be read
  // now): the caller counts it, logs it rate-limited and asks again later.
  virtual absl::StatusOr<Chunk> Read() = 0;

  // True when nothing more can ever come (a replay at its end).
  virtual bool done() const = 0;

  // Positions behind everything that Read has returned, for the commit of those lines. Only what changed
  // since the last call. Keys are "position/<source name>/...".
  virtual void SaveState(std::vector<StateUpdate>* states) = 0;

  // True when SaveState would tell something that should not wait for lines.
  virtual bool wants_save() const { return false; }

  // The first `saves` calls of SaveState are on disk: what was kept in case it had to be read again may go.
  virtual void Durable(uint64_t saves) { static_cast<void>(saves); }

  // A file descriptor that becomes readable when there may be more to read, or -1: ask again every 200 ms.
  virtual int wakeup_fd() const = 0;

  virtual SourceStats stats() const = 0;
};

}  // namespace bouncewatch

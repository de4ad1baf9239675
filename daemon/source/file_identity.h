// File identity: which file this is and how far it was read, told by content. Renaming, compressing or
// copying a file does not change it; a file with other bytes under the same name or inode is another file.
//
// A position holds the offset (of decompressed bytes) behind the last line taken, a hash of the first bytes
// before it (at most 4096) and a hash of the last bytes before it (at most 256). A file is the one of the
// position when both stretches of it hash alike. docs/formats.md, "Positions", has the grammar of the stored
// value.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "classifier/decode/decoder.h"
#include "daemon/source/byte_stream.h"
#include "storage/store.h"

namespace bouncewatch {

inline constexpr size_t kHeadBytes = 4096;
inline constexpr size_t kTailBytes = 256;

// As stored under "position/<source>/<number>".
struct FilePosition {
  std::string key;
  uint64_t offset = 0;
  uint64_t head_hash = 0, tail_hash = 0;
  bool skipping = false;  // the offset lies inside a line that is too long and is being skipped
  FileState file;
  uint64_t dev = 0, inode = 0;
  int64_t seen_s =
      0;  // when the file was last there, Unix time; old positions of vanished files are deleted by it
  std::string path;  // where it was; for people, and to find rotated siblings

  std::string Encode() const;
  static std::optional<FilePosition> Decode(std::string_view key, std::string_view value);
};

using SavedStates = std::vector<std::pair<std::string, std::string>>;

// All positions of files in the store, of every source: a file that was read by one source is known to the
// others.
std::vector<FilePosition> DecodePositions(const SavedStates& saved);
// A key that no position in `positions` has yet.
std::string NewPositionKey(std::string_view source, const std::vector<FilePosition>& positions);

// The bytes that identify what was read so far; moves on with the reading.
class ReadMark {
 public:
  // Bytes that directly follow those of the last call.
  void Pass(std::string_view bytes);
  uint64_t offset() const { return offset_; }
  uint64_t HeadHash() const;
  uint64_t TailHash() const;

  // A mark at `offset`, the stretches before which were just read again.
  static ReadMark At(uint64_t offset, std::string head, std::string tail);

 private:
  uint64_t offset_ = 0;
  std::string head_, tail_;
};

// What a look at a file's bytes told.
struct Recognized {
  std::unique_ptr<ByteStream> stream;  // behind the position; at the front of a new file
  ReadMark mark;
  std::string head;                      // the first bytes, at most kHeadBytes
  std::optional<FilePosition> position;  // nullopt: never seen before
  bool is_older_copy = false;  // its beginning is known, but it ends before the position: nothing to read
};

// Opens `path` and finds out which of `positions` is its own, if any. Work: a few KiB, and decompression up
// to the position for a compressed file.
absl::StatusOr<Recognized> Recognize(const std::string& path, const std::vector<FilePosition>& positions);

// Moves a new file's stream and mark behind its last whole line. For files whose past does not matter.
absl::Status SkipToLastLine(const std::string& path, Recognized* found);

}  // namespace bouncewatch

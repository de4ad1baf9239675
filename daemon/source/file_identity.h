// File identity: which file this is and how far it was read, told by content. Renaming, compressing or
// copying a file does not change it; a file with other bytes under the same name or inode is another file.
//
// A position holds the offset (of decompressed bytes) behind the last line taken, a hash of the file's first
// bytes (at most 4096) and a hash of the last bytes before the offset (at most 256). A file is the one of the
// position when both stretches of it hash alike. A file that was seen and not read yet has a position too,
// with offset 0. docs/formats.md, "Positions", has the grammar of the stored value.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
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

uint64_t HashBytes(std::string_view bytes);

// As stored under "position/<source>/<number>".
struct FilePosition {
  std::string key;
  uint64_t offset = 0;
  uint32_t head_len = 0;  // bytes that head_hash is of
  uint64_t head_hash = 0, tail_hash = 0;
  bool skipping = false;  // the offset lies inside a line that is too long and is being skipped
  bool finished = false;  // rotated, read to its end, and nothing more was to come
  FileState file;
  uint64_t dev = 0, inode = 0;
  int64_t modified_s = 0;  // of the file when it was read last
  int64_t seen_s = 0;  // when it was read last, Unix time; old positions of vanished files are deleted by it
  std::string path;    // under which name it was followed; rotated siblings are looked for beside it

  std::string Encode() const;
  static std::optional<FilePosition> Decode(std::string_view key, std::string_view value);
};

using SavedStates = std::vector<std::pair<std::string, std::string>>;

// All positions of files in the store, of every source: a file that was read by one source is known to the
// others.
std::vector<FilePosition> DecodePositions(const SavedStates& saved);
// The bytes that identify what was read so far; moves on with the reading.
class ReadMark {
 public:
  // Bytes that directly follow those of the last call.
  void Pass(std::string_view bytes);
  uint64_t offset() const { return offset_; }
  uint32_t head_len() const { return static_cast<uint32_t>(std::min<uint64_t>(offset_, kHeadBytes)); }
  uint64_t HeadHash() const { return offset_ < kHeadBytes ? HashBytes(head_) : full_head_hash_; }
  uint64_t TailHash() const { return HashBytes(tail_); }
  const std::string& tail() const { return tail_; }  // the last bytes before the offset

  // A mark at `offset`, the stretches before which were just read again.
  static ReadMark At(uint64_t offset, std::string head, std::string tail);

 private:
  void KeepHead(std::string_view bytes);

  uint64_t offset_ = 0;
  std::string head_;  // until it is whole; then its hash is enough
  uint64_t full_head_hash_ = 0;
  std::string tail_;
};

// What a look at a file's bytes told.
struct Recognized {
  std::unique_ptr<ByteStream> stream;  // behind the position; at the front of a new file
  ReadMark mark;
  std::string head;                      // the first bytes, at most kHeadBytes
  std::optional<FilePosition> position;  // nullopt: never seen before
  std::string older_copy_of;             // the path of the position that is_older_copy is about
  bool is_older_copy = false;  // its beginning is known, but it ends before the position: nothing to read
  FileFacts facts;             // of the file that was opened
};

class PositionTable;

// Opens `path` and finds out which of `positions` is its own, if any; those whose keys are in `except` are
// passed over. Work: a few KiB, and decompression up to the position for a compressed file.
absl::StatusOr<Recognized> Recognize(const std::string& path, const PositionTable& positions,
                                     const std::set<std::string>& except = {});

// Moves a new file's stream and mark behind its last whole line. For files whose past does not matter.
absl::Status SkipToLastLine(const std::string& path, Recognized* found);

}  // namespace bouncewatch

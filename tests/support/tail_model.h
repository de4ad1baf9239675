// TailModel: what must come out of a file source, whatever happens to its file. A sequence of steps (write,
// rotate, truncate, delete, compress, read, commit, kill) is applied to real files and to a reference that
// knows every line and whether it may be lost: lines that were truncated away, or deleted while nobody had
// the file open.
//
// A line must come exactly once; one that may be lost, at most once. Deterministic but for the file system's
// clock.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace bouncewatch {

enum class TailAction : uint8_t {
  kAppend,        // `amount` whole lines
  kAppendPart,    // the beginning of a line; the next append ends it
  kRename,        // rotate by renaming; an even amount: the writer goes on with the old file until kReopen
  kReopen,        // the writer opens the new file
  kCopyTruncate,  // rotate by copying
  kDelete,        // the live file; a new one is created
  kTruncate,
  kCompress,  // the newest rotated file that is plain and at rest
  kRead,      // `amount` chunks
  kReadAll,   // until nothing comes
  kCommit,
  kKill,  // without a commit, and start again
  kStop,  // with a commit; down until kStart
  kStart,
  kWait,  // longer than rotate_wait
};
inline constexpr int kTailActions = 15;

struct TailStep {
  TailAction action;
  uint32_t amount;
};
using TailSequence = std::vector<TailStep>;

struct TailSetting {
  bool use_inotify = false;
  size_t open_files_max = 64;
};

TailSequence RandomTailSequence(std::mt19937_64* random, size_t length);

// What went wrong; nullopt when all came as it must. Makes and removes a directory of its own.
std::optional<std::string> RunTailSequence(const TailSequence& steps, const TailSetting& setting);

// The shortest sequence found that still goes wrong, by leaving steps out.
TailSequence ShrinkTailSequence(TailSequence steps, const TailSetting& setting);

std::string FormatTailSequence(const TailSequence& steps);

}  // namespace bouncewatch

// FileSource: follows log files by name pattern, through rotation, compression and truncation.
// docs/tailing.md says what it does in which situation.
//
// Files take turns, each for a bounded number of bytes, so that one that grows fast keeps none waiting. The
// files themselves are FileSet's business; this reads them. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "daemon/log.h"
#include "daemon/source/file_set.h"
#include "daemon/source/line_buffer.h"
#include "daemon/source/source.h"

namespace bouncewatch {

class FileSource final : public Source {
 public:
  FileSource(FileSourceOptions options, const SavedStates& saved);

  const std::string& name() const override { return name_; }
  absl::StatusOr<Chunk> Read() override;
  bool done() const override { return false; }
  void SaveState(std::vector<StateUpdate>* states) override { files_.Save(states); }
  bool wants_save() const override { return files_.has_unsaved(); }
  void Durable(uint64_t saves) override { files_.Durable(saves); }
  int wakeup_fd() const override { return files_.wakeup_fd(); }
  SourceStats stats() const override;

  size_t open_files() const { return files_.open_files(); }

 private:
  void NoteError(const absl::Status& status);
  // What the front file said, when that was no lines.
  void EndOf(const absl::StatusOr<TailedFile::Result>& result);

  std::string name_;
  std::function<TailedFile::Clock::time_point()> now_;
  FileSet files_;
  LineBuffer buffer_;
  uint64_t turn_bytes_ = 0, unterminated_ = 0;
  absl::Status error_;  // to be told when there are no lines to give
};

}  // namespace bouncewatch

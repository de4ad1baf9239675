// FileSource: follows log files by name pattern, through rotation, compression and truncation.
//
// It looks at the files every 200 ms instead of waiting for inotify: one look takes all lines written since,
// where a wakeup per line would cost more than reading it, and it works on every file system. A file is known
// by its content (file_identity.h), so that what was rotated or compressed while nobody looked is finished
// first. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "daemon/config.h"
#include "daemon/source/file_identity.h"
#include "daemon/source/source.h"
#include "daemon/source/tailed_file.h"

namespace bouncewatch {

struct FileSourceOptions {
  std::string name;
  std::vector<std::string> paths;  // globs
  StartAt start_at = StartAt::kBeginning;
  bool tell_formats = false;  // each file's, before it is read; one that does not tell waits until it does
  std::chrono::milliseconds scan_interval{200};
  std::chrono::milliseconds rotate_wait{30'000};  // a writer may hold a rotated file open for as long
};

class FileSource final : public Source {
 public:
  FileSource(FileSourceOptions options, const SavedStates& saved);

  const std::string& name() const override { return options_.name; }
  absl::StatusOr<Chunk> Read() override;
  bool done() const override { return false; }
  void SaveState(std::vector<StateUpdate>* states) override;
  int wakeup_fd() const override { return -1; }
  SourceStats stats() const override;

 private:
  using Clock = std::chrono::steady_clock;
  using Files = std::list<std::unique_ptr<TailedFile>>;

  absl::Status Scan();
  absl::Status ScanPath(const std::string& path, const FileFacts& facts);
  // A file seen for the first time by this process. What an earlier name of it left unread is taken up first.
  absl::Status OpenPath(const std::string& path);
  absl::Status OpenSiblings(const std::string& path);
  // `path`: the name that is followed; `opened_path`: where the file lies now. `start_at` is for a file never
  // seen.
  absl::Status Add(const std::string& path, const std::string& opened_path, Recognized found,
                   const FileFacts& facts, StartAt start_at);
  // Sets the format of a file. False: nothing tells it; the file is not to be read now.
  absl::StatusOr<bool> TellFormat(const std::string& opened_path, const std::string& path, FileState* file) const;
  void Remember(const FileFacts& facts);
  void Drop(Files::iterator file);

  bool IsTailed(const Recognized& found, const FileFacts& facts) const;
  bool HasPositionAt(const std::string& path) const;
  bool MustWait(const TailedFile& file) const;  // for an older file of the same path
  FilePosition* FindPosition(const std::string& key);
  void UpdatePositions();

  FileSourceOptions options_;
  std::vector<FilePosition> positions_;  // of the store and of this process
  std::vector<std::string> changed_;     // keys to be saved
  std::vector<std::string> retired_;     // keys to be deleted
  Files files_;                          // older generations of a path before newer ones
  Files::iterator turn_;                 // whose turn to be read it is
  // Files with nothing to read, by (device, inode): not looked at again until their size changes.
  std::map<std::pair<uint64_t, uint64_t>, uint64_t> known_;
  Clock::time_point last_scan_;
  SourceStats stats_;  // of files let go of
};

}  // namespace bouncewatch

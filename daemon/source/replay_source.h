// ReplaySource: log files read once from front to end, as one stream. The files are put in the order of the
// first time stamp in each, whatever their names; compressed ones are decompressed on the way. What an
// earlier run has read of a file is passed over, whatever the file is called now, so a second replay adds
// nothing. One thread.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "daemon/source/file_identity.h"
#include "daemon/source/line_buffer.h"
#include "daemon/source/position_table.h"
#include "daemon/source/source.h"

namespace bouncewatch {

struct ReplayOptions {
  std::string name = "replay";
  std::vector<std::string> paths;
  int year = 0;  // of the first stamp of each file, for stamps without a year; 0: from the modification time
  absl::TimeZone timezone = absl::UTCTimeZone();  // of stamps without a zone; here it only orders the files
  bool tell_formats = false;  // each file's; one that does not tell is an error and is not read
};

class ReplaySource final : public Source {
 public:
  // Opens every file once. Fails when one cannot be opened: before anything was read.
  static absl::StatusOr<std::unique_ptr<ReplaySource>> Open(ReplayOptions options, const SavedStates& saved);

  const std::string& name() const override { return options_.name; }
  // An error names a file that could not be read to its end; the next call goes on with the next file.
  absl::StatusOr<Chunk> Read() override;
  bool done() const override { return !current_ && next_file_ == files_.size(); }
  void SaveState(std::vector<StateUpdate>* states) override;
  int wakeup_fd() const override { return -1; }
  SourceStats stats() const override;

  // Files of which nothing was new.
  size_t files_known() const { return files_known_; }
  // In reading order; for tests and the summary.
  std::vector<std::string> ordered_paths() const;

 private:
  struct File {
    std::string path;
    int64_t first_stamp_s = 0;  // or the modification time, where no stamp is found
    FileFacts facts;
  };
  // The file being read.
  struct Current {
    std::unique_ptr<ByteStream> stream;
    ReadMark mark;
    FilePosition position;
    uint64_t offset_at_open = 0;
  };

  explicit ReplaySource(ReplayOptions options) : options_(std::move(options)) {}
  absl::StatusOr<File> Look(const std::string& path) const;
  absl::Status OpenNext();
  void CloseCurrent();
  void UpdatePosition();
  YearAnchor FirstAnchor(const FileFacts& facts) const;

  ReplayOptions options_;
  std::vector<File> files_;
  size_t next_file_ = 0;
  std::optional<Current> current_;
  LineBuffer buffer_;
  PositionTable positions_;      // of the store and of this run
  std::set<std::string> dirty_;  // keys, to be saved
  SourceStats stats_;
  uint64_t raw_bytes_done_ = 0;  // of the files behind the current one
  size_t files_known_ = 0;
};

// The first time stamp in the first lines of a log file, nullopt when there is none.
std::optional<int64_t> FindFirstStamp(std::string_view head, absl::TimeZone zone, YearAnchor anchor);

}  // namespace bouncewatch

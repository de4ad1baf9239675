// FileSet: which files a source follows, what is known of each, and which are to be read next.
//
// A scan finds the files by name and tells them by inode, or by content where the inode is new. Between scans
// inotify names the files that were written to; without it every scan looks at all sizes. Two files are never
// taken for one because they begin alike, and one file is never taken for two because it was renamed, copied
// or compressed. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "daemon/config.h"
#include "daemon/log.h"
#include "daemon/source/file_names.h"
#include "daemon/source/inotify.h"
#include "daemon/source/position_table.h"
#include "daemon/source/source.h"
#include "daemon/source/tailed_file.h"

namespace bouncewatch {

// The clock that file systems stamp changes with: what is written from now on has no earlier stamp.
int64_t CoarseUnixTimeNs();

struct FileSourceOptions {
  std::string name;
  std::vector<std::string> paths;  // globs
  StartAt start_at = StartAt::kBeginning;
  bool tell_formats = false;  // each file's, before it is read; one that does not tell waits until it does
  bool use_inotify = true;
  // Between two looks at all files: where inotify does not tell of changes, and where it does.
  std::chrono::milliseconds scan_interval{200};
  std::chrono::milliseconds watched_scan_interval{10'000};
  // How long nothing must come before an unfinished last line of a rotated file is taken as it is.
  std::chrono::milliseconds rotate_wait{30'000};
  size_t open_files_max = 0;  // 0: half of what the process may have open
  // For tests of time.
  std::function<TailedFile::Clock::time_point()> now = [] { return TailedFile::Clock::now(); };
  std::function<int64_t()> unix_time_ns = [] { return CoarseUnixTimeNs(); };
};

class FileSet {
 public:
  using Clock = TailedFile::Clock;

  FileSet(FileSourceOptions options, const SavedStates& saved);

  // Takes note of what changed since the last call, scanning when it is time. An error is the first thing
  // that could not be looked at; the rest was.
  absl::Status Update();

  // The file whose turn it is; null when none has anything to read.
  TailedFile* Front();
  void EndTurn();            // the front file goes behind the others
  void Exhausted();          // the front file has nothing more now
  void Failed();             // the front file cannot be read now, and is tried again later
  void Moved();              // the front file is not where it was
  absl::Status Rewritten();  // the front file was truncated: its copy and its new content are looked for
  void WasRead(TailedFile* file);  // after every read, whatever came of it

  // A rotated file whose unfinished line is as whole as it will be; null when there is none.
  TailedFile* NextToFinish();
  void Finished(TailedFile* file);
  void MarkReady(TailedFile* file);

  void Save(std::vector<StateUpdate>* states);
  bool has_unsaved() const { return !unsaved_.empty(); }
  // The first `saves` calls of Save are on disk: files that were kept for that are let go of.
  void Durable(uint64_t saves);

  int wakeup_fd() const { return inotify_.fd(); }
  void AddStats(SourceStats* stats) const;
  size_t open_files() const { return open_.size(); }

 private:
  using Files = std::map<FileId, std::unique_ptr<TailedFile>>;

  static constexpr int64_t kSecondNs = 1'000'000'000;

  bool ScanIsDue(Clock::time_point now) const;
  absl::Status Scan();
  void Visit(const LogName& seen);
  absl::Status Discover(const LogName& seen);
  // Adds what was recognised unless its bytes are those of a file that is being read.
  absl::Status Place(const LogName& seen, Recognized found);
  void Add(const LogName& seen, Recognized found, FilePosition position);
  void AddNameless(const LogName& seen, const Descriptor& open);
  bool IsFollowed(const std::string& path) const;
  bool IsCopyOf(TailedFile* holder, const Recognized& found);
  bool BeginsLikeItsKin(const LogName& seen, const Recognized& found);
  bool IsUnreadGeneration(const LogName& seen) const;
  StartAt StartOf(const LogName& seen) const;
  // Sets the format of a file that has none; an error when nothing tells it.
  absl::Status TellFormat(const LogName& seen, FileState* file) const;

  void Rotate(TailedFile* file);
  void Drop(TailedFile* file);
  void DropVanished();
  void GiveUpUnfound();
  bool MustWait(const TailedFile& file) const;  // for an older file of the same name
  void WakeSuccessors(const std::string& followed);
  void Unqueue(TailedFile* file);
  void Watch(TailedFile* file);
  void WatchDirectories(const std::set<std::string>& directories);
  void Remember(const FileFacts& facts);

  void Store(FilePosition position);
  void UpdatePosition(TailedFile* file);
  void UpdatePositions();
  void CountLag(TailedFile* file);
  void NoteOpen(TailedFile* file);
  void ForgetOpen(TailedFile* file);
  bool MayLetGo(TailedFile* file) const;
  int64_t UnixTimeS() const { return options_.unix_time_ns() / kSecondNs; }
  void WarnOfLoss(const std::string& path, uint64_t bytes);

  FileSourceOptions options_;
  PositionTable positions_;           // of the store and of this process
  std::set<std::string> open_ended_;  // keys of positions of this source that may have more behind them
  // Names that this source has followed, with the format of the last file of that name that told one.
  std::map<std::string, std::string> followed_;
  std::set<std::string> unsaved_, retired_;  // keys
  std::set<TailedFile*> dirty_;              // read since their position was taken
  uint64_t saves_ = 0;

  Files files_;
  std::map<std::string, TailedFile*> by_key_;
  std::map<std::string, std::vector<TailedFile*>> generations_;  // of a followed name, oldest first
  std::deque<TailedFile*> ready_;
  std::set<TailedFile*> rotated_, failed_;
  std::set<std::string> awake_after_;  // followed names whose order to read changed
  TailedFile* archive_ = nullptr;      // the compressed file being read: one at a time
  std::list<TailedFile*> open_;        // least recently read first
  std::unordered_map<TailedFile*, std::list<TailedFile*>::iterator> open_at_;

  Inotify inotify_;
  std::unordered_map<int, FileId> watches_;
  std::set<int> directories_;  // watches
  bool directories_watched_ = false;
  size_t unwatched_ = 0;  // plain files that inotify does not tell of
  bool scan_wanted_ = true;
  bool untold_ = false;  // the last scan met a file that did not tell its format, and is not watched
  std::optional<Clock::time_point> last_scan_;
  Clock::duration scan_cost_{};
  // Files with nothing to read: not looked at again until they change.
  std::map<FileId, std::pair<uint64_t, int64_t>> known_;
  // Of the scan that is running or was last.
  absl::Status error_;
  std::set<std::string> continued_;  // followed names of which an older file was found
  // When all files of interest were last known, Unix time; 0: never.
  int64_t alive_ns_ = 0, alive_saved_ns_ = 0;

  SourceStats stats_;
  uint64_t lag_bytes_ = 0;
  LogLimiter limiter_;
  size_t open_max_;
};

}  // namespace bouncewatch

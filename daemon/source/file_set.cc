#include "daemon/source/file_set.h"

#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <utility>

#include "classifier/status_macros.h"
#include "daemon/log.h"

namespace bouncewatch {
namespace {

using std::chrono::milliseconds;

// Counts older than this are no longer kept either, so reading such a file again would add nothing.
constexpr int64_t kForgetAfterS = 400 * 86400;
// Positions kept for one source; beyond that the oldest are forgotten.
constexpr size_t kPositionsMax = 100'000;
// Names changing all the time must not make the source scan all the time.
constexpr milliseconds kScanPause{50};
// Nor may many files: of ten seconds, at most one is spent on scans.
constexpr int kScanCostFactor = 10;
constexpr milliseconds kRetryInterval{1000};
// How often the time at which everything was known is saved when nothing else is.
constexpr int64_t kAliveIntervalNs = 60'000'000'000;
constexpr std::string_view kAliveKey = "seen";
// With fewer files than this, how much is unread is asked for each time.
constexpr size_t kFewFiles = 64;

size_t OpenFilesMax(size_t wanted) {
  if (wanted > 0) return wanted;
  rlimit limit;
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 256;
  return std::max<size_t>(16, static_cast<size_t>(limit.rlim_cur) / 2);
}

}  // namespace

int64_t CoarseUnixTimeNs() {
  timespec now;
  ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

FileSet::FileSet(FileSourceOptions options, const SavedStates& saved)
    : options_(std::move(options)),
      inotify_(options_.use_inotify),
      open_max_(OpenFilesMax(options_.open_files_max)) {
  const std::string prefix = "position/" + options_.name + "/";
  const int64_t oldest = UnixTimeS() - kForgetAfterS;
  std::vector<FilePosition> own;
  for (FilePosition& position : DecodePositions(saved)) {
    if (position.key.starts_with(prefix)) {
      own.push_back(std::move(position));
    } else {
      positions_.Put(std::move(position));  // read by another source: not to be counted again
    }
  }
  std::sort(own.begin(), own.end(), [](const auto& a, const auto& b) { return a.seen_s > b.seen_s; });
  for (size_t i = 0; i < own.size(); ++i) {
    if (i >= kPositionsMax || own[i].seen_s < oldest) {
      retired_.insert(own[i].key);
      continue;
    }
    alive_ns_ = std::max(alive_ns_, own[i].seen_s * kSecondNs);
    std::string& format = followed_[own[i].path];
    if (format.empty()) format = own[i].file.format;
    Store(std::move(own[i]));
  }
  unsaved_.clear();
  for (const auto& [key, value] : saved) {
    if (key == prefix + std::string(kAliveKey)) alive_ns_ = std::atoll(value.c_str());
  }
}

absl::Status FileSet::Update() {
  const Inotify::Changes changes = inotify_.Take();
  for (const int watch : changes.watches) {
    const auto file = watches_.find(watch);
    if (file == watches_.end()) {
      scan_wanted_ = true;  // a directory
    } else if (const auto found = files_.find(file->second); found != files_.end()) {
      MarkReady(found->second.get());
    }
  }
  if (changes.overflow) {
    scan_wanted_ = true;
    for (const auto& [id, file] : files_) MarkReady(file.get());
  }
  return ScanIsDue(options_.now()) ? Scan() : absl::OkStatus();
}

bool FileSet::ScanIsDue(Clock::time_point now) const {
  if (!last_scan_) return true;
  Clock::duration interval =
      directories_watched_ && unwatched_ == 0 ? options_.watched_scan_interval : options_.scan_interval;
  if (scan_wanted_) interval = std::min<Clock::duration>(options_.scan_interval, kScanPause);
  if (!failed_.empty() || untold_) interval = std::min<Clock::duration>(interval, kRetryInterval);
  return now - *last_scan_ >= std::max<Clock::duration>(interval, scan_cost_ * kScanCostFactor);
}

TailedFile* FileSet::Front() {
  while (!ready_.empty()) {
    TailedFile* file = ready_.front();
    const bool other_archive = file->compressed() && archive_ != nullptr && archive_ != file;
    if (!other_archive && !MustWait(*file)) {
      if (file->compressed()) archive_ = file;
      return file;
    }
    Unqueue(file);
    awake_after_.insert(file->path());
  }
  return nullptr;
}

void FileSet::EndTurn() {
  ready_.push_back(ready_.front());
  ready_.pop_front();
}

void FileSet::Exhausted() {
  TailedFile* file = ready_.front();
  Unqueue(file);
  if (archive_ == file) archive_ = nullptr;
  if (!file->compressed() && file->rotated() && file->drained()) WakeSuccessors(file->path());
  if (!file->compressed()) return;
  for (const std::string& followed : std::exchange(awake_after_, {})) WakeSuccessors(followed);
}

void FileSet::Failed() {
  TailedFile* file = ready_.front();
  file->failing = true;
  Exhausted();
  failed_.insert(file);
  WakeSuccessors(file->path());
}

void FileSet::Moved() {
  TailedFile* file = ready_.front();
  Exhausted();
  failed_.insert(file);
  scan_wanted_ = true;
}

absl::Status FileSet::Rewritten() {
  TailedFile* file = ready_.front();
  const std::string key = file->key(), path = file->path();
  const uint64_t unread = file->unread_before();
  const LogName seen{file->opened_path(), path, /*matched=*/true, file->rotated(), {}};
  ++stats_.truncations;
  const FileId id = file->id();
  const Descriptor content = file->TakeDescriptor();
  UpdatePosition(file);
  Drop(file);
  known_.clear();  // a copy of it may be there that had nothing new until now
  const absl::Status status = Scan();
  // Unless the scan met it, it was deleted meanwhile, or renamed to where nobody looks.
  if (!files_.contains(id) && !known_.contains(id)) AddNameless(seen, content);
  const bool copy_found = by_key_.contains(key);
  if (!copy_found) {
    stats_.lost_bytes += unread;
    FilePosition position = *positions_.Find(key);
    position.finished = true;
    Store(std::move(position));
  }
  LogWarningLimited(&limiter_, "truncated",
                    "a log file was truncated; what was written just before may be lost",
                    {{"path", path},
                     {"copy", copy_found ? "found" : "not found"},
                     {"lost_bytes", std::to_string(copy_found ? 0 : unread)}});
  return status;
}

void FileSet::WasRead(TailedFile* file) {
  stats_.bytes_read += file->offset() - file->offset_counted;
  file->offset_counted = file->offset();
  file->failing = false;
  if (!file->position().finished) file->final_save = 0;
  dirty_.insert(file);
  CountLag(file);
  NoteOpen(file);
}

bool FileSet::MustWait(const TailedFile& file) const {
  const auto found = generations_.find(file.path());
  if (found == generations_.end()) return false;
  for (const TailedFile* older : found->second) {
    if (older == &file) return false;
    if (older->rotated() && !older->drained() && !older->failing) return true;
  }
  return false;
}

void FileSet::WakeSuccessors(const std::string& followed) {
  const auto found = generations_.find(followed);
  if (found == generations_.end()) return;
  for (TailedFile* file : found->second) {
    if (!file->at_end()) MarkReady(file);
  }
}

void FileSet::MarkReady(TailedFile* file) {
  if (file->queued) return;
  file->queued = true;
  ready_.push_back(file);
}

void FileSet::Unqueue(TailedFile* file) {
  if (!file->queued) return;
  file->queued = false;
  ready_.erase(std::find(ready_.begin(), ready_.end(), file));
}

void FileSet::Rotate(TailedFile* file) {
  ++stats_.rotations;
  file->MarkRotated(options_.now());
  rotated_.insert(file);
  MarkReady(file);
}

TailedFile* FileSet::NextToFinish() {
  const Clock::time_point now = options_.now();
  for (TailedFile* file : rotated_) {
    if (!file->drained() || file->queued || file->position().finished) continue;
    if (file->compressed()) {
      if (!file->broken()) return file;
      continue;
    }
    if (now - file->last_growth() < options_.rotate_wait) continue;
    if (!file->present && file->open() && FindWriters(file->fd()) == Writers::kSome) continue;
    return file;
  }
  return nullptr;
}

void FileSet::Finished(TailedFile* file) {
  file->set_finished(true);
  dirty_.insert(file);
}

void FileSet::Save(std::vector<StateUpdate>* states) {
  UpdatePositions();
  ++saves_;
  for (TailedFile* file : rotated_) {
    if (file->position().finished && file->final_save == 0) file->final_save = saves_;
  }
  const bool alive_is_old = alive_ns_ - alive_saved_ns_ >= kAliveIntervalNs;
  if (alive_ns_ > 0 && (alive_is_old || !unsaved_.empty() || !retired_.empty())) {
    alive_saved_ns_ = alive_ns_;
    states->push_back(
        {"position/" + options_.name + "/" + std::string(kAliveKey), std::to_string(alive_ns_)});
  }
  for (const std::string& key : unsaved_) states->push_back({key, positions_.Find(key)->Encode()});
  for (const std::string& key : retired_) states->push_back({key, std::nullopt});
  unsaved_.clear();
  retired_.clear();
}

// A rotated file may be deleted by its owner as soon as nobody has it open: it is held until its end is
// durable.
void FileSet::Durable(uint64_t saves) {
  std::vector<TailedFile*> done;
  for (TailedFile* file : rotated_) {
    const bool saved = file->final_save > 0 && file->final_save <= saves;
    if (saved && file->position().finished && !file->queued && MayLetGo(file)) done.push_back(file);
  }
  for (TailedFile* file : done) {
    Remember(file->facts());
    Drop(file);
  }
}

// While it has a name that is looked at, it will be found again should it grow. Else it must be known that
// nobody can write to it; where that cannot be asked, that it has not grown for so long must do.
bool FileSet::MayLetGo(TailedFile* file) const {
  if (file->present || file->compressed() || !file->open()) return true;
  return FindWriters(file->fd()) != Writers::kSome;
}

void FileSet::Drop(TailedFile* file) {
  Unqueue(file);
  UpdatePosition(file);
  dirty_.erase(file);
  failed_.erase(file);
  rotated_.erase(file);
  lag_bytes_ -= file->lag_counted;
  if (archive_ == file) archive_ = nullptr;
  ForgetOpen(file);
  if (file->watch) {
    inotify_.Remove(*file->watch);
    watches_.erase(*file->watch);
  } else if (!file->compressed()) {
    --unwatched_;
  }
  by_key_.erase(file->key());
  awake_after_.insert(file->path());
  std::erase(generations_[file->path()], file);
  if (generations_[file->path()].empty()) generations_.erase(file->path());
  files_.erase(file->id());
}

void FileSet::Store(FilePosition position) {
  unsaved_.insert(position.key);
  if (position.finished) {
    open_ended_.erase(position.key);
  } else {
    open_ended_.insert(position.key);
  }
  positions_.Put(std::move(position));
}

void FileSet::UpdatePosition(TailedFile* file) {
  if (std::optional<FilePosition> position = file->TakePosition(UnixTimeS())) Store(*std::move(position));
}

void FileSet::UpdatePositions() {
  for (TailedFile* file : dirty_) UpdatePosition(file);
  dirty_.clear();
}

void FileSet::CountLag(TailedFile* file) {
  lag_bytes_ += file->lag_bytes() - file->lag_counted;
  file->lag_counted = file->lag_bytes();
}

// The file was used just now. Of too many open ones, those are closed that were not used for longest and can
// be opened again by name.
void FileSet::NoteOpen(TailedFile* file) {
  ForgetOpen(file);
  if (!file->open()) return;
  open_at_[file] = open_.insert(open_.end(), file);
  for (auto at = open_.begin(); open_.size() > open_max_ && *at != file;) {
    TailedFile* idle = *at++;
    if (idle->rotated() || idle->compressed() || !idle->present) continue;
    idle->Close();
    ForgetOpen(idle);
  }
}

void FileSet::ForgetOpen(TailedFile* file) {
  const auto at = open_at_.find(file);
  if (at == open_at_.end()) return;
  open_.erase(at->second);
  open_at_.erase(at);
}

void FileSet::AddStats(SourceStats* stats) const {
  *stats = stats_;
  stats->lag_bytes = lag_bytes_;
  if (files_.size() > kFewFiles) return;
  stats->lag_bytes = 0;
  for (const auto& [id, file] : files_) {
    const absl::StatusOr<FileFacts> now = StatDescriptor(file->opened_path(), file->fd());
    const bool plain = now.ok() && !file->compressed();
    stats->lag_bytes += plain && now->size > file->offset() ? now->size - file->offset() : file->lag_bytes();
  }
}

}  // namespace bouncewatch

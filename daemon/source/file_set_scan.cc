// The part of FileSet that looks for files and tells which they are.
#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "classifier/status_macros.h"
#include "daemon/source/file_format.h"
#include "daemon/source/file_set.h"

namespace bouncewatch {
namespace {

constexpr size_t kKnownMax = 100'000;

}  // namespace

absl::Status FileSet::Scan() {
  const Clock::time_point begin = options_.now();
  const int64_t begin_ns = options_.unix_time_ns();
  const bool first = !last_scan_;
  scan_wanted_ = untold_ = false;
  UpdatePositions();
  const LogNames around = LookAround(options_.paths);
  error_ = around.error;
  WatchDirectories(around.directories);

  // One file may have several names: the one it had, else one that is no rotated one, else the first.
  std::map<FileId, const LogName*> chosen;
  for (const LogName& name : around.names) {
    const FileId id = IdOf(name.facts);
    const LogName*& choice = chosen[id];
    const auto file = files_.find(id);
    const bool had = file != files_.end() && file->second->opened_path() == name.path;
    if (choice == nullptr || had || (choice->rotated && !name.rotated)) choice = &name;
  }
  for (const auto& [id, file] : files_) file->present = chosen.contains(id);
  continued_.clear();
  for (const LogName& name : around.names) {
    if (chosen[IdOf(name.facts)] == &name) Visit(name);
  }
  for (const auto& [id, file] : files_) {
    if (!file->present && !file->rotated()) Rotate(file.get());
  }
  DropVanished();
  for (TailedFile* file : std::exchange(failed_, {})) MarkReady(file);
  for (const std::string& followed : std::exchange(awake_after_, {})) WakeSuccessors(followed);
  if (first && error_.ok()) GiveUpUnfound();
  alive_ns_ = begin_ns;
  last_scan_ = options_.now();
  scan_cost_ = *last_scan_ - begin;
  return std::exchange(error_, absl::OkStatus());
}

void FileSet::Visit(const LogName& seen) {
  const auto found = files_.find(IdOf(seen.facts));
  if (found == files_.end()) {
    const absl::Status status = Discover(seen);
    if (absl::IsNotFound(status) || absl::IsAborted(status)) {
      scan_wanted_ = true;  // it went away while it was looked at
    } else if (!status.ok() && error_.ok()) {
      error_ = status;
    }
    return;
  }
  TailedFile* file = found->second.get();
  const bool read = file->Saw(seen.facts, seen.path, UnixTimeS());
  if (seen.rotated && !file->rotated()) Rotate(file);
  const bool back = file->rotated() && !file->compressed();
  if (!seen.rotated && (back || file->path() != seen.followed)) {
    std::erase(generations_[file->path()], file);
    file->MarkLive(seen.followed);
    generations_[seen.followed].push_back(file);
    followed_.try_emplace(seen.followed);
    if (!file->rotated()) rotated_.erase(file);
  }
  if (file->rotated()) continued_.insert(file->path());
  if (read) MarkReady(file);
  CountLag(file);
}

absl::Status FileSet::Discover(const LogName& seen) {
  const auto known = known_.find(IdOf(seen.facts));
  const std::pair<uint64_t, int64_t> state{seen.facts.size, seen.facts.modified_ns};
  if (known != known_.end() && known->second == state) return absl::OkStatus();
  absl::StatusOr<Recognized> found = Recognize(seen.path, positions_);
  if (absl::IsDataLoss(found.status())) Remember(seen.facts);
  RETURN_IF_ERROR(found.status());
  return Place(seen, *std::move(found));
}

absl::Status FileSet::Place(const LogName& seen, Recognized found) {
  std::set<std::string> of_others;
  while (found.position) {
    const auto holder = by_key_.find(found.position->key);
    if (holder == by_key_.end()) break;
    if (!holder->second->HoldsWhatWasRead()) {
      MarkReady(holder->second);  // it was truncated: once it says so, this may be its copy
      scan_wanted_ = true;
      return absl::OkStatus();
    }
    // Copies are rotated files. Two that are both written to are two, however alike they begin.
    const bool other = !seen.rotated && !holder->second->rotated() && seen.followed != holder->second->path();
    if (!other && IsCopyOf(holder->second, found)) {
      if (holder->second->open() || holder->second->present) {
        Remember(found.facts);  // its bytes are read there
        return absl::OkStatus();
      }
      Drop(holder->second);  // compressed or moved while it was closed
      break;
    }
    of_others.insert(found.position->key);
    ASSIGN_OR_RETURN(found, Recognize(seen.path, positions_, of_others));
  }
  // Copies are rotated files here as well: a young log that begins as an older one does is no copy of it.
  const bool young = found.is_older_copy && !seen.rotated && seen.followed != found.older_copy_of;
  if (young && IsFollowed(found.older_copy_of)) {
    found.is_older_copy = false;
    found.older_copy_of.clear();
  }
  const std::string& known_as = found.position ? found.position->path : found.older_copy_of;
  if (known_as == seen.followed) continued_.insert(seen.followed);
  const bool is_new = !found.position && !found.is_older_copy;
  const bool unwanted = is_new && !seen.matched && !IsUnreadGeneration(seen);
  // A copy that was only just begun; who writes to it will be seen to.
  const bool begun = is_new && seen.rotated && found.head.empty();
  if (found.is_older_copy || unwanted || begun || (is_new && seen.rotated && BeginsLikeItsKin(seen, found))) {
    Remember(found.facts);
    return absl::OkStatus();
  }
  FilePosition position;
  if (found.position) position = *found.position;
  if (options_.tell_formats && position.file.format.empty()) {
    const absl::Status told = TellFormat(seen, &position.file);
    if (!told.ok()) {
      untold_ = true;
      if (absl::IsInvalidArgument(told)) Remember(found.facts);
      // An empty file tells nothing, which is nothing to complain about.
      return found.facts.size == 0 ? absl::OkStatus() : told;
    }
  }
  if (is_new && StartOf(seen) == StartAt::kEnd) RETURN_IF_ERROR(SkipToLastLine(seen.path, &found));
  Add(seen, std::move(found), std::move(position));
  return absl::OkStatus();
}

// What is still to be read of an open file that no name leads to.
void FileSet::AddNameless(const LogName& seen, const Descriptor& open) {
  LogName self = seen;
  self.path = absl::StrFormat("/proc/self/fd/%d", open.get());
  absl::StatusOr<Recognized> found = Recognize(self.path, positions_);
  if (!found.ok()) return;
  self.facts = found->facts;
  const absl::Status status = Place(self, *std::move(found));
  if (!status.ok() && error_.ok()) error_ = status;
  const auto added = files_.find(IdOf(self.facts));
  if (added == files_.end()) return;
  TailedFile* file = added->second.get();
  file->Saw(self.facts, seen.path, UnixTimeS());
  file->present = false;
  if (!file->rotated()) Rotate(file);
}

// A file that does not tell is like the one that had its name before.
absl::Status FileSet::TellFormat(const LogName& seen, FileState* file) const {
  ASSIGN_OR_RETURN(file->format, TellFileFormat(seen.path));
  if (!file->format.empty()) return absl::OkStatus();
  const auto before = followed_.find(seen.followed);
  if (before != followed_.end()) file->format = before->second;
  return file->format.empty() ? UntoldFormat(seen.path) : absl::OkStatus();
}

void FileSet::Add(const LogName& seen, Recognized found, FilePosition position) {
  const bool own = found.position && found.position->key.starts_with("position/" + options_.name + "/");
  if (!own) {
    found.position.reset();
    position.key = positions_.NewKey(options_.name);
    if (position.offset == 0) position.file.anchor.not_after_s = found.facts.modified_s;
    position.modified_s = found.facts.modified_s;
  }
  position.path = seen.followed;
  const FileId id = IdOf(found.facts);
  auto added = std::make_unique<TailedFile>(std::move(found), std::move(position), seen.path);
  TailedFile* file = added.get();
  file->offset_counted = file->offset();
  files_[id] = std::move(added);
  by_key_[file->key()] = file;
  generations_[seen.followed].push_back(file);
  std::string& format = followed_[seen.followed];
  if (!file->position().file.format.empty()) format = file->position().file.format;
  dirty_.insert(file);
  if (seen.rotated || file->compressed()) {
    file->MarkRotated(options_.now());
    rotated_.insert(file);
  }
  NoteOpen(file);
  Watch(file);
  CountLag(file);
  MarkReady(file);
  UpdatePosition(file);
}

// A rotated file that is not known is one that came and went between two looks, or it is older than this
// source and none of its business. Some compressors keep only the second of the time.
bool FileSet::IsUnreadGeneration(const LogName& seen) const {
  if (alive_ns_ == 0) return false;
  if (continued_.contains(seen.followed)) return true;
  const bool whole_seconds = seen.facts.modified_ns % kSecondNs == 0;
  return whole_seconds ? seen.facts.modified_s >= alive_ns_ / kSecondNs : seen.facts.modified_ns >= alive_ns_;
}

// Somebody may still write to a file of that name.
bool FileSet::IsFollowed(const std::string& path) const {
  const auto files = generations_.find(path);
  return files != generations_.end() &&
         std::any_of(files->second.begin(), files->second.end(),
                     [](auto* file) { return file->present && !file->rotated(); });
}

// Two files with one position: a copy when they go on alike, as far as both reach and one can see.
bool FileSet::IsCopyOf(TailedFile* holder, const Recognized& found) {
  if (found.position->offset >= kHeadBytes) return true;
  const std::string head = holder->Head();
  NoteOpen(holder);
  const size_t common = std::min(head.size(), found.head.size());
  return head.compare(0, common, found.head, 0, common) == 0;
}

// A copy that is still being written, or of a file that was not read yet, has no position to be known by.
bool FileSet::BeginsLikeItsKin(const LogName& seen, const Recognized& found) {
  const auto kin = generations_.find(seen.followed);
  if (kin == generations_.end() || found.head.empty()) return false;
  return std::any_of(kin->second.begin(), kin->second.end(), [&](TailedFile* file) {
    if (file->rotated() && !file->open()) return false;
    const std::string head = file->Head();
    NoteOpen(file);
    return !head.empty() && (head.starts_with(found.head) || found.head.starts_with(head));
  });
}

// `start_at` is about what was there before anybody looked.
StartAt FileSet::StartOf(const LogName& seen) const {
  if (options_.start_at == StartAt::kBeginning) return StartAt::kBeginning;
  if (seen.matched && followed_.contains(seen.followed)) return StartAt::kBeginning;
  if (alive_ns_ == 0) return StartAt::kEnd;
  if (const std::optional<int64_t> born_ns = BirthTimeNs(seen.path)) {
    return *born_ns >= alive_ns_ ? StartAt::kBeginning : StartAt::kEnd;
  }
  return last_scan_ ? StartAt::kBeginning : StartAt::kEnd;
}

// Closed files that are nowhere any more.
void FileSet::DropVanished() {
  std::vector<TailedFile*> gone;
  for (const auto& [id, file] : files_) {
    if (!file->present && !file->open()) gone.push_back(file.get());
  }
  for (TailedFile* file : gone) {
    if (!file->position().finished) {
      WarnOfLoss(file->opened_path(), file->lag_bytes());
      file->set_finished(true);
    }
    Drop(file);
  }
}

// At the start: files that were being read when the daemon stopped, and are nowhere now.
void FileSet::GiveUpUnfound() {
  const std::set<std::string> keys = open_ended_;
  for (const std::string& key : keys) {
    if (by_key_.contains(key)) continue;
    FilePosition position = *positions_.Find(key);
    if (!MatchesAny(options_.paths, position.path)) continue;  // no longer asked for
    WarnOfLoss(position.path, 0);
    position.finished = true;
    Store(std::move(position));
  }
}

void FileSet::WarnOfLoss(const std::string& path, uint64_t bytes) {
  ++stats_.lost_files;
  stats_.lost_bytes += bytes;
  LogWarningLimited(&limiter_, "lost", "a log file is gone that may have held unread lines",
                    {{"path", path}, {"unread_bytes_at_least", std::to_string(bytes)}});
}

void FileSet::Remember(const FileFacts& facts) {
  if (known_.size() >= kKnownMax) known_.clear();
  known_[IdOf(facts)] = {facts.size, facts.modified_ns};
}

// Compressed files are looked at by scans alone: nobody appends to them.
void FileSet::Watch(TailedFile* file) {
  if (file->compressed()) return;
  file->watch = inotify_.WatchFile(file->fd());
  if (file->watch) {
    watches_[*file->watch] = file->id();
  } else {
    ++unwatched_;
  }
}

void FileSet::WatchDirectories(const std::set<std::string>& directories) {
  std::set<int> watches;
  directories_watched_ = true;
  for (const std::string& directory : directories) {
    if (const std::optional<int> watch = inotify_.WatchDirectory(directory)) {
      watches.insert(*watch);
    } else {
      directories_watched_ = false;
    }
  }
  for (const int watch : directories_) {
    if (!watches.contains(watch)) inotify_.Remove(watch);
  }
  directories_ = std::move(watches);
}

}  // namespace bouncewatch

#include "daemon/source/file_source.h"

#include <algorithm>
#include <ctime>
#include <set>

#include "classifier/status_macros.h"
#include "daemon/source/file_format.h"
#include "daemon/source/file_names.h"

namespace bouncewatch {
namespace {

// Counts older than this are no longer kept either, so reading such a file again would add nothing.
constexpr int64_t kForgetAfterS = 400 * 86400;
// SaveState may run this many times before what an earlier one told is surely durable (see
// Committer::Submit).
constexpr int kSavesUntilDurable = 3;
constexpr size_t kKnownMax = 100'000;

}  // namespace

FileSource::FileSource(FileSourceOptions options, const SavedStates& saved)
    : options_(std::move(options)), positions_(DecodePositions(saved)), turn_(files_.end()) {
  const int64_t oldest = std::time(nullptr) - kForgetAfterS;
  const std::string prefix = "position/" + options_.name + "/";
  std::erase_if(positions_, [&](const FilePosition& position) {
    const bool retire = position.key.starts_with(prefix) && position.seen_s < oldest;
    if (retire) retired_.push_back(position.key);
    return retire;
  });
}

absl::StatusOr<Chunk> FileSource::Read() {
  const Clock::time_point now = Clock::now();
  if (last_scan_ == Clock::time_point() || now - last_scan_ >= options_.scan_interval) {
    last_scan_ = now;
    RETURN_IF_ERROR(Scan());
  }
  for (size_t i = 0; i < files_.size(); ++i) {
    if (turn_ == files_.end()) turn_ = files_.begin();
    TailedFile& file = **turn_;
    if (MustWait(file)) {
      ++turn_;
      continue;
    }
    absl::StatusOr<Chunk> chunk = file.Read();
    if (!chunk.ok()) {
      ++turn_;
      return chunk.status();
    }
    // The chunk's views live until the next Read of the same file.
    if (chunk->lines.empty()) {
      chunk->lines = file.FinishAfter(options_.rotate_wait);
      chunk->file = file.file_state();
    }
    ++turn_;
    if (!chunk->lines.empty()) return chunk;
  }
  return Chunk{};
}

// Oldest first, so that of several files seen for the first time the older one is read first.
absl::Status FileSource::Scan() {
  absl::Status first_error;
  std::vector<std::pair<FileFacts, std::string>> present;
  for (const std::string& path : ExpandGlobs(options_.paths)) {
    const absl::StatusOr<FileFacts> facts = StatFile(path);
    if (facts.ok()) {
      present.emplace_back(*facts, path);
    } else if (!absl::IsNotFound(facts.status()) && first_error.ok()) {
      first_error = facts.status();
    }
  }
  std::stable_sort(present.begin(), present.end(),
                   [](const auto& a, const auto& b) { return a.first.modified_s < b.first.modified_s; });
  std::set<std::string> names;
  for (const auto& [facts, path] : present) {
    names.insert(path);
    const absl::Status status = ScanPath(path, facts);
    if (!status.ok() && !absl::IsNotFound(status) && first_error.ok()) first_error = status;
  }
  for (const std::unique_ptr<TailedFile>& file : files_) {
    if (!file->rotated() && !names.contains(file->path())) file->MarkRotated();
  }
  return first_error;
}

absl::Status FileSource::ScanPath(const std::string& path, const FileFacts& facts) {
  const auto live = std::find_if(files_.begin(), files_.end(),
                                 [&](const auto& file) { return !file->rotated() && file->path() == path; });
  if (live == files_.end()) {
    const bool tailed =
        std::any_of(files_.begin(), files_.end(), [&](const auto& file) { return file->Is(facts); });
    // A rotated file that is still being read may be compressed meanwhile: wait until its end is known.
    const bool draining =
        std::any_of(files_.begin(), files_.end(), [](const auto& file) { return file->rotated(); });
    const auto known = known_.find({facts.dev, facts.inode});
    if (tailed || IsBeingCompressed(path)) return absl::OkStatus();
    if (draining && HasCompressedName(path)) return absl::OkStatus();
    if (known != known_.end() && known->second == facts.size) return absl::OkStatus();
    return OpenPath(path);
  }
  if (!(*live)->Is(facts)) {
    ++stats_.rotations;
    (*live)->MarkRotated();
    return OpenPath(path);
  }
  if (!(*live)->WasRewritten(facts)) return absl::OkStatus();
  ++stats_.truncations;
  UpdatePositions();
  Drop(live);
  return OpenPath(path);
}

absl::Status FileSource::OpenPath(const std::string& path) {
  UpdatePositions();
  ASSIGN_OR_RETURN(Recognized found, Recognize(path, positions_));
  // Of the file that was opened: the name may have gone to another one since it was looked at.
  ASSIGN_OR_RETURN(const FileFacts facts, found.stream->Facts());
  if (IsTailed(found, facts)) return absl::OkStatus();
  if (found.is_older_copy) {
    Remember(facts);
    return absl::OkStatus();
  }
  StartAt start_at = options_.start_at;
  if (!found.position && HasPositionAt(path)) {
    RETURN_IF_ERROR(OpenSiblings(path));
    if (IsTailed(found, facts)) return absl::OkStatus();  // it became a sibling just now
    start_at = StartAt::kBeginning;                       // it took the place of a file that was followed
  }
  const absl::Status added = Add(path, path, std::move(found), facts, start_at);
  // An empty file tells nothing, which is nothing to complain about.
  return facts.size == 0 && absl::IsInvalidArgument(added) ? absl::OkStatus() : added;
}

// The files that `path` was renamed to, oldest first: the one that was being read, and those that came after
// it.
absl::Status FileSource::OpenSiblings(const std::string& path) {
  bool after_known = false;
  for (const std::string& sibling : FindSiblings(path)) {
    ASSIGN_OR_RETURN(Recognized found, Recognize(sibling, positions_));
    ASSIGN_OR_RETURN(const FileFacts facts, found.stream->Facts());
    if (found.position || found.is_older_copy) after_known = true;
    if (!after_known || found.is_older_copy || IsTailed(found, facts)) continue;
    const absl::Status added = Add(path, sibling, std::move(found), facts, StartAt::kBeginning);
    if (absl::IsInvalidArgument(added))
      continue;  // not a log of this kind: it must not keep the others waiting
    RETURN_IF_ERROR(added);
    files_.back()->MarkRotated();
  }
  return absl::OkStatus();
}

absl::Status FileSource::Add(const std::string& path, const std::string& opened_path, Recognized found,
                             const FileFacts& facts, StartAt start_at) {
  FilePosition position;
  if (found.position) {
    position = *found.position;
  }
  if (options_.tell_formats && position.file.format.empty()) {
    ASSIGN_OR_RETURN(const bool told, TellFormat(opened_path, path, &position.file));
    if (!told) {
      Remember(facts);
      return UntoldFormat(opened_path);
    }
  }
  if (!found.position) {
    position.key = NewPositionKey(options_.name, positions_);
    position.file.anchor.not_after_s = facts.modified_s;
    positions_.push_back(position);  // reserves the key
    if (start_at == StartAt::kEnd) RETURN_IF_ERROR(SkipToLastLine(path, &found));
  }
  position.path = path;
  const bool compressed = found.stream->compressed();
  files_.push_back(std::make_unique<TailedFile>(std::move(found), std::move(position), opened_path, facts));
  if (compressed) files_.back()->MarkRotated();  // nobody appends to it
  return absl::OkStatus();
}

// A file that does not tell is like the one that had its name before.
absl::StatusOr<bool> FileSource::TellFormat(const std::string& opened_path, const std::string& path,
                                            FileState* file) const {
  ASSIGN_OR_RETURN(file->format, TellFileFormat(opened_path));
  if (!file->format.empty()) return true;
  const FilePosition* newest = nullptr;
  for (const FilePosition& position : positions_) {
    if (position.path != path || position.file.format.empty()) continue;
    if (newest == nullptr || position.seen_s >= newest->seen_s) newest = &position;
  }
  if (newest != nullptr) file->format = newest->file.format;
  return newest != nullptr;
}

void FileSource::Remember(const FileFacts& facts) {
  if (known_.size() >= kKnownMax) known_.clear();
  known_[{facts.dev, facts.inode}] = facts.size;
}

void FileSource::Drop(Files::iterator file) {
  stats_.bytes_read += (*file)->bytes_read();
  stats_.lines_too_long += (*file)->lines_too_long();
  if (turn_ == file) ++turn_;
  files_.erase(file);
}

// By inode, by position, or by its first bytes: whatever it is called now, it is being read already.
bool FileSource::IsTailed(const Recognized& found, const FileFacts& facts) const {
  return std::any_of(files_.begin(), files_.end(), [&](const std::unique_ptr<TailedFile>& file) {
    if (file->Is(facts)) return true;
    return found.position ? file->position().key == found.position->key : file->IsUnreadAndBegins(found.head);
  });
}

bool FileSource::HasPositionAt(const std::string& path) const {
  return std::any_of(positions_.begin(), positions_.end(),
                     [&](const FilePosition& position) { return position.path == path; });
}

bool FileSource::MustWait(const TailedFile& file) const {
  for (const std::unique_ptr<TailedFile>& older : files_) {
    if (older.get() == &file) return false;
    if (older->path() == file.path() && older->rotated() && !older->drained()) return true;
  }
  return false;
}

FilePosition* FileSource::FindPosition(const std::string& key) {
  const auto found = std::find_if(positions_.begin(), positions_.end(),
                                  [&](const FilePosition& position) { return position.key == key; });
  return found == positions_.end() ? nullptr : &*found;
}

void FileSource::UpdatePositions() {
  for (const std::unique_ptr<TailedFile>& file : files_) {
    std::optional<FilePosition> position = file->TakePosition(std::time(nullptr));
    if (!position) continue;
    changed_.push_back(position->key);
    *FindPosition(position->key) = *std::move(position);
  }
}

void FileSource::SaveState(std::vector<StateUpdate>* states) {
  UpdatePositions();
  std::sort(changed_.begin(), changed_.end());
  changed_.erase(std::unique(changed_.begin(), changed_.end()), changed_.end());
  for (const std::string& key : changed_) states->push_back({key, FindPosition(key)->Encode()});
  for (std::string& key : retired_) states->push_back({std::move(key), std::nullopt});
  changed_.clear();
  retired_.clear();
  // A rotated file may be deleted by its owner as soon as nobody has it open: hold it until its end is
  // durable.
  for (auto file = files_.begin(); file != files_.end();) {
    const auto current = file++;
    TailedFile& tailed = **current;
    if (!tailed.finished() || ++tailed.saves_since_finished <= kSavesUntilDurable) continue;
    if (const absl::StatusOr<FileFacts> facts = tailed.Facts(); facts.ok()) Remember(*facts);
    Drop(current);
  }
}

SourceStats FileSource::stats() const {
  SourceStats stats = stats_;
  for (const std::unique_ptr<TailedFile>& file : files_) {
    stats.bytes_read += file->bytes_read();
    stats.lines_too_long += file->lines_too_long();
    stats.lag_bytes += file->lag_bytes();
  }
  return stats;
}

}  // namespace bouncewatch

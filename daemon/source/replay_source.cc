#include "daemon/source/replay_source.h"

#include <algorithm>
#include <ctime>
#include <span>
#include <utility>

#include "classifier/decode/syslog_header.h"
#include "classifier/status_macros.h"
#include "classifier/text.h"
#include "daemon/source/file_format.h"

namespace bouncewatch {
namespace {

constexpr int kStampLinesMax = 50;

// "<22>1 " and "<22>" may stand before a stamp.
std::string_view WithoutPriority(std::string_view line) {
  if (line.empty() || line[0] != '<') return line;
  const size_t end = line.find('>');
  if (end == std::string_view::npos || end > 4) return line;
  line.remove_prefix(end + 1);
  if (line.starts_with("1 ")) line.remove_prefix(2);
  return line;
}

}  // namespace

std::optional<int64_t> FindFirstStamp(std::string_view head, absl::TimeZone zone, YearAnchor anchor) {
  SyslogHeaderParser parser(zone);
  for (int i = 0; i < kStampLinesMax && !head.empty(); ++i) {
    const size_t end = std::min(head.find('\n'), head.size());
    YearAnchor scratch = anchor;
    int64_t time_s = 0;
    size_t length = 0;
    if (parser.ParseStamp(WithoutPriority(head.substr(0, end)), &scratch, &time_s, &length)) return time_s;
    head.remove_prefix(std::min(end + 1, head.size()));
  }
  return std::nullopt;
}

absl::StatusOr<std::unique_ptr<ReplaySource>> ReplaySource::Open(ReplayOptions options,
                                                                 const SavedStates& saved) {
  std::unique_ptr<ReplaySource> source(new ReplaySource(std::move(options)));
  source->positions_ = PositionTable(DecodePositions(saved));
  for (const std::string& path : source->options_.paths) {
    ASSIGN_OR_RETURN(File file, source->Look(path));
    source->stats_.bytes_total += file.facts.size;
    source->files_.push_back(std::move(file));
  }
  std::stable_sort(source->files_.begin(), source->files_.end(),
                   [](const File& a, const File& b) { return a.first_stamp_s < b.first_stamp_s; });
  return source;
}

absl::StatusOr<ReplaySource::File> ReplaySource::Look(const std::string& path) const {
  ASSIGN_OR_RETURN(const std::unique_ptr<ByteStream> stream, ByteStream::Open(path));
  File file;
  file.path = path;
  ASSIGN_OR_RETURN(file.facts, stream->Facts());
  std::string head(16 * kHeadBytes, '\0');
  absl::StatusOr<size_t> n = stream->Read(std::span(head));
  const std::string_view bytes = std::string_view(head).substr(0, n.ok() ? *n : 0);
  file.first_stamp_s =
      FindFirstStamp(bytes, options_.timezone, FirstAnchor(file.facts)).value_or(file.facts.modified_s);
  return file;
}

YearAnchor ReplaySource::FirstAnchor(const FileFacts& facts) const {
  YearAnchor anchor;
  anchor.year = static_cast<int16_t>(options_.year);
  anchor.not_after_s = facts.modified_s;
  return anchor;
}

absl::Status ReplaySource::OpenNext() {
  const File& file = files_[next_file_++];
  absl::StatusOr<Recognized> found = Recognize(file.path, positions_);
  if (!found.ok() || found->is_older_copy) {
    raw_bytes_done_ += file.facts.size;
    if (found.ok()) ++files_known_;
    return found.status();
  }
  FileState state;
  if (found->position) state = found->position->file;
  if (options_.tell_formats && state.format.empty() && file.facts.size > 0) {
    absl::StatusOr<std::string> format = TellFileFormat(file.path);
    if (!format.ok() || format->empty()) {
      raw_bytes_done_ += file.facts.size;
      return format.ok() ? UntoldFormat(file.path) : format.status();
    }
    state.format = *std::move(format);
  }
  Current current;
  current.stream = std::move(found->stream);
  current.mark = std::move(found->mark);
  current.offset_at_open = current.mark.offset();
  FilePosition& position = current.position;
  if (found->position) {
    position = *std::move(found->position);
  } else {
    position.key = positions_.NewKey(options_.name);
    state.anchor = FirstAnchor(file.facts);
  }
  position.file = std::move(state);
  position.path = file.path;
  position.dev = file.facts.dev;
  position.inode = file.facts.inode;
  buffer_.Clear();
  buffer_.set_skipping(position.skipping);
  current_ = std::move(current);
  return absl::OkStatus();
}

absl::StatusOr<Chunk> ReplaySource::Read() {
  while (!done()) {
    if (!current_) {
      RETURN_IF_ERROR(OpenNext());
      continue;
    }
    const std::span<char> space = buffer_.Space();
    absl::StatusOr<size_t> n = current_->stream->Read(space);
    if (!n.ok()) {
      CloseCurrent();
      return n.status();
    }
    buffer_.Filled(*n);
    stats_.bytes_read += *n;
    const std::string_view lines = *n > 0 ? buffer_.TakeLines() : buffer_.TakeRest();
    current_->mark.Pass(buffer_.Passed());
    FileState* state = &current_->position.file;
    if (*n == 0 && lines.empty()) CloseCurrent();
    if (!lines.empty()) return Chunk{lines, state};
  }
  return Chunk{};
}

void ReplaySource::UpdatePosition() {
  FilePosition& position = current_->position;
  if (current_->mark.offset() == current_->offset_at_open) return;
  position.offset = current_->mark.offset();
  position.head_len = current_->mark.head_len();
  position.head_hash = current_->mark.HeadHash();
  position.tail_hash = current_->mark.TailHash();
  position.skipping = buffer_.skipping();
  position.modified_s = files_[next_file_ - 1].facts.modified_s;
  position.seen_s = std::time(nullptr);
  positions_.Put(position);
  dirty_.insert(position.key);
}

void ReplaySource::CloseCurrent() {
  UpdatePosition();
  if (current_->mark.offset() == current_->offset_at_open) ++files_known_;
  raw_bytes_done_ += files_[next_file_ - 1].facts.size;
  stats_.lines_too_long += buffer_.lines_too_long();
  buffer_ = LineBuffer();
  current_.reset();
}

void ReplaySource::SaveState(std::vector<StateUpdate>* states) {
  if (current_) UpdatePosition();
  for (const std::string& key : dirty_) states->push_back({key, positions_.Find(key)->Encode()});
  dirty_.clear();
}

SourceStats ReplaySource::stats() const {
  SourceStats stats = stats_;
  uint64_t raw = raw_bytes_done_;
  if (current_) {
    raw += current_->stream->raw_bytes_read();
    stats.lines_too_long += buffer_.lines_too_long();
  }
  stats.lag_bytes = raw < stats.bytes_total ? stats.bytes_total - raw : 0;
  return stats;
}

std::vector<std::string> ReplaySource::ordered_paths() const {
  std::vector<std::string> paths;
  for (const File& file : files_) paths.push_back(file.path);
  return paths;
}

}  // namespace bouncewatch

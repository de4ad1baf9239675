#include "daemon/source/file_source.h"

#include <utility>

namespace bouncewatch {
namespace {

// What a file may give before it is another one's turn.
constexpr uint64_t kTurnBytes = 1024 * 1024;

}  // namespace

FileSource::FileSource(FileSourceOptions options, const SavedStates& saved)
    : name_(options.name), now_(options.now), files_(std::move(options), saved) {}

absl::StatusOr<Chunk> FileSource::Read() {
  NoteError(files_.Update());
  while (TailedFile* file = files_.Front()) {
    const absl::StatusOr<TailedFile::Result> result = file->Read(&buffer_, now_());
    files_.WasRead(file);
    if (result.ok() && result->outcome == TailedFile::Outcome::kLines) {
      turn_bytes_ += result->lines.size();
      if (turn_bytes_ >= kTurnBytes) {
        turn_bytes_ = 0;
        files_.EndTurn();
      }
      return Chunk{result->lines, file->file_state()};
    }
    turn_bytes_ = 0;
    EndOf(result);
  }
  while (TailedFile* file = files_.NextToFinish()) {
    const absl::StatusOr<TailedFile::Result> result = file->ReadRest(&buffer_, now_());
    files_.WasRead(file);
    if (!result.ok()) {
      NoteError(result.status());
      break;
    }
    if (result->unterminated) ++unterminated_;
    const bool lines = result->outcome == TailedFile::Outcome::kLines;
    if (lines && !result->unterminated) {
      files_.MarkReady(file);  // it has grown after all
    } else {
      files_.Finished(file);
    }
    if (lines) return Chunk{result->lines, file->file_state()};
  }
  if (error_.ok()) return Chunk{};
  return std::exchange(error_, absl::OkStatus());
}

void FileSource::EndOf(const absl::StatusOr<TailedFile::Result>& result) {
  if (!result.ok()) {
    NoteError(result.status());
    files_.Failed();
    return;
  }
  switch (result->outcome) {
    case TailedFile::Outcome::kLines:
    case TailedFile::Outcome::kEnd:
      return files_.Exhausted();
    case TailedFile::Outcome::kMoved:
      return files_.Moved();
    case TailedFile::Outcome::kRewritten:
      return NoteError(files_.Rewritten());
  }
}

void FileSource::NoteError(const absl::Status& status) {
  if (error_.ok()) error_ = status;
}

SourceStats FileSource::stats() const {
  SourceStats stats;
  files_.AddStats(&stats);
  stats.lines_too_long += buffer_.lines_too_long();
  stats.nul_bytes += buffer_.nul_bytes();
  stats.unterminated_lines = unterminated_;
  return stats;
}

}  // namespace bouncewatch

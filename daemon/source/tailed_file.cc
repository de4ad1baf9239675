#include "daemon/source/tailed_file.h"

#include <span>
#include <utility>

#include "classifier/status_macros.h"

namespace bouncewatch {

TailedFile::TailedFile(Recognized found, FilePosition position, std::string opened_path,
                       const FileFacts& facts)
    : stream_(std::move(found.stream)),
      mark_(std::move(found.mark)),
      position_(std::move(position)),
      facts_(facts),
      saved_offset_(mark_.offset()),
      opened_path_(std::move(opened_path)),
      head_(std::move(found.head)) {
  position_.dev = facts.dev;
  position_.inode = facts.inode;
  buffer_.set_skipping(position_.skipping);
}

absl::StatusOr<Chunk> TailedFile::Read() {
  if (broken_size_) {
    const absl::StatusOr<FileFacts> facts = stream_->Facts();
    if (!facts.ok() || facts->size == *broken_size_ || !Reopen().ok()) return Chunk{};
  }
  // A chunk of nothing but an unfinished line is no reason to stop: read on until there are lines or the end.
  while (!finished_) {
    const absl::StatusOr<size_t> n = stream_->Read(buffer_.Space());
    if (absl::IsDataLoss(n.status())) {
      const absl::StatusOr<FileFacts> facts = stream_->Facts();
      broken_size_ = facts.ok() ? facts->size : 0;
      at_end_ = true;  // its successors need not wait
    }
    RETURN_IF_ERROR(n.status());
    at_end_ = *n == 0;
    if (at_end_) return Chunk{};
    bytes_read_ += *n;
    buffer_.Filled(*n);
    if (rotated_at_) rotated_at_ = Clock::now();
    const std::string_view lines = buffer_.TakeLines();
    mark_.Pass(buffer_.Passed());
    if (!lines.empty()) return Chunk{lines, file_state()};
  }
  return Chunk{};
}

absl::Status TailedFile::Reopen() {
  ASSIGN_OR_RETURN(std::unique_ptr<ByteStream> stream, ByteStream::Open(opened_path_));
  ASSIGN_OR_RETURN(const FileFacts facts, stream->Facts());
  if (!Is(facts)) return absl::NotFoundError("the name belongs to another file now");
  RETURN_IF_ERROR(stream->Skip(mark_.offset()));
  const bool skipping = buffer_.skipping();
  buffer_.Clear();
  buffer_.set_skipping(skipping);
  stream_ = std::move(stream);
  broken_size_.reset();
  if (rotated_at_) rotated_at_ = Clock::now();
  return absl::OkStatus();
}

void TailedFile::MarkRotated() {
  if (rotated_at_) return;
  rotated_at_ = Clock::now();
  at_end_ = false;  // what was written between the last look and the rotation is still to be read
}

std::string_view TailedFile::FinishAfter(std::chrono::milliseconds wait) {
  if (!drained() || finished_) return {};
  const bool may_grow = !stream_->compressed() || broken_size_.has_value();
  if (may_grow && Clock::now() - *rotated_at_ < wait) return {};
  finished_ = true;
  if (broken_size_) return {};  // the rest of a line that was cut off is no line
  const std::string_view rest = buffer_.TakeRest();
  mark_.Pass(buffer_.Passed());
  return rest;
}

bool TailedFile::WasRewritten(const FileFacts& facts) {
  if (stream_->compressed()) return false;
  const bool unchanged = facts.size == facts_.size && facts.modified_s == facts_.modified_s && at_end_;
  facts_ = facts;
  if (facts.size < stream_->raw_bytes_read()) return true;
  if (unchanged || mark_.offset() == 0) return false;
  FilePosition here = position_;
  here.offset = mark_.offset();
  here.head_hash = mark_.HeadHash();
  here.tail_hash = mark_.TailHash();
  const absl::StatusOr<Recognized> found = Recognize(position_.path, {here});
  if (!found.ok()) return false;
  const absl::StatusOr<FileFacts> now = found->stream->Facts();
  return now.ok() && Is(*now) && !found->position;
}

std::optional<FilePosition> TailedFile::TakePosition(int64_t now_s) {
  if (mark_.offset() == saved_offset_) return std::nullopt;
  saved_offset_ = mark_.offset();
  position_.offset = mark_.offset();
  position_.head_hash = mark_.HeadHash();
  position_.tail_hash = mark_.TailHash();
  position_.skipping = buffer_.skipping();
  position_.seen_s = now_s;
  return position_;
}

uint64_t TailedFile::lag_bytes() const {
  const absl::StatusOr<FileFacts> facts = stream_->Facts();
  const uint64_t read = stream_->raw_bytes_read();
  return facts.ok() && facts->size > read ? facts->size - read : 0;
}

}  // namespace bouncewatch

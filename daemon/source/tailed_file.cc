#include "daemon/source/tailed_file.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>

#include "absl/strings/str_format.h"
#include "classifier/status_macros.h"

namespace bouncewatch {
namespace {

// A file written to within the time stamps' grain may be written to again without showing it; the coarsest
// file systems count in two seconds.
constexpr int64_t kStampGrainS = 2;

bool IsGone(const absl::Status& status) {
  return absl::IsNotFound(status) || absl::IsInvalidArgument(status);
}

}  // namespace

TailedFile::TailedFile(Recognized found, FilePosition position, std::string opened_path)
    : compressed_(found.stream->compressed()),
      mark_(std::move(found.mark)),
      position_(std::move(position)),
      facts_(found.facts),
      opened_path_(std::move(opened_path)),
      saved_offset_(mark_.offset()) {
  saved_ = found.position.has_value();
  saved_finished_ = position_.finished;
  if (!saved_) {
    position_.head_len = static_cast<uint32_t>(found.head.size());
    position_.head_hash = HashBytes(found.head);
  }
  position_.dev = facts_.dev;
  position_.inode = facts_.inode;
  if (!compressed_) fd_ = found.stream->TakeDescriptor();
}

absl::StatusOr<TailedFile::Result> TailedFile::Read(LineBuffer* buffer, Clock::time_point now) {
  return compressed_ ? ReadArchive(now) : ReadPlain(buffer, now);
}

absl::StatusOr<std::optional<size_t>> TailedFile::Fill(LineBuffer* buffer, size_t* space) {
  const std::string& tail = mark_.tail();
  std::array<char, kTailBytes> before;
  buffer->Clear();
  buffer->set_skipping(position_.skipping);
  const std::span<char> room = buffer->Space();
  *space = room.size();
  const iovec parts[] = {{before.data(), tail.size()}, {room.data(), room.size()}};
  ssize_t n;
  do {
    n = ::preadv(fd_.get(), parts, 2, static_cast<off_t>(mark_.offset() - tail.size()));
  } while (n < 0 && errno == EINTR);
  if (n < 0) {
    const int error = errno;
    if (error == ESTALE) Close();  // the server forgot the handle; the name may still lead to the file
    return absl::ErrnoToStatus(error, absl::StrFormat("%s: cannot read", opened_path_));
  }
  const size_t got = static_cast<size_t>(n);
  if (got < tail.size() || tail.compare(0, tail.npos, before.data(), tail.size()) != 0) {
    return std::optional<size_t>();
  }
  if (mark_.offset() == 0 ? !SeesBeginning({room.data(), got}) : !HoldsHead()) return std::optional<size_t>();
  buffer->Filled(got - tail.size());
  return std::optional(got - tail.size());
}

// Lines may end alike where others did.
bool TailedFile::HoldsHead() const {
  if (mark_.offset() <= kTailBytes) return true;
  std::array<char, kHeadBytes> head;
  const size_t size = mark_.head_len();
  const ssize_t n = ::pread(fd_.get(), head.data(), size, 0);
  return n == static_cast<ssize_t>(size) && HashBytes({head.data(), size}) == mark_.HeadHash();
}

// While nothing was taken, the beginning is all there is to know the file by, though it may be no whole line.
bool TailedFile::SeesBeginning(std::string_view bytes) {
  if (bytes.size() < position_.head_len) return false;
  if (HashBytes(bytes.substr(0, position_.head_len)) != position_.head_hash) return false;
  const std::string_view head = bytes.substr(0, kHeadBytes);
  if (head.size() == position_.head_len) return true;
  position_.head_len = static_cast<uint32_t>(head.size());
  position_.head_hash = HashBytes(head);
  saved_ = false;
  return true;
}

void TailedFile::Passed(LineBuffer* buffer, Clock::time_point now) {
  const std::string_view passed = buffer->Passed();
  mark_.Pass(passed);
  position_.skipping = buffer->skipping();
  if (passed.empty()) return;
  last_growth_ = now;
  position_.finished = false;
}

absl::StatusOr<TailedFile::Result> TailedFile::ReadPlain(LineBuffer* buffer, Clock::time_point now) {
  ASSIGN_OR_RETURN(const bool there, Reopen());
  if (!there) return Result{Outcome::kMoved, {}, false};
  // Before reading: what is written later is then a change.
  ASSIGN_OR_RETURN(facts_, StatDescriptor(opened_path_, fd_.get()));
  while (true) {
    size_t space = 0;
    ASSIGN_OR_RETURN(const std::optional<size_t> got, Fill(buffer, &space));
    if (!got) return Result{Outcome::kRewritten, {}, false};
    size_before_ = facts_.size;
    const std::string_view lines = buffer->TakeLines();
    Passed(buffer, now);
    at_end_ = lines.empty() && *got < space;
    if (!lines.empty()) return Result{Outcome::kLines, lines, false};
    if (!at_end_) continue;
    if (unfinished_ != buffer->has_rest()) last_growth_ = now;
    unfinished_ = buffer->has_rest();
    return Result{Outcome::kEnd, {}, false};
  }
}

absl::StatusOr<TailedFile::Result> TailedFile::ReadRest(LineBuffer* buffer, Clock::time_point now) {
  if (compressed_) return Result{Outcome::kEnd, {}, false};
  ASSIGN_OR_RETURN(const bool there, Reopen());
  if (!there) return Result{Outcome::kMoved, {}, false};
  size_t space = 0;
  ASSIGN_OR_RETURN(const std::optional<size_t> got, Fill(buffer, &space));
  if (!got) return Result{Outcome::kRewritten, {}, false};
  std::string_view lines = buffer->TakeLines();
  const bool unterminated = lines.empty() && *got < space;
  if (unterminated) lines = buffer->TakeRest();
  Passed(buffer, now);
  unfinished_ = false;
  return Result{lines.empty() ? Outcome::kEnd : Outcome::kLines, lines, unterminated && !lines.empty()};
}

absl::StatusOr<TailedFile::Result> TailedFile::ReadArchive(Clock::time_point now) {
  if (broken_size_) {
    const absl::StatusOr<FileFacts> facts = StatFile(opened_path_);
    if (!facts.ok() || facts->size == *broken_size_) return Result{Outcome::kEnd, {}, false};
  }
  ASSIGN_OR_RETURN(const bool there, ReopenArchive());
  if (!there) return Result{Outcome::kMoved, {}, false};
  LineBuffer* buffer = archive_buffer_.get();
  while (true) {
    const absl::StatusOr<size_t> n = archive_->Read(buffer->Space());
    if (!n.ok()) {
      const absl::StatusOr<FileFacts> facts = archive_->Facts();
      broken_size_ = facts.ok() ? facts->size : 0;
      at_end_ = true;  // its successors need not wait
      archive_.reset();
      archive_buffer_.reset();
      return n.status();
    }
    buffer->Filled(*n);
    // Nobody appends to a compressed file: its last line is as whole as it will be.
    const std::string_view lines = *n == 0 ? buffer->TakeRest() : buffer->TakeLines();
    Passed(buffer, now);
    at_end_ = *n == 0 && lines.empty();
    if (!lines.empty()) return Result{Outcome::kLines, lines, false};
    if (!at_end_) continue;
    // Should it grow after all, it is opened again and passed over.
    archive_.reset();
    archive_buffer_.reset();
    return Result{Outcome::kEnd, {}, false};
  }
}

// False: another file, or none, is there.
absl::StatusOr<bool> TailedFile::Reopen() {
  if (fd_.valid()) return true;
  absl::StatusOr<std::unique_ptr<ByteStream>> stream = ByteStream::Open(opened_path_);
  if (IsGone(stream.status())) return false;
  RETURN_IF_ERROR(stream.status());
  ASSIGN_OR_RETURN(const FileFacts facts, (*stream)->Facts());
  if (IdOf(facts) != id() || (*stream)->compressed()) return false;
  fd_ = (*stream)->TakeDescriptor();
  return true;
}

absl::StatusOr<bool> TailedFile::ReopenArchive() {
  if (archive_ != nullptr) return true;
  absl::StatusOr<std::unique_ptr<ByteStream>> stream = ByteStream::Open(opened_path_);
  if (IsGone(stream.status())) return false;
  RETURN_IF_ERROR(stream.status());
  ASSIGN_OR_RETURN(const FileFacts facts, (*stream)->Facts());
  if (IdOf(facts) != id()) return false;
  facts_ = facts;
  at_end_ = true;             // should it be cut off before the mark:
  broken_size_ = facts.size;  // its successors need not wait, and it is tried again when it has grown
  RETURN_IF_ERROR((*stream)->Skip(mark_.offset()));
  broken_size_.reset();
  archive_ = *std::move(stream);
  archive_buffer_ = std::make_unique<LineBuffer>();
  archive_buffer_->set_skipping(position_.skipping);
  return true;
}

void TailedFile::Close() {
  fd_.Close();
  archive_.reset();
  archive_buffer_.reset();
}

bool TailedFile::Saw(const FileFacts& facts, const std::string& path, int64_t now_s) {
  opened_path_ = path;
  present = true;
  const bool changed = facts.size != facts_.size || facts.modified_ns != facts_.modified_ns;
  const bool may_hide = !compressed_ && looked_s_ <= facts.modified_s + kStampGrainS;
  facts_ = facts;
  if (!at_end_ || changed) {
    looked_s_ = now_s;
    return true;
  }
  if (!may_hide) return false;
  looked_s_ = now_s;
  return true;
}

void TailedFile::MarkRotated(Clock::time_point now) {
  if (rotated_) return;
  rotated_ = true;
  last_growth_ = now;
  at_end_ = false;  // what was written between the last look and the rotation is still to be read
}

void TailedFile::MarkLive(std::string path) {
  rotated_ = compressed_;
  position_.path = std::move(path);
}

std::optional<FilePosition> TailedFile::TakePosition(int64_t now_s) {
  if (saved_ && mark_.offset() == saved_offset_ && position_.finished == saved_finished_) {
    return std::nullopt;
  }
  saved_ = true;
  saved_offset_ = mark_.offset();
  saved_finished_ = position_.finished;
  position_.offset = mark_.offset();
  if (position_.offset > 0) {
    position_.head_len = mark_.head_len();
    position_.head_hash = mark_.HeadHash();
  }
  position_.tail_hash = mark_.TailHash();
  position_.modified_s = facts_.modified_s;
  position_.seen_s = now_s;
  return position_;
}

uint64_t TailedFile::lag_bytes() const {
  if (compressed_) {
    const uint64_t read = archive_ == nullptr ? 0 : archive_->raw_bytes_read();
    return at_end_ || facts_.size < read ? 0 : facts_.size - read;
  }
  return facts_.size > offset() ? facts_.size - offset() : 0;
}

bool TailedFile::HoldsWhatWasRead() {
  const std::string& tail = mark_.tail();
  const absl::StatusOr<bool> there = compressed_ ? absl::StatusOr<bool>(false) : Reopen();
  if (!there.ok() || !*there) return true;  // nobody can tell now
  if (mark_.offset() == 0) return SeesBeginning(Head());
  if (!HoldsHead()) return false;
  std::string now(tail.size(), '\0');
  const ssize_t n =
      ::pread(fd_.get(), now.data(), now.size(), static_cast<off_t>(mark_.offset() - tail.size()));
  return n == static_cast<ssize_t>(tail.size()) && now == tail;
}

std::string TailedFile::Head() {
  std::string head(kHeadBytes, '\0');
  const absl::StatusOr<bool> there = compressed_ ? absl::StatusOr<bool>(false) : Reopen();
  if (!there.ok() || !*there) return {};
  const ssize_t n = ::pread(fd_.get(), head.data(), head.size(), 0);
  head.resize(n < 0 ? 0 : static_cast<size_t>(n));
  return head;
}

// A read lease is only given while nobody has the file open for writing. Should somebody open it in the
// instant before it is given back, the kernel tells us by a signal that is ignored.
Writers FindWriters(int fd) {
  ::fcntl(fd, F_SETSIG, SIGURG);
  if (::fcntl(fd, F_SETLEASE, F_RDLCK) == 0) {
    ::fcntl(fd, F_SETLEASE, F_UNLCK);
    return Writers::kNone;
  }
  return errno == EAGAIN ? Writers::kSome : Writers::kUnknown;
}

}  // namespace bouncewatch

#include "daemon/source/zstd_reader.h"

#include <unistd.h>
#include <zstd.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_format.h"
#include "classifier/status_macros.h"

namespace bouncewatch {

ZstdReader::ZstdReader(std::string path, int fd)
    : path_(std::move(path)), fd_(fd), decoder_(ZSTD_createDCtx()), buffer_(ZSTD_DStreamInSize()) {}

ZstdReader::~ZstdReader() {
  ZSTD_freeDCtx(decoder_);
}

absl::StatusOr<size_t> ZstdReader::Read(std::span<char> out) {
  ZSTD_outBuffer to{out.data(), out.size(), 0};
  while (to.pos == 0) {
    if (used_ == held_ && !at_end_) RETURN_IF_ERROR(Fill());
    const bool file_is_over = used_ == held_ && at_end_;
    if (file_is_over && !in_frame_) return size_t{0};
    // When the file is over, the decoder may still hold output of the blocks it took.
    ZSTD_inBuffer from{buffer_.data(), held_, used_};
    const size_t result = ZSTD_decompressStream(decoder_, &to, &from);
    if (ZSTD_isError(result) != 0) return Damaged(ZSTD_getErrorName(result));
    used_ = from.pos;
    in_frame_ = result != 0;
    if (file_is_over && in_frame_ && to.pos == 0) return Damaged("the file ends inside a frame");
  }
  return to.pos;
}

absl::Status ZstdReader::Fill() {
  ssize_t n;
  do {
    n = ::read(fd_, buffer_.data(), buffer_.size());
  } while (n < 0 && errno == EINTR);
  if (n < 0) return absl::ErrnoToStatus(errno, absl::StrFormat("%s: cannot read", path_));
  at_end_ = n == 0;
  held_ = static_cast<size_t>(n);
  used_ = 0;
  raw_bytes_ += held_;
  return absl::OkStatus();
}

absl::Status ZstdReader::Damaged(const char* why) const {
  return absl::DataLossError(absl::StrFormat("%s: cannot decompress: %s", path_, why));
}

}  // namespace bouncewatch

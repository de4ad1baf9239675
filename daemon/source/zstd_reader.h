// ZstdReader: decompresses a zstd file (RFC 8878) as far as it was written.
//
// KumoMTA writes a segment as one frame, for hours, and a crash leaves it without an end. Every block that is
// whole is handed out before the missing end is told; libarchive drops up to 128 KiB there. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

struct ZSTD_DCtx_s;

namespace bouncewatch {

class ZstdReader {
 public:
  // `fd` stays the caller's and is read from where it stands; `path` is for errors.
  ZstdReader(std::string path, int fd);
  ~ZstdReader();
  ZstdReader(const ZstdReader&) = delete;
  ZstdReader& operator=(const ZstdReader&) = delete;

  // Decompressed bytes, at least one unless the end of the last frame is reached: then 0. DataLoss: the file
  // is damaged here, or ends inside a frame. Otherwise errors of read(2). `out` must not be empty.
  absl::StatusOr<size_t> Read(std::span<char> out);
  uint64_t raw_bytes_read() const { return raw_bytes_ - (held_ - used_); }  // of the file

 private:
  absl::Status Fill();
  absl::Status Damaged(const char* why) const;

  std::string path_;
  int fd_;
  ZSTD_DCtx_s* decoder_;
  std::vector<char> buffer_;
  size_t held_ = 0, used_ = 0;  // bytes in buffer_, and those that the decoder took
  uint64_t raw_bytes_ = 0;
  bool at_end_ = false;    // of the file
  bool in_frame_ = false;  // a frame was begun and is not complete
};

}  // namespace bouncewatch

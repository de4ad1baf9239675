// ByteStream: a file's bytes from front to end, decompressed on the way when it is gzip, zstd, xz or bzip2
// (told by its first bytes, never by its name). Plain files go through read(2) and see what is appended
// later. One thread.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "daemon/source/descriptor.h"

namespace bouncewatch {

struct FileFacts {
  uint64_t dev = 0, inode = 0, size = 0;
  int64_t modified_s = 0;
  int64_t modified_ns = 0;  // since 1970, not within the second
  uint64_t links = 1;       // names it has; 0: deleted
};

class ByteStream {
 public:
  // NotFound, PermissionDenied, or InvalidArgument when it is no regular file.
  static absl::StatusOr<std::unique_ptr<ByteStream>> Open(const std::string& path);
  virtual ~ByteStream() = default;

  // Reads at least one byte unless the end is reached: then 0. DataLoss: the compressed file is damaged or
  // cut.
  virtual absl::StatusOr<size_t> Read(std::span<char> out) = 0;
  // Passes over `bytes`. OutOfRange when the end comes first.
  virtual absl::Status Skip(uint64_t bytes) = 0;
  virtual bool compressed() const = 0;
  virtual uint64_t raw_bytes_read() const = 0;          // of the file as it lies on the disk
  virtual absl::StatusOr<FileFacts> Facts() const = 0;  // of the open file, wherever it was renamed to
  // Gives the open file away, which ends the stream. An invalid one when it is compressed.
  virtual Descriptor TakeDescriptor() { return Descriptor(); }
};

// Of the file at `path`, following links.
absl::StatusOr<FileFacts> StatFile(const std::string& path);
// `path` is for the error.
absl::StatusOr<FileFacts> StatDescriptor(const std::string& path, int fd);
// When the file was made, Unix time; nullopt where the file system does not tell.
std::optional<int64_t> BirthTimeNs(const std::string& path);

}  // namespace bouncewatch

#include "daemon/source/byte_stream.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "classifier/status_macros.h"
#include "daemon/source/zstd_reader.h"

namespace bouncewatch {
namespace {

constexpr size_t kSkipBytes = 256 * 1024;

absl::Status SystemError(const std::string& path, std::string_view what) {
  return absl::ErrnoToStatus(errno, absl::StrFormat("%s: cannot %s", path, what));
}

FileFacts FactsOf(const struct stat& info) {
  return {info.st_dev,
          info.st_ino,
          static_cast<uint64_t>(info.st_size),
          info.st_mtim.tv_sec,
          info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec,
          info.st_nlink};
}

class PlainStream final : public ByteStream {
 public:
  PlainStream(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}

  absl::StatusOr<size_t> Read(std::span<char> out) override {
    ssize_t n;
    do {
      n = ::read(fd_.get(), out.data(), out.size());
    } while (n < 0 && errno == EINTR);
    if (n < 0) return SystemError(path_, "read");
    read_ += static_cast<uint64_t>(n);
    return static_cast<size_t>(n);
  }

  absl::Status Skip(uint64_t bytes) override {
    absl::StatusOr<FileFacts> facts = Facts();
    RETURN_IF_ERROR(facts.status());
    if (facts->size < read_ + bytes) return absl::OutOfRangeError(absl::StrFormat("%s is shorter", path_));
    if (::lseek(fd_.get(), static_cast<off_t>(read_ + bytes), SEEK_SET) < 0)
      return SystemError(path_, "seek");
    read_ += bytes;
    return absl::OkStatus();
  }

  bool compressed() const override { return false; }
  uint64_t raw_bytes_read() const override { return read_; }
  absl::StatusOr<FileFacts> Facts() const override { return StatDescriptor(path_, fd_.get()); }
  Descriptor TakeDescriptor() override { return std::move(fd_); }

 private:
  std::string path_;
  Descriptor fd_;
  uint64_t read_ = 0;
};

absl::Status SkipByReading(ByteStream* stream, const std::string& path, uint64_t bytes) {
  std::vector<char> scratch(static_cast<size_t>(std::min<uint64_t>(bytes, kSkipBytes)));
  while (bytes > 0) {
    const size_t want = static_cast<size_t>(std::min<uint64_t>(bytes, scratch.size()));
    ASSIGN_OR_RETURN(const size_t n, stream->Read(std::span(scratch).first(want)));
    if (n == 0) return absl::OutOfRangeError(absl::StrFormat("%s is shorter", path));
    bytes -= n;
  }
  return absl::OkStatus();
}

class ZstdStream final : public ByteStream {
 public:
  ZstdStream(std::string path, int fd) : path_(path), fd_(fd), reader_(std::move(path), fd) {}

  absl::StatusOr<size_t> Read(std::span<char> out) override { return reader_.Read(out); }
  absl::Status Skip(uint64_t bytes) override { return SkipByReading(this, path_, bytes); }
  bool compressed() const override { return true; }
  uint64_t raw_bytes_read() const override { return reader_.raw_bytes_read(); }
  absl::StatusOr<FileFacts> Facts() const override { return StatDescriptor(path_, fd_.get()); }

 private:
  std::string path_;
  Descriptor fd_;
  ZstdReader reader_;
};

class ArchiveStream final : public ByteStream {
 public:
  ArchiveStream(std::string path, int fd) : path_(std::move(path)), fd_(fd), archive_(archive_read_new()) {}
  ~ArchiveStream() override { archive_read_free(archive_); }

  absl::Status Start() {
    archive_read_support_format_raw(archive_);
    archive_read_support_format_empty(archive_);
    archive_read_support_filter_gzip(archive_);
    archive_read_support_filter_xz(archive_);
    archive_read_support_filter_bzip2(archive_);
    if (archive_read_open_fd(archive_, fd_.get(), 128 * 1024) != ARCHIVE_OK) return Damaged();
    archive_entry* entry = nullptr;
    const int result = archive_read_next_header(archive_, &entry);
    if (result == ARCHIVE_EOF) {
      at_end_ = true;
      return absl::OkStatus();
    }
    return result == ARCHIVE_OK ? absl::OkStatus() : Damaged();
  }

  absl::StatusOr<size_t> Read(std::span<char> out) override {
    if (at_end_) return size_t{0};
    const la_ssize_t n = archive_read_data(archive_, out.data(), out.size());
    if (n < 0) return Damaged();
    at_end_ = n == 0;
    return static_cast<size_t>(n);
  }

  absl::Status Skip(uint64_t bytes) override { return SkipByReading(this, path_, bytes); }

  bool compressed() const override { return true; }
  uint64_t raw_bytes_read() const override {
    return static_cast<uint64_t>(std::max<la_int64_t>(0, archive_filter_bytes(archive_, -1)));
  }
  absl::StatusOr<FileFacts> Facts() const override { return StatDescriptor(path_, fd_.get()); }

 private:
  absl::Status Damaged() {
    const char* why = archive_error_string(archive_);
    return absl::DataLossError(absl::StrFormat("%s: cannot decompress: %s", path_, why ? why : "damaged"));
  }

  std::string path_;
  Descriptor fd_;
  archive* archive_;
  bool at_end_ = false;
};

constexpr std::string_view kZstdMagic = "\x28\xb5\x2f\xfd";

bool LooksCompressed(std::string_view head) {
  constexpr std::string_view kMagics[] = {"\x1f\x8b", kZstdMagic, {"\xfd\x37zXZ\0", 6}, "BZh"};
  return std::any_of(std::begin(kMagics), std::end(kMagics),
                     [&](std::string_view magic) { return head.starts_with(magic); });
}

}  // namespace

absl::StatusOr<FileFacts> StatDescriptor(const std::string& path, int fd) {
  struct stat info;
  if (::fstat(fd, &info) != 0) return SystemError(path, "stat");
  return FactsOf(info);
}

absl::StatusOr<std::unique_ptr<ByteStream>> ByteStream::Open(const std::string& path) {
  // O_NONBLOCK: opening a FIFO must not hang; it is refused below.
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return SystemError(path, "open");
  struct stat info;
  if (::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
    ::close(fd);
    return absl::InvalidArgumentError(absl::StrFormat("%s: not a regular file", path));
  }
  std::array<char, 6> head;
  const ssize_t n = ::pread(fd, head.data(), head.size(), 0);
  const std::string_view begin(head.data(), static_cast<size_t>(std::max<ssize_t>(n, 0)));
  if (begin.starts_with(kZstdMagic)) return std::make_unique<ZstdStream>(path, fd);
  if (LooksCompressed(begin)) {
    auto stream = std::make_unique<ArchiveStream>(path, fd);
    RETURN_IF_ERROR(stream->Start());
    return stream;
  }
  return std::make_unique<PlainStream>(path, fd);
}

std::optional<int64_t> BirthTimeNs(const std::string& path) {
  struct statx info;
  if (::statx(AT_FDCWD, path.c_str(), 0, STATX_BTIME, &info) != 0) return std::nullopt;
  if ((info.stx_mask & STATX_BTIME) == 0) return std::nullopt;
  return info.stx_btime.tv_sec * 1'000'000'000 + info.stx_btime.tv_nsec;
}

absl::StatusOr<FileFacts> StatFile(const std::string& path) {
  struct stat info;
  if (::stat(path.c_str(), &info) != 0) return SystemError(path, "stat");
  if (!S_ISREG(info.st_mode))
    return absl::InvalidArgumentError(absl::StrFormat("%s: not a regular file", path));
  return FactsOf(info);
}

}  // namespace bouncewatch

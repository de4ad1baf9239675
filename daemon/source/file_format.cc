#include "daemon/source/file_format.h"

#include <algorithm>
#include <memory>
#include <span>

#include "absl/strings/str_format.h"
#include "classifier/decode/formats.h"
#include "classifier/status_macros.h"
#include "daemon/source/byte_stream.h"

namespace bouncewatch {
namespace {

constexpr size_t kHeadWindow = 256 * 1024, kTailWindow = 64 * 1024;

// What is there of the next `bytes` bytes. A compressed file that is cut has told what it could.
absl::StatusOr<std::string> ReadWindow(ByteStream* stream, size_t bytes) {
  std::string window(bytes, '\0');
  size_t got = 0;
  while (got < bytes) {
    const absl::StatusOr<size_t> n = stream->Read(std::span(window).subspan(got));
    if (absl::IsDataLoss(n.status())) break;
    RETURN_IF_ERROR(n.status());
    if (*n == 0) break;
    got += *n;
  }
  window.resize(got);
  return window;
}

}  // namespace

absl::StatusOr<std::string> TellFileFormat(const std::string& path) {
  ASSIGN_OR_RETURN(const std::unique_ptr<ByteStream> stream, ByteStream::Open(path));
  ASSIGN_OR_RETURN(std::string window, ReadWindow(stream.get(), kHeadWindow));
  const Format* format = DetectFormat(window);
  if (format == nullptr && window.size() == kHeadWindow && !stream->compressed()) {
    ASSIGN_OR_RETURN(const FileFacts facts, stream->Facts());
    const uint64_t unread = facts.size - std::min<uint64_t>(facts.size, kHeadWindow);
    RETURN_IF_ERROR(stream->Skip(unread - std::min<uint64_t>(unread, kTailWindow)));
    ASSIGN_OR_RETURN(window, ReadWindow(stream.get(), kTailWindow));
    window.erase(0, std::min(window.find('\n'), window.size()));  // a line without its beginning
    format = DetectFormat(window);
  }
  return format == nullptr ? std::string() : std::string(format->name);
}

absl::Status UntoldFormat(const std::string& path) {
  return absl::InvalidArgumentError(absl::StrFormat(
      "%s: no line of it tells the format; it is read once one does, or once a format is given", path));
}

}  // namespace bouncewatch

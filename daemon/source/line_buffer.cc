#include "daemon/source/line_buffer.h"

#include <algorithm>
#include <cstring>

#include "daemon/source/source.h"

namespace bouncewatch {
namespace {

// The unfinished line of one round and the newline that TakeRest may add must fit.
constexpr size_t kCapacity = kMaxLineBytes;

// Where the first line that begins with NUL begins, at or before `stop`.
size_t FindHole(const char* bytes, size_t begin, size_t stop) {
  for (size_t at = begin; at < stop; ++at) {
    const void* nul = std::memchr(bytes + at, '\0', stop - at);
    if (nul == nullptr) return stop;
    at = static_cast<size_t>(static_cast<const char*>(nul) - bytes);
    if (at == begin || bytes[at - 1] == '\n') return at;
  }
  return stop;
}

}  // namespace

LineBuffer::LineBuffer() : bytes_(new char[kCapacity + 1]) {}

std::span<char> LineBuffer::Space() {
  if (begin_ > 0) {
    std::memmove(bytes_.get(), bytes_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  passed_begin_ = 0;
  return {bytes_.get() + end_, kCapacity - end_};
}

bool LineBuffer::full() const {
  return end_ - begin_ == kCapacity;
}

// At the start of a line. A run that reaches the end of what is known may still be filled in by the writer,
// and waits for what follows it, as an unfinished line does.
void LineBuffer::SkipNuls() {
  size_t stop = begin_;
  while (stop < end_ && bytes_[stop] == '\0') ++stop;
  if (stop == end_ && !full()) return;
  nul_bytes_ += stop - begin_;
  begin_ = stop;
}

std::string_view LineBuffer::TakeLines() {
  if (skipping_) {
    const void* newline = std::memchr(bytes_.get() + begin_, '\n', end_ - begin_);
    if (newline == nullptr) {
      begin_ = end_;
      return {};
    }
    begin_ = static_cast<size_t>(static_cast<const char*>(newline) - bytes_.get()) + 1;
    skipping_ = false;
  }
  if (begin_ < end_ && bytes_[begin_] == '\0') SkipNuls();
  const void* last = ::memrchr(bytes_.get() + begin_, '\n', end_ - begin_);
  if (last == nullptr) {
    if (full()) {
      ++lines_too_long_;
      skipping_ = true;
      begin_ = end_;
    }
    return {};
  }
  size_t stop = static_cast<size_t>(static_cast<const char*>(last) - bytes_.get()) + 1;
  stop = FindHole(bytes_.get(), begin_, stop);
  const std::string_view lines(bytes_.get() + begin_, stop - begin_);
  begin_ = stop;
  return lines;
}

std::string_view LineBuffer::TakeRest() {
  if (const std::string_view lines = TakeLines(); !lines.empty()) return lines;
  if (begin_ < end_ && bytes_[begin_] == '\0') {
    const size_t stop = static_cast<size_t>(
        std::find_if(&bytes_[begin_], &bytes_[end_], [](char c) { return c != '\0'; }) - bytes_.get());
    nul_bytes_ += stop - begin_;
    begin_ = stop;
  }
  if (begin_ == end_) return {};
  const std::string_view line(bytes_.get() + begin_, end_ - begin_ + 1);
  bytes_[end_] = '\n';
  begin_ = end_;
  return line;
}

std::string_view LineBuffer::Passed() {
  const std::string_view passed(bytes_.get() + passed_begin_, begin_ - passed_begin_);
  passed_begin_ = begin_;
  return passed;
}

void LineBuffer::Clear() {
  begin_ = end_ = passed_begin_ = 0;
  skipping_ = false;
}

}  // namespace bouncewatch

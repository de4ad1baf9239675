#include "daemon/source/line_buffer.h"

#include <cstring>

#include "daemon/source/source.h"

namespace bouncewatch {
namespace {

// The unfinished line of one round and the newline that TakeRest may add must fit.
constexpr size_t kCapacity = kMaxLineBytes;

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
  const void* last = ::memrchr(bytes_.get() + begin_, '\n', end_ - begin_);
  if (last == nullptr) {
    if (end_ - begin_ == kCapacity) {
      ++lines_too_long_;
      skipping_ = true;
      begin_ = end_;
    }
    return {};
  }
  const size_t stop = static_cast<size_t>(static_cast<const char*>(last) - bytes_.get()) + 1;
  const std::string_view lines(bytes_.get() + begin_, stop - begin_);
  begin_ = stop;
  return lines;
}

std::string_view LineBuffer::TakeRest() {
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

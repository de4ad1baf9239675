// Where the mask writes: a buffer of fixed size that takes short pieces without a call. Used by the mask
// only.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string_view>

#include "classifier/mask.h"

namespace bouncewatch {

// Masking at most doubles a text ("1" becomes "<n>" and needs a separator); what would not fit is dropped.
class MaskWriter {
 public:
  MaskWriter() = default;
  MaskWriter(const MaskWriter&) = delete;
  MaskWriter& operator=(const MaskWriter&) = delete;

  std::string_view view() const { return {buffer_, size_}; }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  char back() const { return buffer_[size_ - 1]; }
  void pop_back() { --size_; }
  void Truncate(size_t size) { size_ = size; }

  void Append(char c) {
    if (size_ < kCapacity) buffer_[size_++] = c;
  }

  // A piece of the reply. Copies in whole blocks: kBlock bytes past its end must be readable.
  void AppendText(const char* text, size_t size) {
    size = std::min(size, kCapacity - size_);
    char* to = buffer_ + size_;
    size_ += size;
    if (size > kLong) {
      std::memcpy(to, text, size);
      return;
    }
    for (const char* const end = to + size; to < end; to += kBlock, text += kBlock) {
      std::memcpy(to, text, kBlock);
    }
  }

  // A word of our own, a string literal.
  template <size_t N>
  void AppendLiteral(const char (&literal)[N]) {
    const size_t size = std::min(N - 1, kCapacity - size_);
    std::memcpy(buffer_ + size_, literal, N - 1);
    size_ += size;
  }

 private:
  static constexpr size_t kBlock = 16;
  static constexpr size_t kLong = 128;
  static constexpr size_t kCapacity = 2 * kMaxMaskInput;

  size_t size_ = 0;
  char buffer_[kCapacity + kBlock];  // not cleared: only what was written is read
};

}  // namespace bouncewatch

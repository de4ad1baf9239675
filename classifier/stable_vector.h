// StableVector: a vector that only grows and never moves what it holds. One thread appends; other threads may
// read what was appended before something (a mutex) ordered them behind it, while the appending goes on.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

namespace bouncewatch {

template <typename T>
class StableVector {
 public:
  static constexpr size_t kChunk = 4096, kChunks = 4096;
  static constexpr size_t kMaxSize = kChunk * kChunks;

  StableVector() : chunks_(std::make_unique<std::unique_ptr<T[]>[]>(kChunks)) {}

  // At most kMaxSize elements; a caller looks at size() before.
  void push_back(T value) {
    std::unique_ptr<T[]>& chunk = chunks_[size_ / kChunk];
    if (chunk == nullptr) chunk = std::make_unique<T[]>(kChunk);
    chunk[size_ % kChunk] = std::move(value);
    ++size_;
  }

  const T& operator[](size_t i) const { return chunks_[i / kChunk][i % kChunk]; }
  size_t size() const { return size_; }  // for the appending thread
  size_t memory_bytes() const { return (size_ + kChunk - 1) / kChunk * kChunk * sizeof(T); }
  void Truncate(size_t size) { size_ = size; }  // keeps the memory

 private:
  std::unique_ptr<std::unique_ptr<T[]>[]> chunks_;
  size_t size_ = 0;
};

}  // namespace bouncewatch

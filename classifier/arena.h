// Arena: copies of short texts that stay where they are until Clear. One thread copies.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace bouncewatch {

class Arena {
 public:
  std::string_view Copy(std::string_view text) {
    if (text.size() > left_) Refill(text.size());
    char* const at = next_;
    std::memcpy(at, text.data(), text.size());
    next_ += text.size();
    left_ -= text.size();
    return {at, text.size()};
  }

  size_t memory_bytes() const { return bytes_; }
  void Clear() {
    blocks_.clear();
    next_ = nullptr;
    left_ = bytes_ = 0;
  }

 private:
  static constexpr size_t kFirstBlock = 1024, kBlock = 64 * 1024;

  void Refill(size_t wanted) {
    const size_t usual = blocks_.empty() ? kFirstBlock : kBlock;
    left_ = wanted > usual ? wanted : usual;
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(left_));
    next_ = blocks_.back().get();
    bytes_ += left_;
  }

  std::vector<std::unique_ptr<char[]>> blocks_;
  char* next_ = nullptr;
  size_t left_ = 0;
  size_t bytes_ = 0;
};

}  // namespace bouncewatch

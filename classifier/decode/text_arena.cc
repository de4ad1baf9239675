#include "classifier/decode/text_arena.h"

#include <algorithm>

namespace bouncewatch {

std::string* TextArena::Reserve(size_t bytes) {
  if (blocks_.empty() || blocks_.back()->capacity() - blocks_.back()->size() < bytes) {
    blocks_.push_back(std::make_unique<std::string>());
    blocks_.back()->reserve(std::max(bytes, kBlockBytes));
  }
  return blocks_.back().get();
}

std::string_view TextArena::Join(std::string_view a, std::string_view b, std::string_view c) {
  std::string* block = Reserve(a.size() + b.size() + c.size());
  const size_t at = block->size();
  block->append(a).append(b).append(c);
  return std::string_view(*block).substr(at);
}

void TextArena::Clear() {
  if (blocks_.size() > 1) blocks_.resize(1);
  if (!blocks_.empty()) blocks_[0]->clear();
}

}  // namespace bouncewatch

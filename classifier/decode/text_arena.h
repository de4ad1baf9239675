// TextArena: memory for texts that a decoder has to rewrite: strings out of JSON, escapes undone, pieces
// joined.
//
// Views into it hold until Clear(). Its memory is kept for the next batch. One thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace bouncewatch {

class TextArena {
 public:
  // A string to which `bytes` may be appended without moving what it holds already.
  std::string* Reserve(size_t bytes);

  // The concatenation, copied.
  std::string_view Join(std::string_view a, std::string_view b, std::string_view c = {});

  void Clear();

 private:
  static constexpr size_t kBlockBytes = 64 * 1024;
  std::vector<std::unique_ptr<std::string>> blocks_;  // the last one is being filled
};

}  // namespace bouncewatch

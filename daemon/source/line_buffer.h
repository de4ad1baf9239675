// LineBuffer: bytes in, whole lines out, with bounded memory. A reader fills Space(), then takes the whole
// lines; the unfinished last line is carried to the front of the next round. One thread.
//
//   std::span<char> space = buffer.Space();
//   buffer.Filled(read(fd, space.data(), space.size()));
//   std::string_view lines = buffer.TakeLines();   // valid until the next Space()
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace bouncewatch {

class LineBuffer {
 public:
  LineBuffer();

  // Where to put the next bytes; never empty.
  std::span<char> Space();
  void Filled(size_t bytes) { end_ += bytes; }

  // All whole lines, each ended by '\n'. Lines longer than kMaxLineBytes are left out and counted, and so are
  // NUL bytes in front of a line: copytruncate and power failures leave holes that read as such. Where
  // there are any, the lines up to them come first.
  std::string_view TakeLines();
  // The unfinished last line with a newline appended: for a file that can never grow again. Empty when there
  // is none. Takes what TakeLines would give first.
  std::string_view TakeRest();
  // The bytes taken or dropped since the last call: what the position moves over. In the order of the stream
  // and without gaps; never more than the buffer holds.
  std::string_view Passed();

  bool has_rest() const { return begin_ < end_; }
  uint64_t lines_too_long() const { return lines_too_long_; }
  uint64_t nul_bytes() const { return nul_bytes_; }
  // True inside a line that is being skipped; part of the position.
  bool skipping() const { return skipping_; }
  void set_skipping(bool skipping) { skipping_ = skipping; }
  void Clear();

 private:
  void SkipNuls();
  bool full() const;
  std::unique_ptr<char[]> bytes_;
  size_t begin_ = 0, end_ = 0;  // bytes not taken yet
  size_t passed_begin_ = 0;     // bytes up to begin_ that Passed has not told yet
  bool skipping_ = false;
  uint64_t lines_too_long_ = 0, nul_bytes_ = 0;
};

}  // namespace bouncewatch

// RegexPieces: a small parser of the regex syntax that people write for replies; used by foreign_regex.cc
// only.
#pragma once

#include <bitset>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace bouncewatch {

using ByteSet = std::bitset<256>;

struct RegexPiece {
  enum class Kind { kBytes, kGroup, kBegin, kEnd, kBound };
  Kind kind = Kind::kBytes;
  ByteSet bytes;                                      // kBytes: one of these
  std::string source;                                 // kBytes and kBound: as a regex, without the count
  std::vector<std::vector<RegexPiece>> alternatives;  // kGroup
  int min = 1, max = 1;                               // how often; max -1: without end

  bool once() const { return min == 1 && max == 1; }
  bool any_byte() const { return kind == Kind::kBytes && source == "."; }
  // All bytes it may be are among those of `set`.
  bool within(const ByteSet& set) const { return kind == Kind::kBytes && (bytes & ~set).none(); }
};
using RegexSequence = std::vector<RegexPiece>;

ByteSet BytesOf(std::string_view text);

// InvalidArgument: syntax that has no counterpart here.
absl::StatusOr<RegexSequence> ParseRegexPieces(std::string_view regex);

}  // namespace bouncewatch

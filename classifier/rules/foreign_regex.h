// ForeignRegex: a regex that was written for whole replies ("550 5.1.1 text"), taken apart into what our
// rules read apart: codes and words.
//
//   ^(451|550) [45]\.1\.[12] .*user \d+ unknown
//     codes  "451 4.1.1", "451 4.1.2", "550 5.1.1", "550 5.1.2"
//     words  user (?:<n>|\d+) unknown            numbers as the mask leaves them
//     sample 451 4.1.1 user 7 unknown
//
// Read are literals, escapes, classes, groups, alternatives and counts. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace bouncewatch {

struct ForeignRegex {
  std::vector<std::string> codes;  // as a rule has them; empty: the regex does not begin with codes
  std::string regex;               // of the words; "" when the codes are all
  bool literal = false;            // `regex` is plain text, nothing escaped in it
  std::string sample;              // a short reply that the original finds
};

// InvalidArgument says what a rule cannot say: a look-around, a back reference, codes in the middle.
absl::StatusOr<ForeignRegex> TakeRegexApart(std::string_view regex);

}  // namespace bouncewatch

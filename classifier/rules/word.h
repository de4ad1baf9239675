// Word: a phrase or a vendor token of a rule, with the bounds that keep it from matching inside a longer
// word.
//
// A phrase is bounded by non-word characters: "full" is in "quota full." but not in "fully". Inside a token
// '-' counts as well, so that "S3150" is neither in "XS3150" nor in "S3150-1". A bound holds only at an end
// that is itself such a character, and a `*` written at an end lifts it.
#pragma once

#include <string>
#include <string_view>

namespace bouncewatch {

struct Word {
  enum class Kind { kPhrase, kToken };

  Kind kind = Kind::kPhrase;
  std::string text;  // lower case, without the stars; empty when nothing but stars was written
  bool bound_left = false, bound_right = false;

  bool operator==(const Word&) const = default;
};

Word ParseWord(Word::Kind kind, std::string_view written);

// Whether the bounds of `word`, found at text[begin, end), hold there.
bool BoundsHold(const Word& word, std::string_view text, size_t begin, size_t end);

}  // namespace bouncewatch

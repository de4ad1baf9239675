#include "classifier/rules/word.h"

#include "classifier/text.h"

namespace bouncewatch {
namespace {

bool IsInside(Word::Kind kind, char c) {
  return IsAlnum(c) || c == '_' || (kind == Word::Kind::kToken && c == '-');
}

}  // namespace

Word ParseWord(Word::Kind kind, std::string_view written) {
  const bool open_left = !written.empty() && written.front() == '*';
  if (open_left) written.remove_prefix(1);
  const bool open_right = !written.empty() && written.back() == '*';
  if (open_right) written.remove_suffix(1);
  Word word;
  word.kind = kind;
  word.text = AsciiLower(written);
  if (!written.empty()) {
    word.bound_left = !open_left && IsInside(kind, written.front());
    word.bound_right = !open_right && IsInside(kind, written.back());
  }
  return word;
}

bool BoundsHold(const Word& word, std::string_view text, size_t begin, size_t end) {
  if (word.bound_left && begin > 0 && IsInside(word.kind, text[begin - 1])) return false;
  return !(word.bound_right && end < text.size() && IsInside(word.kind, text[end]));
}

}  // namespace bouncewatch

// First the codes are read off the front: each of their pieces may be some texts ("[45]", "(450|550)", \d),
// and what they may be together is the product. The rest is written anew: numbers as the mask leaves them,
// gaps bounded, idle groups opened.
#include "classifier/rules/foreign_regex.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "classifier/rules/regex_pieces.h"
#include "classifier/status_macros.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

constexpr size_t kMaxCodes = 64;
constexpr int kMaxGap = 80;

using Kind = RegexPiece::Kind;
using Texts = std::vector<std::string>;

const ByteSet& CodeBytes() {
  static const ByteSet bytes = BytesOf("0123456789.");
  return bytes;
}
const ByteSet& DigitBytes() {
  static const ByteSet bytes = BytesOf("0123456789");
  return bytes;
}
const ByteSet& GapBytes() {
  static const ByteSet bytes = BytesOf(" -\t\r\n\f\v");
  return bytes;
}

// --- Codes

bool TextsOf(const RegexSequence& sequence, Texts* out);

// What a piece of a code may be; "x" is any digit. False: no code is written so.
bool TextsOf(const RegexPiece& piece, Texts* out) {
  if (piece.kind == Kind::kGroup) {
    if (!piece.once()) return false;
    for (const RegexSequence& alternative : piece.alternatives) {
      Texts texts;
      if (!TextsOf(alternative, &texts)) return false;
      out->insert(out->end(), texts.begin(), texts.end());
    }
    return true;
  }
  if (!piece.within(CodeBytes())) return false;
  if (piece.bytes == DigitBytes()) {
    if (piece.min == piece.max) {
      out->emplace_back(static_cast<size_t>(piece.min), 'x');
    } else if (piece.min == 1) {
      out->emplace_back("x");  // of an enhanced code's number: any
    } else {
      return false;
    }
    return true;
  }
  if (!piece.once()) return false;
  for (size_t byte = 0; byte < piece.bytes.size(); ++byte) {
    if (piece.bytes[byte]) out->emplace_back(1, static_cast<char>(byte));
  }
  return true;
}

void Multiply(const Texts& right, Texts* left) {
  Texts product;
  for (const std::string& a : *left) {
    for (const std::string& b : right) product.push_back(a + b);
  }
  *left = std::move(product);
}

bool TextsOf(const RegexSequence& sequence, Texts* out) {
  *out = {""};
  for (const RegexPiece& piece : sequence) {
    Texts texts;
    if (!TextsOf(piece, &texts)) return false;
    Multiply(texts, out);
    if (out->size() > kMaxCodes) return false;
  }
  return true;
}

// As many pieces from *at on as are part of a code.
Texts TakeCode(const RegexSequence& sequence, size_t* at) {
  Texts all = {""};
  for (; *at < sequence.size(); ++*at) {
    Texts texts;
    if (!TextsOf(sequence[*at], &texts) || all.size() * texts.size() > kMaxCodes) break;
    Multiply(texts, &all);
  }
  return all;
}

bool IsBasic(std::string_view text) {
  return text.size() == 3 && (text[0] >= '2' && text[0] <= '5') && text.find('.') == text.npos &&
         (text[1] != 'x' || text[2] == 'x');
}

bool IsEnhanced(std::string_view text) {
  const size_t first = text.find('.'), last = text.rfind('.');
  if (first == text.npos || first == last || last + 1 == text.size()) return false;
  const std::string_view klass = text.substr(0, first), subject = text.substr(first + 1, last - first - 1);
  const std::string_view detail = text.substr(last + 1);
  const bool known_subject = !subject.empty() && subject.find_first_of("x.") == subject.npos;
  return (klass == "2" || klass == "4" || klass == "5" || klass == "x") && known_subject &&
         (detail == "x" || detail.find('x') == detail.npos);
}

bool IsGap(const RegexPiece& piece) {
  return piece.within(GapBytes()) || piece.kind == Kind::kBound;
}

void SkipGap(const RegexSequence& sequence, size_t* at) {
  while (*at < sequence.size() && IsGap(sequence[*at])) ++*at;
}

bool AllAre(bool (*is)(std::string_view), const Texts& texts) {
  return std::all_of(texts.begin(), texts.end(), is);
}

// "550" and "4.1.1" do not come together.
bool GoTogether(std::string_view basic, std::string_view enhanced) {
  return enhanced[0] == 'x' || basic[0] == '*' || basic[0] == enhanced[0];
}

// Takes codes off the front. Where there are none, none are taken.
absl::StatusOr<Texts> TakeCodes(RegexSequence* sequence) {
  size_t at = 0;
  while (at < sequence->size() && ((*sequence)[at].kind == Kind::kBegin || (*sequence)[at].any_byte())) ++at;
  const size_t begin = at;
  Texts basics = {"*"}, enhanceds;
  Texts first = TakeCode(*sequence, &at);
  if (first == Texts{""}) return Texts();
  if (AllAre(IsBasic, first)) {
    basics = std::move(first);
    SkipGap(*sequence, &at);
    const size_t behind = at;
    enhanceds = TakeCode(*sequence, &at);
    if (!AllAre(IsEnhanced, enhanceds)) {
      if (enhanceds != Texts{""} && enhanceds.front().find('.') != std::string::npos) {
        return absl::InvalidArgumentError("its enhanced code is none that `codes` can say");
      }
      at = behind;
      enhanceds.clear();
    }
  } else if (AllAre(IsEnhanced, first)) {
    enhanceds = std::move(first);
  } else {
    if (begin > 0 && (*sequence)[0].kind == Kind::kBegin) {
      return absl::InvalidArgumentError("its codes are none that `codes` can say");
    }
    return Texts();
  }
  SkipGap(*sequence, &at);
  sequence->erase(sequence->begin(), sequence->begin() + static_cast<std::ptrdiff_t>(at));
  Texts codes;
  for (const std::string& basic : basics) {
    if (enhanceds.empty()) codes.push_back(basic);
    for (const std::string& enhanced : enhanceds) {
      if (GoTogether(basic, enhanced)) codes.push_back(basic + " " + enhanced);
    }
  }
  if (codes.empty()) return absl::InvalidArgumentError("its codes contradict each other");
  if (codes.size() > kMaxCodes) return absl::InvalidArgumentError("it has too many codes");
  return codes;
}

// --- Words

std::string CountText(const RegexPiece& piece) {
  if (piece.once()) return "";
  if (piece.min == 0 && piece.max == 1) return "?";
  const int max = piece.any_byte() && piece.max == -1 ? kMaxGap : piece.max;
  if (max == -1) return piece.min == 0 ? "*" : piece.min == 1 ? "+" : absl::StrFormat("{%d,}", piece.min);
  return piece.min == max ? absl::StrFormat("{%d}", max) : absl::StrFormat("{%d,%d}", piece.min, max);
}

bool IsDigits(const RegexPiece& piece) {
  return piece.within(DigitBytes());
}

// Something that a number would be part of: "S3150" stays with the mask, "3150" does not.
bool IsWordLike(const RegexPiece& piece) {
  return piece.kind == Kind::kBytes && !piece.any_byte() &&
         (piece.within(BytesOf("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")) ||
          piece.source == "\\w");
}

class WordsWriter {
 public:
  std::string regex, sample;
  bool literal = true;

  void Write(const RegexSequence& sequence) {
    for (size_t i = 0; i < sequence.size();) {
      const size_t address = AddressEnd(sequence, i);
      const size_t digits = DigitsEnd(sequence, i);
      if (address > i) {
        regex += "<ip>";
        sample += "192.0.2.1";
        literal = false;
        i = address;
      } else if (digits > i) {
        WriteNumber(sequence, i, digits);
        i = digits;
      } else {
        WritePiece(sequence[i++]);
      }
    }
  }

 private:
  static size_t DigitsEnd(const RegexSequence& sequence, size_t at) {
    while (at < sequence.size() && IsDigits(sequence[at])) ++at;
    return at;
  }

  // Four numbers with dots between.
  static size_t AddressEnd(const RegexSequence& sequence, size_t begin) {
    size_t at = begin;
    for (int part = 0; part < 4; ++part) {
      const size_t end = DigitsEnd(sequence, at);
      if (end == at) return begin;
      at = end;
      if (part == 3) return at;
      if (at == sequence.size() || sequence[at].source != "\\.") return begin;
      ++at;
    }
    return begin;
  }

  void WriteNumber(const RegexSequence& sequence, size_t begin, size_t end) {
    std::string number;
    for (size_t i = begin; i < end; ++i) {
      number += sequence[i].source + CountText(sequence[i]);
      for (int n = 0; n < std::max(1, sequence[i].min); ++n) sample += FirstByte(sequence[i]);
    }
    const bool in_word = (begin > 0 && IsWordLike(sequence[begin - 1])) ||
                         (end < sequence.size() && IsWordLike(sequence[end]));
    regex += in_word ? number : "(?:<n>|" + number + ")";
    literal = false;
  }

  void WritePiece(const RegexPiece& piece) {
    switch (piece.kind) {
      case Kind::kBegin:
      case Kind::kEnd:
        regex += piece.kind == Kind::kBegin ? "^" : "$";
        literal = false;
        return;
      case Kind::kBound:
        regex += piece.source;
        literal = false;
        return;
      case Kind::kGroup:
        return WriteGroup(piece);
      case Kind::kBytes:
        break;
    }
    literal = literal && piece.once() && piece.bytes.count() == 1;
    regex += piece.source + CountText(piece);
    if (piece.any_byte() && piece.min == 0) sample += ' ';
    for (int n = 0; n < piece.min; ++n) sample += FirstByte(piece);
  }

  void WriteGroup(const RegexPiece& piece) {
    const bool idle = piece.once() && piece.alternatives.size() == 1;
    if (!idle) {
      literal = false;
      regex += "(?:";
    }
    const std::string before = sample;
    std::string once;
    for (size_t i = 0; i < piece.alternatives.size(); ++i) {
      if (i > 0) regex += '|';
      sample.clear();
      Write(piece.alternatives[i]);
      if (i == 0) once = sample;
    }
    sample = before;
    for (int n = 0; n < piece.min; ++n) sample += once;
    if (!idle) regex += ")" + CountText(piece);
  }

  // A letter where there is one: the mask leaves it.
  static char FirstByte(const RegexPiece& piece) {
    for (size_t byte = 'z'; byte >= 'A'; --byte) {
      if (piece.bytes[byte] && IsAlpha(static_cast<char>(byte))) return static_cast<char>(byte);
    }
    if (piece.bytes['7']) return '7';
    for (size_t byte = ' '; byte < piece.bytes.size(); ++byte) {
      if (piece.bytes[byte]) return static_cast<char>(byte);
    }
    return ' ';
  }
};

// Gaps at either end find nothing.
void Trim(RegexSequence* sequence) {
  const auto idle = [](const RegexPiece& piece) { return piece.any_byte() && !piece.once(); };
  while (!sequence->empty() && idle(sequence->back())) sequence->pop_back();
  while (!sequence->empty() && idle(sequence->front())) sequence->erase(sequence->begin());
  const bool gap_after_begin =
      sequence->size() >= 2 && sequence->front().kind == Kind::kBegin && idle((*sequence)[1]);
  if (gap_after_begin) sequence->erase(sequence->begin(), sequence->begin() + 2);
}

std::string PlainText(const RegexSequence& sequence) {
  std::string text;
  for (const RegexPiece& piece : sequence) {
    for (const RegexSequence& inner : piece.alternatives) text += PlainText(inner);
    if (piece.kind == Kind::kBytes) text += piece.source.back();
  }
  return text;
}

// "451 4.1.x" as a server would write it.
std::string SampleCode(std::string_view code) {
  std::string sample(code);
  if (sample.starts_with('*')) {
    sample.replace(0, 1, sample.size() > 2 && sample[2] == '4' ? "450" : "550");
  }
  for (size_t i = 0; i < sample.size(); ++i) {
    if (sample[i] != 'x') continue;
    sample[i] = i < 3 ? (i == 1 ? '5' : '0') : (i == 4 ? sample[0] : '0');
  }
  return sample;
}

}  // namespace

absl::StatusOr<ForeignRegex> TakeRegexApart(std::string_view regex) {
  ASSIGN_OR_RETURN(RegexSequence sequence, ParseRegexPieces(regex));
  ForeignRegex result;
  ASSIGN_OR_RETURN(result.codes, TakeCodes(&sequence));
  Trim(&sequence);
  WordsWriter words;
  words.Write(sequence);
  result.literal = words.literal && !words.regex.empty();
  result.regex = result.literal ? PlainText(sequence) : words.regex;
  if (result.regex.empty() && result.codes.empty()) return absl::InvalidArgumentError("it finds every reply");
  result.sample = SampleCode(result.codes.empty() ? "550" : result.codes.front());
  if (!words.sample.empty()) result.sample += " " + words.sample;
  return result;
}

}  // namespace bouncewatch

// Most tokens of a reply are words and pass untouched. A first pass marks, sixteen bytes at a time, the bytes
// a token must have to be anything else: a digit, '@', or a dot inside. Runs of plain tokens are then copied
// in one piece, and only the marked tokens go to TokenMasker.
#include "classifier/mask.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "classifier/mask_token.h"
#include "classifier/text.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace bouncewatch {
namespace {

// Template ids are XXH3-64 of the masked text; the seed is the ASCII bytes of "bncwatch" plus the mask's
// version.
constexpr uint64_t kTemplateSeed = 0x626e637761746368;

constexpr size_t kBlock = 64;
using Bitmap = std::array<uint64_t, kMaxMaskInput / kBlock + 2>;

bool IsBlank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}
bool IsControl(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

struct Marks {
  Bitmap blank;
  Bitmap suspect;     // digits, '@', dots with no blank after
  bool clean = true;  // no control bytes, no two blanks in a row
};

struct BlockBits {
  uint64_t blank = 0;
  uint64_t suspect = 0;
  uint64_t dot = 0;
  uint64_t control = 0;
};

#ifdef __SSE2__
BlockBits ScanBlock(const char* p) {
  BlockBits bits;
  for (int i = 0; i < 4; ++i) {
    const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + 16 * i));
    const auto mask = [&](__m128i m) {
      return static_cast<uint64_t>(static_cast<uint32_t>(_mm_movemask_epi8(m))) << (16 * i);
    };
    // Signed compares: bytes from 0x80 up are negative and fall in no class but "below 0x20", which is
    // undone.
    const __m128i digit =
        _mm_and_si128(_mm_cmpgt_epi8(v, _mm_set1_epi8('0' - 1)), _mm_cmplt_epi8(v, _mm_set1_epi8('9' + 1)));
    const __m128i below =
        _mm_and_si128(_mm_cmplt_epi8(v, _mm_set1_epi8(0x20)), _mm_cmpgt_epi8(v, _mm_set1_epi8(-1)));
    bits.blank |= mask(_mm_cmpeq_epi8(v, _mm_set1_epi8(' ')));
    bits.suspect |= mask(_mm_or_si128(digit, _mm_cmpeq_epi8(v, _mm_set1_epi8('@'))));
    bits.dot |= mask(_mm_cmpeq_epi8(v, _mm_set1_epi8('.')));
    bits.control |= mask(_mm_or_si128(below, _mm_cmpeq_epi8(v, _mm_set1_epi8(0x7f))));
  }
  return bits;
}
#else
BlockBits ScanBlock(const char* p) {
  BlockBits bits;
  for (size_t i = 0; i < kBlock; ++i) {
    const uint64_t bit = uint64_t{1} << i;
    if (p[i] == ' ') bits.blank |= bit;
    if (IsDigit(p[i]) || p[i] == '@') bits.suspect |= bit;
    if (p[i] == '.') bits.dot |= bit;
    if (IsControl(p[i])) bits.control |= bit;
  }
  return bits;
}
#endif

// The bytes after the end count as blanks, so a dot that ends the text is like one that ends a word.
void MarkText(std::string_view text, Marks* marks) {
  const size_t blocks = text.size() / kBlock + 1;
  uint64_t control = 0;
  uint64_t doubled = 0;
  uint64_t last_blank = 0;  // the previous block's last byte was a blank
  uint64_t open_dot = 0;    // the previous block's last byte was a dot
  for (size_t b = 0; b < blocks; ++b) {
    BlockBits bits;
    if ((b + 1) * kBlock <= text.size()) {
      bits = ScanBlock(text.data() + b * kBlock);
    } else {
      char tail[kBlock];
      std::memset(tail, ' ', kBlock);
      std::memcpy(tail, text.data() + b * kBlock, text.size() - b * kBlock);
      bits = ScanBlock(tail);
    }
    const size_t left = text.size() - std::min(text.size(), b * kBlock);
    const uint64_t inside = left >= kBlock ? ~uint64_t{0} : (uint64_t{1} << left) - 1;
    control |= bits.control;
    doubled |= bits.blank & ((bits.blank << 1) | last_blank) & inside;
    if (open_dot != 0 && (bits.blank & 1) == 0) marks->suspect[b - 1] |= uint64_t{1} << 63;
    const uint64_t dots = bits.dot & ~(bits.blank >> 1);
    open_dot = bits.dot >> 63;
    marks->blank[b] = bits.blank;
    marks->suspect[b] = bits.suspect | (dots & ~(uint64_t{1} << 63));
    last_blank = bits.blank >> 63;
  }
  marks->blank[blocks] = ~uint64_t{0};
  marks->suspect[blocks] = 0;
  marks->clean =
      control == 0 && doubled == 0 && (text.empty() || (text.front() != ' ' && text.back() != ' '));
}

// First set bit at or after `from`, or `size`.
size_t NextBit(const Bitmap& bits, size_t from, size_t size) {
  if (from >= size) return size;
  size_t word = from / kBlock;
  const size_t last = (size - 1) / kBlock;
  uint64_t current = bits[word] & (~uint64_t{0} << (from % kBlock));
  while (current == 0) {
    if (++word > last) return size;
    current = bits[word];
  }
  return std::min(size, word * kBlock + static_cast<size_t>(std::countr_zero(current)));
}

// Single blanks, none at the ends, '?' for other control bytes.
std::string Normalize(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  for (char c : text) {
    if (IsBlank(c)) {
      if (!clean.empty() && clean.back() != ' ') clean.push_back(' ');
    } else {
      clean.push_back(IsControl(c) ? '?' : c);
    }
  }
  if (!clean.empty() && clean.back() == ' ') clean.pop_back();
  return clean;
}

// Cuts a masked text that grew past the limit after a plain word: what stays reads the same without what
// follows.
void CutMasked(std::string* out) {
  size_t end = kMaxMaskInput;
  while (end > 0) {
    const size_t blank = out->rfind(' ', end);
    if (blank == std::string::npos) break;
    const size_t begin = blank == 0 ? 0 : out->rfind(' ', blank - 1) + 1;
    const std::string_view word = std::string_view(*out).substr(begin, blank - begin);
    if (word.find_first_of("0123456789@.<>") == std::string_view::npos) {
      out->resize(blank);
      return;
    }
    if (blank == 0) break;
    end = blank - 1;
  }
  *out = "<id>";
}

void MaskClean(std::string_view text, const Marks& marks, std::string* out) {
  out->reserve(text.size() + text.size() / 4 + 16);
  TokenMasker masker(text, out);
  size_t copied = 0;
  while (copied < text.size()) {
    const size_t suspect = NextBit(marks.suspect, copied, text.size());
    size_t begin = suspect;
    while (begin > copied && text[begin - 1] != ' ') --begin;
    out->append(text.data() + copied, (suspect == text.size() ? suspect : begin) - copied);
    if (suspect == text.size()) break;
    copied = masker.MaskToken(begin, NextBit(marks.blank, suspect, text.size()));
  }
}

}  // namespace

void Mask(std::string_view text, std::string* out) {
  out->clear();
  text = text.substr(0, kMaxMaskInput);
  Marks marks;
  MarkText(text, &marks);
  if (marks.clean) {
    MaskClean(text, marks, out);
  } else {
    const std::string clean = Normalize(text);
    MarkText(clean, &marks);
    MaskClean(clean, marks, out);
  }
  if (out->size() > kMaxMaskInput) CutMasked(out);
}

uint64_t TemplateId(std::string_view masked) {
  const uint64_t id = XXH3_64bits_withSeed(masked.data(), masked.size(), kTemplateSeed + kMaskVersion);
  return id == 0 ? 1 : id;
}

}  // namespace bouncewatch

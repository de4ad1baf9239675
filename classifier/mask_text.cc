#include "classifier/mask_text.h"

#include <algorithm>

#include "classifier/mask_shapes.h"
#include "classifier/text.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace bouncewatch {
namespace {

constexpr size_t kChunk = 16;

bool IsBlank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}
bool IsControl(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

void StoreBits(uint8_t* to, unsigned bits) {
  auto half = static_cast<uint16_t>(bits);
  if constexpr (std::endian::native == std::endian::big) half = __builtin_bswap16(half);
  std::memcpy(to, &half, sizeof(half));
}

// One bit for each byte of a chunk.
struct AtomBits {
  unsigned digit;
  unsigned alnum;
  unsigned word;  // letters, digits and '_'
  unsigned dot;
  unsigned joint;  // '.' and '-'
};

#ifdef __SSE2__

__m128i Load(const char* p) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
}
unsigned BitsOf(__m128i mask) {
  return static_cast<unsigned>(_mm_movemask_epi8(mask));
}
__m128i Equal(__m128i v, char c) {
  return _mm_cmpeq_epi8(v, _mm_set1_epi8(c));
}
// Bytes in [first, first + span], unsigned.
__m128i InRange(__m128i v, char first, char span) {
  const __m128i offset = _mm_sub_epi8(v, _mm_set1_epi8(first));
  return _mm_cmpeq_epi8(_mm_min_epu8(offset, _mm_set1_epi8(span)), offset);
}

// Marks a text chunk by chunk and gathers what is said about the whole of it.
class ChunkMarker {
 public:
  void Mark(const char* p, uint8_t* blank, uint8_t* suspect) {
    const __m128i v = Load(p);
    const __m128i at = Equal(v, '@');
    StoreBits(blank, BitsOf(Equal(v, ' ')));
    StoreBits(suspect, BitsOf(_mm_or_si128(_mm_or_si128(InRange(v, '0', 9), Equal(v, '.')), at)));
    at_ = _mm_or_si128(at_, at);
    angle_ = _mm_or_si128(angle_, Equal(v, '<'));
    del_ = _mm_or_si128(del_, Equal(v, 0x7f));
    lowest_ = _mm_min_epu8(lowest_, v);
  }
  bool has_at() const { return BitsOf(at_) != 0; }
  bool has_angle() const { return BitsOf(angle_) != 0; }
  bool has_control() const { return BitsOf(_mm_or_si128(InRange(lowest_, 0, 0x1f), del_)) != 0; }

 private:
  __m128i at_ = _mm_setzero_si128();
  __m128i angle_ = _mm_setzero_si128();
  __m128i del_ = _mm_setzero_si128();
  __m128i lowest_ = _mm_set1_epi8(' ');
};

AtomBits ScanAtomBytes(const char* p) {
  const __m128i v = Load(p);
  const __m128i digit = InRange(v, '0', 9);
  const __m128i letter = InRange(_mm_or_si128(v, _mm_set1_epi8(0x20)), 'a', 25);
  const __m128i alnum = _mm_or_si128(digit, letter);
  const __m128i dot = Equal(v, '.');
  return {BitsOf(digit), BitsOf(alnum), BitsOf(_mm_or_si128(alnum, Equal(v, '_'))), BitsOf(dot),
          BitsOf(_mm_or_si128(dot, Equal(v, '-')))};
}

#else

class ChunkMarker {
 public:
  void Mark(const char* p, uint8_t* blank, uint8_t* suspect) {
    unsigned blanks = 0;
    unsigned suspects = 0;
    for (size_t i = 0; i < kChunk; ++i) {
      if (p[i] == ' ') blanks |= 1u << i;
      if (IsDigit(p[i]) || p[i] == '.' || p[i] == '@') suspects |= 1u << i;
      at_ = at_ || p[i] == '@';
      angle_ = angle_ || p[i] == '<';
      control_ = control_ || IsControl(p[i]);
    }
    StoreBits(blank, blanks);
    StoreBits(suspect, suspects);
  }
  bool has_at() const { return at_; }
  bool has_angle() const { return angle_; }
  bool has_control() const { return control_; }

 private:
  bool at_ = false;
  bool angle_ = false;
  bool control_ = false;
};

AtomBits ScanAtomBytes(const char* p) {
  AtomBits bits{};
  for (size_t i = 0; i < kChunk; ++i) {
    const unsigned bit = 1u << i;
    if (IsDigit(p[i])) bits.digit |= bit;
    if (IsAlnum(p[i])) bits.alnum |= bit;
    if (p[i] == '.') bits.dot |= bit;
    if (IsAlnum(p[i]) || p[i] == '_') bits.word |= bit;
    if (p[i] == '.' || p[i] == '-') bits.joint |= bit;
  }
  return bits;
}

#endif

}  // namespace

MaskText::MaskText(std::string_view reply) : size_(std::min(reply.size(), kMaxMaskInput)) {
  std::memset(buffer_, ' ', kPad);
  std::memcpy(buffer_ + kPad, reply.data(), size_);
  std::memset(buffer_ + kPad + size_, ' ', kPad);
  std::memset(blank_.data(), 0xff, kBitPad);
  Mark();
  if (!IsClean()) {
    Normalize();
    Mark();
  }
}

void MaskText::Mark() {
  ChunkMarker marker;
  uint8_t* blank = &blank_[kBitPad];
  uint8_t* suspect = &suspect_[kBitPad];
  for (size_t i = 0; i < size_; i += kChunk) {
    marker.Mark(data() + i, blank, suspect);
    blank += kChunk / 8;
    suspect += kChunk / 8;
  }
  std::memset(blank, 0xff, kBitPad);
  std::memset(suspect, 0xff, kBitPad);
  has_at_ = marker.has_at();
  has_angle_ = marker.has_angle();
  has_control_ = marker.has_control();
}

// Whether the text reads as Normalize would leave it.
bool MaskText::IsClean() const {
  if (has_control_) return false;
  uint64_t last_blank = 1;  // the front counts as a blank: a text must not begin with one
  for (size_t i = 0; i < size_; i += 64) {
    const uint64_t blank = LoadBits(&blank_[kBitPad + i / 8]);
    uint64_t doubled = blank & ((blank << 1) | last_blank);
    if (size_ - i < 64) doubled &= (uint64_t{1} << (size_ - i)) - 1;
    if (doubled != 0) return false;
    last_blank = blank >> 63;
  }
  return size_ == 0 || data()[size_ - 1] != ' ';
}

// Single blanks, none at the ends, '?' for other control bytes.
void MaskText::Normalize() {
  const char* const text = data();
  char* const begin = buffer_ + kPad;
  char* to = begin;
  for (size_t i = 0; i < size_; ++i) {
    const char c = text[i];
    if (!IsBlank(c)) {
      *to++ = IsControl(c) ? '?' : c;
    } else if (to != begin && to[-1] != ' ') {
      *to++ = ' ';
    }
  }
  if (to != begin && to[-1] == ' ') --to;
  size_ = static_cast<size_t>(to - begin);
  std::memset(to, ' ', kPad);
}

size_t MaskText::NextBitFar(const Bits& bits, size_t byte) {
  uint64_t word;
  while ((word = LoadBits(&bits[kBitPad + byte])) == 0) byte += 8;
  return byte * 8 + static_cast<size_t>(std::countr_zero(word));
}

size_t MaskText::TokenBegin(size_t inside) const {
  const char* const before = data() + inside - 1;
  if (*before == ' ') return inside;
  // Words that end with the byte of `inside`; its bit is moved to the top.
  size_t byte = inside / 8 + 1;
  uint64_t word = LoadBits(&blank_[byte]) << (7 - inside % 8);
  if (word != 0) return inside + 1 - static_cast<size_t>(std::countl_zero(word));
  do {
    // The pad in front ends the search at the latest.
    byte -= 8;
    word = LoadBits(&blank_[byte]);
  } while (word == 0);
  return byte * 8 - static_cast<size_t>(std::countl_zero(word));
}

Atom MaskText::AtomAt(size_t begin) const {
  const char* p = data() + begin;
  if (*p == '.' || *p == '-') return {};
  size_t size = 0;
  unsigned digit = 0;
  unsigned letter = 0;
  unsigned dot = 0;
  unsigned run;
  do {
    const AtomBits bits = ScanAtomBytes(p + size);
    // A dot or a dash is inside when a letter or a digit follows.
    const unsigned next = unsigned{ByteIs(p[size + kChunk], kHasDigit | kHasLetter)} << kChunk;
    const unsigned inner = bits.joint & ((bits.alnum | next) >> 1);
    run = static_cast<unsigned>(std::countr_zero(~(bits.word | inner)));
    const unsigned kept = (1u << run) - 1;
    digit |= bits.digit & kept;
    letter |= (bits.alnum ^ bits.digit) & kept;
    dot |= bits.dot & kept;
    size += run;
  } while (run == kChunk);
  unsigned traits = 0;
  if (digit != 0) traits |= kHasDigit;
  if (letter != 0) traits |= kHasLetter;
  if (dot != 0) traits |= kHasDot;
  return {size, traits};
}

}  // namespace bouncewatch

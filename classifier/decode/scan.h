// Vectorised searches of the Postfix decoder: for the two marks that tell lines of interest from the rest of
// a log, and for single bytes inside a line.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace bouncewatch {

// Finds the first "=<" at or after `begin` that stands behind an 'o' or an 'm': the '=' of "to=<", "from=<"
// or "orig_to=<". Returns a pointer to the '=', or `end`. Adds the newlines in [begin, result) to *newlines.
// Reads bytes of [begin - 1, end): begin[-1] must be readable.
// AVX2 where the CPU has it (two bytes compared at 128 bytes a step), SSE2 or plain C++ elsewhere.
const char* FindAddressMark(const char* begin, const char* end, uint64_t* newlines);

// The plain version, the oracle of the tests.
const char* FindAddressMarkPlain(const char* begin, const char* end, uint64_t* newlines);

// Position of `byte` in `text`, or npos. For the short distances between the fields of a log line, where a
// call of memchr costs more than the search.
inline size_t FindByte(std::string_view text, char byte) {
  size_t i = 0;
#if defined(__SSE2__)
  const __m128i wanted = _mm_set1_epi8(byte);
  for (; i + 16 <= text.size(); i += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + i));
    const auto found = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted)));
    if (found != 0) return i + static_cast<size_t>(std::countr_zero(found));
  }
#endif
  for (; i < text.size(); ++i) {
    if (text[i] == byte) return i;
  }
  return std::string_view::npos;
}

// Position of the last `byte` in `text`, or npos.
inline size_t FindLastByte(std::string_view text, char byte) {
  size_t end = text.size();
#if defined(__SSE2__)
  const __m128i wanted = _mm_set1_epi8(byte);
  for (; end >= 16; end -= 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + end - 16));
    const auto found = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted)));
    if (found != 0) return end - 1 - static_cast<size_t>(std::countl_zero(found << 16));
  }
#endif
  while (end > 0 && text[end - 1] != byte) --end;
  return end == 0 ? std::string_view::npos : end - 1;
}

// Sixty-four bytes of text, to be asked where a byte is. Bit i of an answer stands for byte i.
class Window {
 public:
  static constexpr size_t kSize = 64;

#if defined(__SSE2__)
  // All kSize bytes at p must be readable.
  explicit Window(const char* p) : a_(Load(p)), b_(Load(p + 16)), c_(Load(p + 32)), d_(Load(p + 48)) {}

  uint64_t Find(char byte) const {
    const __m128i wanted = _mm_set1_epi8(byte);
    return Bits(a_, wanted) | Bits(b_, wanted) << 16 | Bits(c_, wanted) << 32 | Bits(d_, wanted) << 48;
  }

 private:
  static __m128i Load(const char* p) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  }
  static uint64_t Bits(__m128i part, __m128i wanted) {
    return static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(part, wanted)));
  }
  __m128i a_, b_, c_, d_;
#else
  explicit Window(const char* p) {
    std::memcpy(bytes_, p, kSize);
  }

  uint64_t Find(char byte) const {
    uint64_t found = 0;
    for (size_t i = 0; i < kSize; ++i) found |= uint64_t{bytes_[i] == byte} << i;
    return found;
  }

 private:
  char bytes_[kSize];
#endif
};

}  // namespace bouncewatch

// Almost all bytes of a mail log belong to lines that say nothing about a delivery. The search compares each
// byte with
// '=' and its right neighbour with '<' and looks at the left neighbour only where both agree (about one hit
// in a line that matters, one in a message-id line), while newlines are summed in byte counters, so that one
// pass does both.
#include "classifier/decode/scan.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace bouncewatch {
namespace {

bool IsMark(const char* p) {
  return p[-1] == 'o' || p[-1] == 'm';
}

#if defined(__x86_64__)

__attribute__((target("avx2"))) uint64_t SumBytes(__m256i counters) {
  const __m256i sums = _mm256_sad_epu8(counters, _mm256_setzero_si256());
  return static_cast<uint64_t>(_mm256_extract_epi64(sums, 0)) +
         static_cast<uint64_t>(_mm256_extract_epi64(sums, 1)) +
         static_cast<uint64_t>(_mm256_extract_epi64(sums, 2)) +
         static_cast<uint64_t>(_mm256_extract_epi64(sums, 3));
}

__attribute__((target("avx2"))) __m256i Load(const char* at) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
}

__attribute__((target("avx2"))) uint64_t Bits(__m256i low, __m256i high) {
  return static_cast<uint32_t>(_mm256_movemask_epi8(low)) |
         uint64_t{static_cast<uint32_t>(_mm256_movemask_epi8(high))} << 32;
}

// The first mark among `marks`, candidate bits of the 64 bytes at p, or nullptr.
const char* FirstMark(const char* p, uint64_t marks) {
  for (; marks != 0; marks &= marks - 1) {
    const char* at = p + __builtin_ctzll(marks);
    if (IsMark(at)) return at;
  }
  return nullptr;
}

__attribute__((target("avx2,popcnt"))) uint64_t CountBelow(uint64_t bits, ptrdiff_t n) {
  return static_cast<uint64_t>(__builtin_popcountll(n >= 64 ? bits : bits & ((uint64_t{1} << n) - 1)));
}

__attribute__((target("avx2,popcnt"))) const char* FindAvx2(const char* p, const char* end,
                                                            uint64_t* newlines) {
  constexpr ptrdiff_t kStep = 128;
  constexpr int kStepsPerSum = 60;  // 4 vectors a step: byte counters stay below 256
  const __m256i equals = _mm256_set1_epi8('='), less = _mm256_set1_epi8('<'),
                newline = _mm256_set1_epi8('\n');
  while (end - p > kStep) {
    __m256i counters = _mm256_setzero_si256();
    for (int steps = 0; steps < kStepsPerSum && end - p > kStep; ++steps) {
      const __m256i v0 = Load(p), v1 = Load(p + 32), v2 = Load(p + 64), v3 = Load(p + 96);
      const __m256i m0 =
          _mm256_and_si256(_mm256_cmpeq_epi8(v0, equals), _mm256_cmpeq_epi8(Load(p + 1), less));
      const __m256i m1 =
          _mm256_and_si256(_mm256_cmpeq_epi8(v1, equals), _mm256_cmpeq_epi8(Load(p + 33), less));
      const __m256i m2 =
          _mm256_and_si256(_mm256_cmpeq_epi8(v2, equals), _mm256_cmpeq_epi8(Load(p + 65), less));
      const __m256i m3 =
          _mm256_and_si256(_mm256_cmpeq_epi8(v3, equals), _mm256_cmpeq_epi8(Load(p + 97), less));
      const __m256i n0 = _mm256_cmpeq_epi8(v0, newline), n1 = _mm256_cmpeq_epi8(v1, newline);
      const __m256i n2 = _mm256_cmpeq_epi8(v2, newline), n3 = _mm256_cmpeq_epi8(v3, newline);
      const __m256i any = _mm256_or_si256(_mm256_or_si256(m0, m1), _mm256_or_si256(m2, m3));
      if (!_mm256_testz_si256(any, any)) {
        const char* mark = FirstMark(p, Bits(m0, m1));
        if (mark == nullptr) mark = FirstMark(p + 64, Bits(m2, m3));
        if (mark != nullptr) {
          const ptrdiff_t before = mark - p;
          *newlines += SumBytes(counters) + CountBelow(Bits(n0, n1), before);
          if (before > 64) *newlines += CountBelow(Bits(n2, n3), before - 64);
          return mark;
        }
      }
      counters = _mm256_sub_epi8(_mm256_sub_epi8(counters, n0), n1);
      counters = _mm256_sub_epi8(_mm256_sub_epi8(counters, n2), n3);
      p += kStep;
    }
    *newlines += SumBytes(counters);
  }
  return FindAddressMarkPlain(p, end, newlines);
}

const char* FindSse2(const char* p, const char* end, uint64_t* newlines) {
  constexpr ptrdiff_t kStep = 16;
  const __m128i equals = _mm_set1_epi8('='), less = _mm_set1_epi8('<'), newline = _mm_set1_epi8('\n');
  while (end - p > kStep) {
    const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const __m128i next = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + 1));
    const auto lines = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(v, newline)));
    auto marks = static_cast<unsigned>(
        _mm_movemask_epi8(_mm_and_si128(_mm_cmpeq_epi8(v, equals), _mm_cmpeq_epi8(next, less))));
    for (; marks != 0; marks &= marks - 1) {
      const int i = __builtin_ctz(marks);
      if (!IsMark(p + i)) continue;
      *newlines += static_cast<unsigned>(__builtin_popcount(lines & ((1u << i) - 1)));
      return p + i;
    }
    *newlines += static_cast<unsigned>(__builtin_popcount(lines));
    p += kStep;
  }
  return FindAddressMarkPlain(p, end, newlines);
}

#endif

}  // namespace

const char* FindAddressMarkPlain(const char* p, const char* end, uint64_t* newlines) {
  for (; p < end; ++p) {
    if (*p == '\n') {
      ++*newlines;
    } else if (*p == '=' && p + 1 < end && p[1] == '<' && IsMark(p)) {
      return p;
    }
  }
  return end;
}

const char* FindAddressMark(const char* begin, const char* end, uint64_t* newlines) {
#if defined(__x86_64__)
  static const bool has_avx2 = __builtin_cpu_supports("avx2");
  return has_avx2 ? FindAvx2(begin, end, newlines) : FindSse2(begin, end, newlines);
#else
  return FindAddressMarkPlain(begin, end, newlines);
#endif
}

}  // namespace bouncewatch

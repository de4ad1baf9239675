// HashName: the hash under which names and queue ids are found in memory. In the header, since a mail log is
// some millions of short names and a call costs as much as the hash.
//
// Multiply and fold, in the manner of wyhash: every 16 bytes go through one 64 x 64 -> 128 bit product with
// both factors masked by secrets that come from the seed. A sender of mail who does not know the seed can
// neither force a factor to 0 nor aim at one slot. The same in every build, so that a hash under a stored
// seed may be stored.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace bouncewatch {
namespace name_hash_internal {

inline uint64_t Load64(const char* p) {
  uint64_t value;
  std::memcpy(&value, p, sizeof value);
  if constexpr (std::endian::native == std::endian::big) value = __builtin_bswap64(value);
  return value;
}

inline uint64_t Load32(const char* p) {
  uint32_t value;
  std::memcpy(&value, p, sizeof value);
  if constexpr (std::endian::native == std::endian::big) value = __builtin_bswap32(value);
  return value;
}

__extension__ using Uint128 = unsigned __int128;  // both compilers have it, the standard does not

constexpr uint64_t Fold(uint64_t a, uint64_t b) {
  const Uint128 product = static_cast<Uint128>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

}  // namespace name_hash_internal

// Two secrets out of one seed; made once by who hashes much.
struct HashKey {
  constexpr explicit HashKey(uint64_t seed)
      : first(name_hash_internal::Fold(seed ^ 0x9e3779b97f4a7c15, 0xd1b54a32d192ed03) ^ seed),
        second(name_hash_internal::Fold(seed ^ 0x8cb92ba72f3d8dd7, 0xaef17502108ef2d9) ^ ~seed) {}
  uint64_t first, second;
};

inline uint64_t HashName(std::string_view text, const HashKey& key) {
  using namespace name_hash_internal;
  const char* p = text.data();
  const size_t size = text.size();
  uint64_t a, b, state = key.second;
  if (size > 16) {
    const char* const last = p + size - 16;
    do {
      state = Fold(Load64(p) ^ key.first, Load64(p + 8) ^ state);
      p += 16;
    } while (p < last);
    a = Load64(last);
    b = Load64(last + 8);
  } else if (size >= 8) {
    a = Load64(p);
    b = Load64(p + size - 8);
  } else if (size >= 4) {
    a = Load32(p);
    b = Load32(p + size - 4);
  } else if (size > 0) {
    const auto byte = [p](size_t i) { return uint64_t{static_cast<unsigned char>(p[i])}; };
    a = byte(0) << 16 | byte(size / 2) << 8 | byte(size - 1);
    b = 0;
  } else {
    a = b = 0;
  }
  return Fold(Fold(a ^ key.first, b ^ state), key.first ^ size);
}

inline uint64_t HashName(std::string_view text, uint64_t seed) {
  return HashName(text, HashKey(seed));
}

// One hash out of two.
inline uint64_t MixHashes(uint64_t a, uint64_t b) {
  const uint64_t mixed = (a ^ std::rotl(b, 32)) * 0x9e3779b97f4a7c15;
  return mixed ^ mixed >> 29;
}

}  // namespace bouncewatch

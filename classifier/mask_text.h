// A reply made ready for the mask: single blanks, no control bytes, padded on both sides, and marked for the
// bytes a token must have to be anything but a plain word. Used by the mask only.
//
// The padding is blanks, so readers may look a few bytes past either end of the reply without asking where it
// ends: a blank stops them, as it stops a token.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "classifier/mask.h"

namespace bouncewatch {

// What an atom is made of: letters and digits with '.', '-', '_' between them.
struct Atom {
  size_t size;
  unsigned traits;  // kHasDigit, kHasLetter, kHasDot
};

class MaskText {
 public:
  static constexpr size_t kPad = 64;  // bytes that may be read past either end

  // Takes the first kMaxMaskInput bytes of `reply`.
  explicit MaskText(std::string_view reply);
  MaskText(const MaskText&) = delete;
  MaskText& operator=(const MaskText&) = delete;

  const char* data() const { return buffer_ + kPad; }
  size_t size() const { return size_; }
  bool has_at() const { return has_at_; }
  bool has_angle() const { return has_angle_; }  // a '<'

  // The first digit, '@' or dot at or after `from`, a position in the reply; size() or more if there is none.
  size_t NextSuspect(size_t from) const { return NextBit(suspect_, from); }
  // The bounds of the token around `inside`.
  size_t TokenBegin(size_t inside) const;
  size_t TokenEnd(size_t inside) const { return NextBit(blank_, inside); }

  // The atom at `begin`, where a letter, a digit or '_' is; of size 0 elsewhere.
  Atom AtomAt(size_t begin) const;

 private:
  // Bit i is the byte i of the reply; eight bytes of ones before and after stop every search.
  static constexpr size_t kBitPad = 8;
  using Bits = std::array<uint8_t, kMaxMaskInput / 8 + 2 * kBitPad + 2>;

  static uint64_t LoadBits(const uint8_t* bytes) {
    uint64_t word;
    std::memcpy(&word, bytes, sizeof(word));
    if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
    return word;
  }
  static size_t NextBit(const Bits& bits, size_t from) {
    size_t byte = from / 8;
    const uint64_t word = LoadBits(&bits[kBitPad + byte]) >> (from % 8);
    if (word != 0) return from + static_cast<size_t>(std::countr_zero(word));
    return NextBitFar(bits, byte + 8);
  }
  static size_t NextBitFar(const Bits& bits, size_t byte);

  void Mark();
  bool IsClean() const;
  void Normalize();

  size_t size_;
  bool has_at_;
  bool has_angle_;
  bool has_control_;
  Bits blank_;
  Bits suspect_;
  alignas(16) char buffer_[kPad + kMaxMaskInput + kPad];
};

}  // namespace bouncewatch

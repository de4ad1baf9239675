// The numbers of the store's formats: fixed (little-endian), varint, big-endian, and bytes with their length
// in front. Reading never goes past the end and never trusts a length: every read says whether the bytes were
// there.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace bouncewatch {

static_assert(std::endian::native == std::endian::little, "fixed numbers are copied as they lie in memory");

template <typename T>
void PutFixed(std::string* out, T value) {
  out->append(reinterpret_cast<const char*>(&value), sizeof(value));
}
void PutVarint(std::string* out, uint64_t value);
void PutBytes(std::string* out, std::string_view bytes);  // varint length, bytes
// Big-endian numbers sort as their bytes do: for keys.
void PutBig32(std::string* out, uint32_t value);
void PutBig64(std::string* out, uint64_t value);

// What is left to read. A failed read leaves it in an unspecified, safe state.
class Input {
 public:
  explicit Input(std::string_view bytes) : rest_(bytes) {}

  bool empty() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }

  template <typename T>
  bool Fixed(T* value) {
    std::string_view bytes;
    if (!Take(sizeof(T), &bytes)) return false;
    std::memcpy(value, bytes.data(), sizeof(T));
    return true;
  }
  bool Varint(uint64_t* value);
  bool Varint(uint32_t* value);  // false as well when the number needs more than 32 bits
  bool Bytes(std::string_view* bytes);
  bool Big32(uint32_t* value);
  bool Big64(uint64_t* value);
  bool Take(size_t size, std::string_view* bytes) {
    if (size > rest_.size()) return false;
    *bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return true;
  }

 private:
  std::string_view rest_;
};

}  // namespace bouncewatch

#include "storage/coding.h"

namespace bouncewatch {

void PutVarint(std::string* out, uint64_t value) {
  while (value >= 0x80) {
    out->push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out->push_back(static_cast<char>(value));
}

void PutBytes(std::string* out, std::string_view bytes) {
  PutVarint(out, bytes.size());
  out->append(bytes);
}

void PutBig32(std::string* out, uint32_t value) {
  PutFixed(out, __builtin_bswap32(value));
}
void PutBig64(std::string* out, uint64_t value) {
  PutFixed(out, __builtin_bswap64(value));
}

bool Input::Varint(uint64_t* value) {
  uint64_t result = 0;
  for (size_t i = 0; i < rest_.size() && i < 10; ++i) {
    const uint64_t byte = static_cast<uint8_t>(rest_[i]);
    if (i == 9 && byte > 1) return false;
    result |= (byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      rest_.remove_prefix(i + 1);
      *value = result;
      return true;
    }
  }
  return false;
}

bool Input::Varint(uint32_t* value) {
  uint64_t wide = 0;
  if (!Varint(&wide) || wide > UINT32_MAX) return false;
  *value = static_cast<uint32_t>(wide);
  return true;
}

bool Input::Bytes(std::string_view* bytes) {
  uint64_t size = 0;
  return Varint(&size) && Take(size, bytes);
}

bool Input::Big32(uint32_t* value) {
  if (!Fixed(value)) return false;
  *value = __builtin_bswap32(*value);
  return true;
}

bool Input::Big64(uint64_t* value) {
  if (!Fixed(value)) return false;
  *value = __builtin_bswap64(*value);
  return true;
}

}  // namespace bouncewatch

#include "storage/relabelling.h"

#include "storage/coding.h"

namespace bouncewatch {
namespace {

constexpr uint8_t kFormat = 1;

}  // namespace

StateUpdate EncodeRelabelling(const Relabelling& causes) {
  std::string value(1, static_cast<char>(kFormat));
  for (const auto& [answer, cause] : causes) {
    PutVarint(&value, answer);
    PutBytes(&value, cause);
  }
  return {std::string(kRelabellingState), std::move(value)};
}

std::optional<Relabelling> DecodeRelabelling(std::string_view value) {
  Input in(value);
  uint8_t format = 0;
  if (!in.Fixed(&format) || format != kFormat) return {};
  Relabelling causes;
  while (!in.empty()) {
    uint32_t answer = 0;
    std::string_view cause;
    if (!in.Varint(&answer) || !in.Bytes(&cause)) return {};
    causes[answer] = cause;
  }
  return causes;
}

}  // namespace bouncewatch

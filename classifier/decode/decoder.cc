#include "classifier/decode/decoder.h"

#include <iterator>

namespace bouncewatch {

std::string_view LineShapeName(LineShape shape) {
  constexpr std::string_view kNames[] = {"bad-header", "bad-recipient",  "bad-status",    "bad-json",
                                         "too-long",   "inbound-reject", "no-recipient",  "bad-record",
                                         "no-header",  "out-of-band",    "unknown-format"};
  static_assert(std::size(kNames) == kLineShapeCount);
  return kNames[static_cast<size_t>(shape)];
}

bool IsLeftOutOnPurpose(LineShape shape) {
  return shape == LineShape::kInboundReject || shape == LineShape::kOutOfBand;
}

}  // namespace bouncewatch

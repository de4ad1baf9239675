// Parsing invents nothing: codes are in range, hops are bounded, and no text comes out longer than what went
// in.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "classifier/reply.h"

namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using bouncewatch::EnhancedCode;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const bouncewatch::Reply reply = bouncewatch::ParseReply(text);
  Require(reply.code == 0 || (reply.code >= 200 && reply.code <= 599));
  Require(EnhancedCode::Unpack(reply.enhanced.packed()) == reply.enhanced);
  Require(reply.hops.size() <= bouncewatch::kMaxHops);
  size_t length = reply.text.size();
  for (const bouncewatch::Hop& hop : reply.hops) {
    length += hop.text.size();
    Require(hop.code == 0 || (hop.code >= 200 && hop.code <= 599));
    Require(hop.speaker == "remote" || text.find(hop.speaker) != std::string_view::npos);
    Require(text.find(hop.address) != std::string_view::npos);
  }
  Require(length <= text.size());
  return 0;
}

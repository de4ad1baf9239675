// Any bytes as lines of Halon's script.
#include "tests/fuzz/check_decoder.h"

using namespace bouncewatch;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Format& format = *FindFormat("halon");
  CheckDecoder(format, DecoderOptions(), text);
  CheckPieces(format, DecoderOptions(), text);
  return 0;
}

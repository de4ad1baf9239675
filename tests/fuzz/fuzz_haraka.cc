#include "tests/fuzz/check_decoder.h"

using namespace bouncewatch;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Format& format = *FindFormat("haraka");
  DecoderOptions options;
  options.queue_slots = 64;  // so that messages fall out
  CheckDecoder(format, options, text);
  CheckPieces(format, options, text);
  format.score_line(text.substr(0, kScoredLineMax));
  return 0;
}

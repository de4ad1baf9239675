#include "tests/fuzz/decoder_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  bouncewatch::FuzzDecoder("opensmtpd", data, size);
  return 0;
}

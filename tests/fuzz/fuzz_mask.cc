// The mask must be stable under itself and bounded, whatever the bytes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "classifier/mask.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string once;
  std::string twice;
  bouncewatch::Mask(text, &once);
  bouncewatch::Mask(once, &twice);
  if (once != twice) std::abort();
  if (once.size() > 2 * bouncewatch::kMaxMaskInput) std::abort();
  if (bouncewatch::TemplateId(once) == 0) std::abort();
  return 0;
}

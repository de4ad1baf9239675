// Forms in both encodings: the first byte chooses.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "classifier/decode/webhook/form.h"
#include "classifier/decode/webhook/mime_header.h"

using namespace bouncewatch;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr size_t kFieldsMax = 16;
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string_view type =
      data[0] % 2 == 0 ? "application/x-www-form-urlencoded" : "multipart/form-data; boundary=\"B\"";
  const auto fields = ParseFormBody(type, text, kFieldsMax);
  if (fields) {
    size_t bytes = 0;
    for (const FormField& field : *fields) bytes += field.name.size() + field.value.size();
    if (fields->size() > kFieldsMax || bytes > text.size()) std::abort();
    FindField(*fields, "a");
  }
  const size_t line = text.find('\n');  // a content type of its own, and what it describes
  if (line != std::string::npos) {
    ParseFormBody(std::string_view(text).substr(0, line), std::string_view(text).substr(line + 1),
                  kFieldsMax);
  }
  HeaderParameter(text, "boundary");
  return 0;
}

// MIME messages, delivery and complaint reports, encodings and dates.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "classifier/decode/webhook/mail_date.h"
#include "classifier/decode/webhook/mime.h"
#include "classifier/decode/webhook/webhook_formats.h"

using namespace bouncewatch;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr size_t kPartsMax = 8, kDepthMax = 3;
  const std::string text(reinterpret_cast<const char*>(data), size);
  size_t parts = 0;
  ForEachPart(text, kPartsMax, kDepthMax, [&](const MimePart& part) {
    if (++parts > kPartsMax) std::abort();
    if (part.body.data() < text.data() && !part.body.empty()) std::abort();
    if (DecodedBody(part).size() > part.body.size()) std::abort();
    ParseMailDate(part.header.Value("date"));
  });
  ParseMailDate(text);
  WebhookOptions options;
  options.limits.events_max = 16;
  WebhookRequest request;
  request.body = text;
  request.content_type = "message/rfc822";
  WebhookBatch batch;
  const absl::Status status = FindWebhookFormat("mail_report")->make(options)->Decode(request, &batch);
  if (!status.ok() && batch.items != 0) std::abort();
  if (batch.events.size() > options.limits.events_max) std::abort();
  return 0;
}

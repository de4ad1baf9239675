// Every provider's decoder: the first byte chooses it, the second the content type, the rest is the body (and
// the query). With BOUNCEWATCH_FUZZ_PROVIDER set only that one.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "classifier/decode/webhook/signed_fields.h"
#include "classifier/decode/webhook/sns_envelope.h"
#include "classifier/decode/webhook/webhook_formats.h"

using namespace bouncewatch;

namespace {

constexpr std::string_view kContentTypes[] = {
    "application/json",
    "application/x-ndjson",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=B",
    "message/rfc822",
    "multipart/report; boundary=B",
    "",
};

// What holds of every batch whatever the bytes.
void Check(const WebhookBatch& batch, const WebhookLimits& limits) {
  uint64_t skipped = 0;
  for (const uint64_t count : batch.skipped) skipped += count;
  if (skipped + batch.events.size() != batch.items) std::abort();
  if (batch.events.size() > limits.events_max || batch.bad_items.size() > limits.bad_items_kept) std::abort();
  for (const WebhookEvent& event : batch.events) {
    const DeliveryEvent& delivery = event.delivery;
    if (event.dedupe_id.empty() || !delivery.recipient.empty() || delivery.repeat == 0) std::abort();
    if (delivery.time_s < 0 || delivery.recipient_domain.size() > limits.domain_max) std::abort();
    if (delivery.reply.size() > limits.text_max + 16) std::abort();
    if (delivery.queue_id.size() > limits.id_max || delivery.customer.size() > limits.id_max) std::abort();
    if (delivery.reply.find('\n') != std::string_view::npos) std::abort();
  }
}

const WebhookFormat& Choose(uint8_t byte) {
  if (const char* name = std::getenv("BOUNCEWATCH_FUZZ_PROVIDER")) return *FindWebhookFormat(name);
  return WebhookFormats()[byte % WebhookFormats().size()];
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  WebhookOptions options;
  options.format = "postfix";
  options.decoder.queue_slots = 64;
  options.limits.events_max = 32;
  options.limits.text_max = 64;
  options.limits.bad_items_kept = 4;
  const std::string body(reinterpret_cast<const char*>(data) + 2,
                         size - 2);  // its own size, so that overruns show
  const WebhookHeader headers[] = {{"ce-id", body}, {"svix-id", body}};
  WebhookRequest request;
  request.body = body;
  request.content_type = kContentTypes[data[1] % std::size(kContentTypes)];
  request.received_s = 1'790'000'000;
  if ((data[1] & 0x80) != 0) request.headers = headers;
  if ((data[1] & 0x40) != 0) {
    request.query = body;
    request.body = {};
  }
  const std::unique_ptr<WebhookDecoder> decoder = Choose(data[0]).make(options);
  WebhookBatch batch;
  std::vector<std::string> first;
  for (int round = 0; round < 2; ++round) {  // the second with a decoder that was used, and the same batch
    const absl::Status status = decoder->Decode(request, &batch);
    if (!status.ok() && (batch.items != 0 || !batch.events.empty())) std::abort();
    Check(batch, options.limits);
    std::vector<std::string> ids;
    for (const WebhookEvent& event : batch.events) ids.emplace_back(event.dedupe_id);
    if (round == 0)
      first = std::move(ids);
    else if (first != ids)
      std::abort();
  }
  if (const auto envelope = ParseSnsEnvelope(body)) envelope->SignedText();
  ReadMailgunSignature(request.content_type, body);
  if (const auto auth = ReadUnisenderAuth(body); auth && auth->offset + auth->auth.size() > body.size())
    std::abort();
  return 0;
}

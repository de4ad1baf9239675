#include "classifier/decode/webhook/json_webhook.h"

namespace bouncewatch {

absl::Status UnusableBody(WebhookBatch* batch) {
  batch->Clear();
  return absl::InvalidArgumentError("webhook: the body has not the form of this provider");
}

absl::Status ResultOf(WebhookBatch* batch) {
  const bool none_understood = batch->items > 0 && batch->skips(WebhookSkip::kBadItem) == batch->items;
  return none_understood ? UnusableBody(batch) : absl::OkStatus();
}

absl::Status JsonWebhook::DecodeJson(const WebhookRequest& request, WebhookSink* sink) {
  const auto on_item = [&](const JsonValue& item) { DecodeItem(item, sink); };
  const auto on_bad = [&](std::string_view bytes, WebhookSkip why) { sink->Skip(why, bytes); };
  return items_.Read(request, body_, on_item, on_bad) ? ResultOf(sink->batch()) : UnusableBody(sink->batch());
}

absl::Status JsonWebhook::Decode(const WebhookRequest& request, WebhookBatch* batch) {
  batch->Clear();
  WebhookSink sink(request, limits_, batch);
  return DecodeJson(request, &sink);
}

}  // namespace bouncewatch

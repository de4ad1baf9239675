#include "classifier/decode/webhook/halon_bulk.h"

#include "classifier/decode/webhook/carried_lines.h"
#include "classifier/decode/webhook/json_webhook.h"

namespace bouncewatch {
namespace {

WebhookOptions WithFields(WebhookOptions options) {
  if (!options.fields.empty()) options.decoder.fields = options.fields;
  return options;
}

class HalonWebhook final : public JsonWebhook {
 public:
  explicit HalonWebhook(const WebhookOptions& options)
      : JsonWebhook(options, JsonBody::kStream), lines_(WithFields(options), "halon") {}

 private:
  void DecodeItem(const JsonValue& item, WebhookSink* sink) override {
    if (!item.IsObject()) return sink->Skip(WebhookSkip::kBadItem, item);
    const auto result = lines_.Read(item.Minified(sink->arena()), sink);
    if (result == CarriedLines::Result::kNothing) sink->Skip(WebhookSkip::kIgnored, item);
    if (result == CarriedLines::Result::kUnreadable) sink->Skip(WebhookSkip::kBadLogLine, item);
  }

  CarriedLines lines_;
};

}  // namespace

std::unique_ptr<WebhookDecoder> NewHalonWebhook(const WebhookOptions& options) {
  return std::make_unique<HalonWebhook>(options);
}

}  // namespace bouncewatch

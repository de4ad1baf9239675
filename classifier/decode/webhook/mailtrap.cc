#include "classifier/decode/webhook/mailtrap.h"

#include "classifier/decode/webhook/json_webhook.h"

namespace bouncewatch {
namespace {

constexpr WebhookType kTypes[] = {
    {"delivery", Outcome::kDelivered},
    {"soft bounce", Outcome::kDeferred},
    {"bounce", Outcome::kBounced},
    {"suspension", Outcome::kDropped},
    {"reject", Outcome::kDropped},
    {"spam", Outcome::kComplaint},
    {"open", {}},
    {"click", {}},
    {"unsubscribe", {}},
};

constexpr WebhookTable kTable = {
    .type = "event",
    .time = "timestamp",
    .recipient = "email",
    .sender = "sending_domain_name",
    .code = "response_code",
    .reply = {"response", "reason"},
    .message_id = "message_id",
    .customer = "sending_domain_name",
    .campaign = "category",
    .id = "event_id",
    .id_is_unique = true,
    .types = kTypes,
};

class MailtrapWebhook final : public JsonWebhook {
 public:
  using JsonWebhook::JsonWebhook;

 private:
  void DecodeItem(const JsonValue& item, WebhookSink* sink) override {
    const JsonValue events = item.At("events");
    if (!events.IsArray()) return sink->Skip(WebhookSkip::kBadItem, item);
    events.ForEach([&](const JsonValue& event) {
      WebhookDraft draft;
      if (ReadDraft(event, kTable, sink, &draft)) sink->Add(draft, event);
    });
  }
};

}  // namespace

std::unique_ptr<WebhookDecoder> NewMailtrapWebhook(const WebhookOptions& options) {
  return std::make_unique<MailtrapWebhook>(options);
}

}  // namespace bouncewatch

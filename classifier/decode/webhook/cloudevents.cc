#include "classifier/decode/webhook/cloudevents.h"

#include "classifier/decode/webhook/json_webhook.h"

namespace bouncewatch {
namespace {

constexpr WebhookType kTypes[] = {
    {"Delivered", Outcome::kDelivered},
    {"Bounced", Outcome::kBounced},
    {"Failed", Outcome::kBounced},
    {"FilteredSpam", Outcome::kBounced},
    {"Quarantined", Outcome::kBounced},
    {"Suppressed", Outcome::kDropped},
    {"OutForDelivery", {}},
    {"Expanded", {}},
};

// Paths within the data.
constexpr WebhookTable kTable = {
    .type = "status",
    .time = "deliveryAttemptTimeStamp",
    .recipient = "recipient",
    .sender = "sender",
    .relay_host = "deliveryStatusDetails/recipientMailServerHostName",
    .reply = "deliveryStatusDetails/statusMessage",
    .message_id = "messageId",
    .types = kTypes,
};

constexpr std::string_view kValidation = "Microsoft.EventGrid.SubscriptionValidationEvent";

class CloudEventsWebhook final : public JsonWebhook {
 public:
  using JsonWebhook::JsonWebhook;

 private:
  void DecodeItem(const JsonValue& item, WebhookSink* sink) override;
};

void CloudEventsWebhook::DecodeItem(const JsonValue& item, WebhookSink* sink) {
  const bool is_binary = !sink->Header("ce-id").empty() && !item.At("specversion").exists();
  const auto text = [&](const FieldPaths& field) { return TextAt(item, field, sink->arena()); };
  std::string_view type = text({"type", "eventType"}), id = text("id"), source = text({"source", "topic"}),
                   time = text({"time", "eventTime"});
  if (is_binary) {
    type = sink->Header("ce-type");
    id = sink->Header("ce-id");
    source = sink->Header("ce-source");
    time = sink->Header("ce-time");
  }
  const JsonValue data = is_binary ? item : item.At("data");
  if (type.empty() || id.empty()) return sink->Skip(WebhookSkip::kBadItem, item);
  if (type == kValidation) {
    WebhookBatch* batch = sink->batch();
    batch->kind = WebhookKind::kValidation;
    batch->token = sink->arena()->Join(data.At("validationCode").Text(), {});
    return sink->Skip(WebhookSkip::kIgnored, item);
  }
  if (!data.At("status").exists()) return sink->Skip(WebhookSkip::kUnknownType, item);
  WebhookDraft draft;
  if (!ReadDraft(data, kTable, sink, &draft)) return;
  if (draft.time.empty()) draft.time = time;
  draft.id = sink->arena()->Join(source, " ", id);
  draft.id_is_unique = true;
  sink->Add(draft, item);
}

}  // namespace

std::unique_ptr<WebhookDecoder> NewCloudEventsWebhook(const WebhookOptions& options) {
  return std::make_unique<CloudEventsWebhook>(options);
}

}  // namespace bouncewatch

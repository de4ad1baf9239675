#include "classifier/decode/webhook/mandrill.h"

#include "classifier/decode/webhook/form.h"
#include "classifier/decode/webhook/json_webhook.h"

namespace bouncewatch {
namespace {

constexpr WebhookType kTypes[] = {
    {"delivered", Outcome::kDelivered},
    {"deferral", Outcome::kDeferred},
    {"hard_bounce", Outcome::kBounced},
    {"soft_bounce", Outcome::kBounced},
    {"reject", Outcome::kDropped},
    {"spam", Outcome::kComplaint},
    {"send", {}},
    {"open", {}},
    {"click", {}},
    {"unsub", {}},
    {"inbound", {}},
    // Changes of its lists have a type and no event.
    {"blacklist", {}},
    {"whitelist", {}},
    {"denylist", {}},
    {"allowlist", {}},
};

constexpr WebhookTable kTable = {
    .type = {"event", "type"},
    .time = "ts",
    .recipient = "msg/email",
    .sender = "msg/sender",
    .dsn = "msg/diag",
    .reply = {"msg/diag", "msg/reject/reason", "msg/bounce_description"},
    .message_id = {"_id", "msg/_id"},
    .customer = "msg/subaccount",
    .campaign = "msg/tags",
    .id = {"_id", "msg/_id"},  // of the message
    .types = kTypes,
};

class MandrillWebhook final : public JsonWebhook {
 public:
  explicit MandrillWebhook(const WebhookOptions& options) : JsonWebhook(options) {}

  absl::Status Decode(const WebhookRequest& request, WebhookBatch* batch) override;

 private:
  void DecodeItem(const JsonValue& item, WebhookSink* sink) override;
  void DecodeEvent(const JsonValue& item, WebhookSink* sink);
};

absl::Status MandrillWebhook::Decode(const WebhookRequest& request, WebhookBatch* batch) {
  batch->Clear();
  const auto fields = ParseFormBody(request.content_type, request.body, limits().parameters_max);
  WebhookRequest inner = request;
  if (fields) {
    const std::string* events = FindField(*fields, "mandrill_events");
    if (events == nullptr) return UnusableBody(batch);
    inner.body = *events;
    inner.content_type = "application/json";
  }
  WebhookSink sink(inner, limits(), batch);
  return DecodeJson(inner, &sink);
}

void MandrillWebhook::DecodeItem(const JsonValue& item, WebhookSink* sink) {
  const JsonValue events = item.At("mandrill_events");
  if (!events.exists()) return DecodeEvent(item, sink);
  events.ForEach([&](const JsonValue& event) { DecodeEvent(event, sink); });
}

// What servers said stands in msg.smtp_events, oldest first, and the last of it in msg.diag.
void MandrillWebhook::DecodeEvent(const JsonValue& item, WebhookSink* sink) {
  WebhookDraft draft;
  if (!ReadDraft(item, kTable, sink, &draft)) return;
  item.At("msg/smtp_events").ForEach([&](const JsonValue& attempt) {
    draft.source_ip = attempt.At("source_ip").Text();
    draft.relay_ip = attempt.At("destination_ip").Text();
    if (!item.At("msg/diag").exists() && attempt.At("diag").exists()) draft.reply = attempt.At("diag").Text();
  });
  sink->Add(draft, item);
}

}  // namespace

std::unique_ptr<WebhookDecoder> NewMandrillWebhook(const WebhookOptions& options) {
  return std::make_unique<MandrillWebhook>(options);
}

}  // namespace bouncewatch

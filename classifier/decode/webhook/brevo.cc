#include "classifier/decode/webhook/brevo.h"

#include "classifier/decode/webhook/json_webhook.h"

namespace bouncewatch {
namespace {

constexpr WebhookType kTypes[] = {
    {"delivered", Outcome::kDelivered},
    {"deferred", Outcome::kDeferred},
    {"hard_bounce", Outcome::kBounced},
    {"soft_bounce", Outcome::kBounced},
    {"blocked", Outcome::kDropped},
    {"invalid_email", Outcome::kDropped},
    {"error", Outcome::kDropped},
    {"spam", Outcome::kComplaint},
    {"complaint", Outcome::kComplaint},
    {"request", {}},
    {"sent", {}},
    {"opened", {}},
    {"unique_opened", {}},
    {"proxy_open", {}},
    {"unique_proxy_open", {}},
    {"click", {}},
    {"unsubscribe", {}},
    {"unsubscribed", {}},
    {"list_addition", {}},
    {"contact_updated", {}},
    {"contact_deleted", {}},
};

constexpr WebhookTable kTable = {
    .type = "event",
    .time = {"ts_epoch", "ts_event", "ts"},
    .recipient = "email",
    .sender = {"sender_email", "from"},
    .source_ip = "sending_ip",
    .reply = "reason",
    .message_id = "message-id",
    .campaign = {"tags", "campaign name"},
    .id = "message-id",
    .types = kTypes,
};

bool Amend(const JsonValue&, WebhookSink*, WebhookDraft*) {
  return true;
}

}  // namespace

std::unique_ptr<WebhookDecoder> NewBrevoWebhook(const WebhookOptions& options) {
  return std::make_unique<TableWebhook<kTable, Amend>>(options);
}

}  // namespace bouncewatch

#include "classifier/decode/webhook/sweego.h"

#include "classifier/decode/webhook/json_webhook.h"

namespace bouncewatch {
namespace {

constexpr WebhookType kTypes[] = {
    {"delivered", Outcome::kDelivered},
    {"soft_bounce", Outcome::kBounced},
    {"soft-bounce", Outcome::kBounced},
    {"hard_bounce", Outcome::kBounced},
    {"hard-bounce", Outcome::kBounced},
    {"complaint", Outcome::kComplaint},
    {"email_sent", {}},
    {"email_opened", {}},
    {"email_clicked", {}},
    {"list_unsub", {}},
    {"list-unsub", {}},
};

constexpr WebhookTable kTable = {
    .type = "event_type",
    .time = "timestamp",
    .recipient = "recipient",
    .sender = "domain_from",
    .code = {"code", "smtp_code"},
    .reply = {"details", "reason", "message"},
    .message_id = {"swg_uid", "headers/x-transaction-id"},
    .campaign = {"campaign_tags", "campaign_id"},
    .id = "event_id",
    .id_is_unique = true,
    .types = kTypes,
};

bool Amend(const JsonValue&, WebhookSink*, WebhookDraft*) {
  return true;
}

}  // namespace

std::unique_ptr<WebhookDecoder> NewSweegoWebhook(const WebhookOptions& options) {
  return std::make_unique<TableWebhook<kTable, Amend>>(options);
}

}  // namespace bouncewatch

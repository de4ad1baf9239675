#include "classifier/decode/webhook/sendgrid.h"

#include "classifier/decode/webhook/json_webhook.h"

namespace bouncewatch {
namespace {

constexpr WebhookType kTypes[] = {
    {"delivered", Outcome::kDelivered},
    {"deferred", Outcome::kDeferred},
    {"bounce", Outcome::kBounced},
    {"dropped", Outcome::kDropped},
    {"spamreport", Outcome::kComplaint},
    {"processed", {}},
    {"open", {}},
    {"click", {}},
    {"unsubscribe", {}},
    {"group_unsubscribe", {}},
    {"group_resubscribe", {}},
    {"account_status_change", {}},
};

constexpr WebhookTable kTable = {
    .type = "event",
    .time = "timestamp",
    .recipient = "email",
    .source_ip = "ip",
    .dsn = "status",
    .reply = {"reason", "response"},
    .message_id = "sg_message_id",
    .attempt = "attempt",
    .customer = "subuser",
    .campaign = {"category", "marketing_campaign_name", "singlesend_name"},
    .id = "sg_event_id",
    .id_is_unique = true,
    .types = kTypes,
};

// A complaint comes from the recipient's own address.
bool Amend(const JsonValue&, WebhookSink*, WebhookDraft* draft) {
  if (draft->outcome == Outcome::kComplaint) draft->source_ip = {};
  return true;
}

}  // namespace

std::unique_ptr<WebhookDecoder> NewSendGridWebhook(const WebhookOptions& options) {
  return std::make_unique<TableWebhook<kTable, Amend>>(options);
}

}  // namespace bouncewatch

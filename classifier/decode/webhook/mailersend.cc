#include "classifier/decode/webhook/mailersend.h"

#include "classifier/decode/webhook/json_webhook.h"

namespace bouncewatch {
namespace {

constexpr WebhookType kTypes[] = {
    {"delivered", Outcome::kDelivered},
    {"deferred", Outcome::kDeferred},
    {"hard_bounced", Outcome::kBounced},
    {"soft_bounced", Outcome::kBounced},
    {"spam_complaint", Outcome::kComplaint},
    {"sent", {}},
    {"opened", {}},
    {"opened_unique", {}},
    {"clicked", {}},
    {"clicked_unique", {}},
    {"unsubscribed", {}},
    {"survey_opened", {}},
    {"survey_submitted", {}},
};

constexpr WebhookTable kTable = {
    .type = "data/type",
    .time = {"data/created_at", "created_at"},
    .recipient = "data/email/recipient/email",
    .sender = "data/email/from",
    .reply = {"data/morph/reason", "data/morph/readable_reason"},
    .message_id = "data/email/message/id",
    .customer = "domain_id",
    .campaign = "data/email/tags",
    .id = "data/id",
    .id_is_unique = true,
    .types = kTypes,
};

// The reason is prose of MailerSend about what a server said.
bool Amend(const JsonValue&, WebhookSink*, WebhookDraft* draft) {
  if (draft->outcome == Outcome::kComplaint) draft->reply = {};
  return true;
}

}  // namespace

std::unique_ptr<WebhookDecoder> NewMailerSendWebhook(const WebhookOptions& options) {
  return std::make_unique<TableWebhook<kTable, Amend>>(options);
}

}  // namespace bouncewatch

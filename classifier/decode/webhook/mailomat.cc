#include "classifier/decode/webhook/mailomat.h"

#include "classifier/decode/webhook/json_webhook.h"

namespace bouncewatch {
namespace {

constexpr WebhookType kTypes[] = {
    {"delivered", Outcome::kDelivered},
    {"failure_tmp", Outcome::kDeferred},
    {"failure_perm", Outcome::kBounced},
    {"not_accepted", Outcome::kDropped},
    {"complaint", Outcome::kComplaint},
    {"accepted", {}},
    {"opened", {}},
    {"clicked", {}},
};

constexpr WebhookTable kTable = {
    .type = {"eventType", "payload/event"},
    .time = {"payload/timestamp", "occurredAt"},
    .recipient = {"recipient", "payload/recipient"},
    .sender = {"payload/message/headers/from", "payload/sender"},
    .source_ip = "payload/delivery-status/local/ip",
    .relay_ip = "payload/delivery-status/remote/ip",
    .relay_host = "payload/delivery-status/remote/mx",
    .code = "payload/delivery-status/code",
    .dsn = "payload/delivery-status/enhanced-code",
    .reply = {"payload/delivery-status/message", "payload/reason"},
    .message_id = "messageUuid",
    .attempt = "payload/delivery-status/attempt-nr",
    .customer = "payload/username",
    .id = "id",
    .id_is_unique = true,
    .types = kTypes,
};

bool Amend(const JsonValue&, WebhookSink*, WebhookDraft*) {
  return true;
}

}  // namespace

std::unique_ptr<WebhookDecoder> NewMailomatWebhook(const WebhookOptions& options) {
  return std::make_unique<TableWebhook<kTable, Amend>>(options);
}

}  // namespace bouncewatch

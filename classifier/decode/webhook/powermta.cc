#include "classifier/decode/webhook/powermta.h"

#include "classifier/decode/webhook/json_webhook.h"

namespace bouncewatch {
namespace {

constexpr WebhookType kTypes[] = {
    {"d", Outcome::kDelivered},
    {"t", Outcome::kDeferred},
    {"tq", Outcome::kDeferred},
    {"b", Outcome::kBounced},
    {"rb", Outcome::kOutOfBand},
    {"f", Outcome::kComplaint},
    {"r", {}},
    {"rs", {}},
    {"p", {}},
};

constexpr WebhookTable kTable = {
    .type = "type",
    .time = "timeLogged",
    .recipient = {"rcpt", "origRcpt"},
    .recipient_domain = "queue",
    .sender = "orig",
    .source_ip = "dlvSourceIp",
    .relay_ip = "dlvDestinationIp",
    .relay_host = "dsnMta",
    .host = "srcMta",
    .dsn = "dsnStatus",
    .reply = "dsnDiag",
    .message_id = {"envId", "jobId"},
    .customer = {"vmta", "vmtaPool"},
    .campaign = "jobId",
    .types = kTypes,
};

// "mx.example.org (192.0.2.1)"; "example.org/vmta1".
bool Amend(const JsonValue& item, WebhookSink* sink, WebhookDraft* draft) {
  draft->relay_host = draft->relay_host.substr(0, draft->relay_host.find(' '));
  draft->recipient_domain = draft->recipient_domain.substr(0, draft->recipient_domain.find('/'));
  if (draft->outcome == Outcome::kBounced &&
      item.At("bounceCat").FirstScalar(sink->arena()) == "message-expired") {
    draft->outcome = Outcome::kExpired;
  }
  return true;
}

}  // namespace

std::unique_ptr<WebhookDecoder> NewPowerMtaWebhook(const WebhookOptions& options) {
  return std::make_unique<TableWebhook<kTable, Amend>>(options);
}

}  // namespace bouncewatch

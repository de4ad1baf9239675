#include "classifier/decode/webhook/mailjet.h"

#include "classifier/decode/webhook/json_webhook.h"

namespace bouncewatch {
namespace {

constexpr WebhookType kTypes[] = {
    {"sent", Outcome::kDelivered},
    {"bounce", Outcome::kBounced},
    {"blocked", Outcome::kDropped},
    {"spam", Outcome::kComplaint},
    {"open", {}},
    {"click", {}},
    {"unsub", {}},
};

constexpr WebhookTable kTable = {
    .type = "event",
    .time = "time",
    .recipient = "email",
    .reply = {"comment", "smtp_reply"},
    .message_id = {"MessageID", "mj_message_id"},
    .campaign = {"customcampaign", "CustomID"},
    .id = {"Message_GUID", "MessageID"},  // of the message, not of the event
    .types = kTypes,
};

// Without a comment the reason is a word ("greylisted"), and who it is about ("domain").
bool Amend(const JsonValue& item, WebhookSink* sink, WebhookDraft* draft) {
  const std::string_view error = item.At("error").Text(), about = item.At("error_related_to").Text();
  if (!draft->reply.empty() || (error.empty() && about.empty())) return true;
  draft->reply = about.empty() ? error : sink->arena()->Join(about, error.empty() ? "" : ": ", error);
  if (draft->outcome == Outcome::kBounced && about != "mailjet" && about != "system")
    draft->origin = Origin::kRemote;
  return true;
}

}  // namespace

std::unique_ptr<WebhookDecoder> NewMailjetWebhook(const WebhookOptions& options) {
  return std::make_unique<TableWebhook<kTable, Amend>>(options);
}

}  // namespace bouncewatch

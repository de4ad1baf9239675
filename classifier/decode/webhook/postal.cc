#include "classifier/decode/webhook/postal.h"

#include "classifier/decode/webhook/json_webhook.h"

namespace bouncewatch {
namespace {

constexpr WebhookType kTypes[] = {
    {"MessageSent", Outcome::kDelivered},
    {"MessageDelayed", Outcome::kDeferred},
    {"MessageDeliveryFailed", Outcome::kBounced},
    {"MessageBounced", Outcome::kOutOfBand},
    {"MessageHeld", Outcome::kDropped},
    {"MessageLoaded", {}},
    {"MessageLinkClicked", {}},
    {"SendLimitApproaching", {}},
    {"SendLimitExceeded", {}},
    {"DomainDNSError", {}},
};

constexpr WebhookTable kTable = {
    .type = "event",
    .time = {"payload/timestamp", "timestamp"},
    .recipient = {"payload/message/to", "payload/original_message/to"},
    .sender = {"payload/message/from", "payload/original_message/from"},
    .reply = {"payload/output", "payload/details"},
    .message_id = {"payload/message/id", "payload/original_message/id"},
    .customer = {"payload/server/permalink", "payload/server/name"},
    .campaign = {"payload/message/tag", "payload/original_message/tag"},
    .id = "uuid",
    .id_is_unique = true,
    .types = kTypes,
};

// What stands between `before` and the next blank or bracket.
std::string_view WordBehind(std::string_view text, std::string_view before) {
  const size_t at = text.rfind(before);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + before.size());
  return text.substr(0, text.find_first_of(" )"));
}

bool Amend(const JsonValue& item, WebhookSink* sink, WebhookDraft* draft) {
  if (item.At("payload/message/direction").Text() == "incoming") {
    sink->Skip(WebhookSkip::kIgnored, item);
    return false;
  }
  const std::string_view details = item.At("payload/details").Text();
  draft->source_ip = WordBehind(details, "(from ");
  draft->relay_host = WordBehind(details, " by ");
  const size_t open = details.find(" (", details.rfind(" by "));
  if (!draft->relay_host.empty() && open != std::string_view::npos) {
    draft->relay_ip = WordBehind(details.substr(0, details.find(')', open)), " (");
  }
  return true;
}

}  // namespace

std::unique_ptr<WebhookDecoder> NewPostalWebhook(const WebhookOptions& options) {
  return std::make_unique<TableWebhook<kTable, Amend>>(options);
}

}  // namespace bouncewatch

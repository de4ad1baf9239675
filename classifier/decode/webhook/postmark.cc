#include "classifier/decode/webhook/postmark.h"

#include "classifier/decode/webhook/json_webhook.h"

namespace bouncewatch {
namespace {

constexpr WebhookType kTypes[] = {
    {"Delivery", Outcome::kDelivered},
    {"SpamComplaint", Outcome::kComplaint},
    {"Open", {}},
    {"Click", {}},
    {"SubscriptionChange", {}},
    {"Inbound", {}},
    // Bounces, by their own type.
    {"HardBounce", Outcome::kBounced},
    {"SoftBounce", Outcome::kBounced},
    {"Transient", Outcome::kDeferred},
    {"DnsError", Outcome::kBounced},
    {"SpamNotification", Outcome::kBounced},
    {"VirusNotification", Outcome::kBounced},
    {"OpenRelayTest", Outcome::kBounced},
    {"Unknown", Outcome::kBounced},
    {"Blocked", Outcome::kBounced},
    {"DMARCPolicy", Outcome::kBounced},
    {"BadEmailAddress", Outcome::kDropped},
    {"ManuallyDeactivated", Outcome::kDropped},
    {"SMTPApiError", Outcome::kDropped},
    {"TemplateRenderingFailed", Outcome::kDropped},
    {"Unsubscribe", {}},
    {"Subscribe", {}},
    {"AutoResponder", {}},
    {"AddressChange", {}},
    {"ChallengeVerification", {}},
    {"Unconfirmed", {}},
    {"InboundError", {}},
};

constexpr WebhookTable kTable = {
    .type = "RecordType",
    .time = {"BouncedAt", "DeliveredAt"},
    .recipient = {"Email", "Recipient"},
    .sender = "From",
    .reply = {"Details", "Description"},
    .message_id = "MessageID",
    .customer = {"ServerID", "ServerId"},
    .campaign = "Tag",
    .id = "ID",
    .id_is_unique = true,
    .types = kTypes,
};

class PostmarkWebhook final : public JsonWebhook {
 public:
  using JsonWebhook::JsonWebhook;

 private:
  void DecodeItem(const JsonValue& item, WebhookSink* sink) override {
    std::string_view type = item.At("RecordType").Text();
    if (type.empty()) return sink->Skip(WebhookSkip::kBadItem, item);
    if (type == "Bounce") type = item.At("Type").Text();
    WebhookDraft draft;
    if (!ReadDraftOfType(item, type, kTable, sink, &draft)) return;
    if (draft.outcome == Outcome::kComplaint) draft.reply = {};
    sink->Add(draft, item);
  }
};

}  // namespace

std::unique_ptr<WebhookDecoder> NewPostmarkWebhook(const WebhookOptions& options) {
  return std::make_unique<PostmarkWebhook>(options);
}

}  // namespace bouncewatch

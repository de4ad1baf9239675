#include "classifier/decode/webhook/resend.h"

#include "classifier/decode/webhook/json_webhook.h"

namespace bouncewatch {
namespace {

constexpr WebhookType kTypes[] = {
    {"email.delivered", Outcome::kDelivered},
    {"email.delivery_delayed", Outcome::kDeferred},
    {"email.bounced", Outcome::kBounced},
    {"email.failed", Outcome::kDropped},
    {"email.suppressed", Outcome::kDropped},
    {"email.complained", Outcome::kComplaint},
    {"email.sent", {}},
    {"email.opened", {}},
    {"email.clicked", {}},
    {"email.scheduled", {}},
    {"email.received", {}},
    {"contact.created", {}},
    {"contact.updated", {}},
    {"contact.deleted", {}},
    {"domain.created", {}},
    {"domain.updated", {}},
    {"domain.deleted", {}},
};

constexpr WebhookTable kTable = {
    .type = "type",
    .time = {"created_at", "data/created_at"},
    .sender = "data/from",
    .reply = {"data/bounce/message", "data/failed/reason", "data/suppressed/message"},
    .message_id = "data/email_id",
    .campaign = {"data/broadcast_id", "data/tags/0/value"},
    .id = "data/email_id",
    .types = kTypes,
};

class ResendWebhook final : public JsonWebhook {
 public:
  using JsonWebhook::JsonWebhook;

 private:
  void DecodeItem(const JsonValue& item, WebhookSink* sink) override {
    WebhookDraft draft;
    if (!ReadDraft(item, kTable, sink, &draft)) return;
    if (const std::string_view id = sink->Header("svix-id"); !id.empty()) {
      draft.id = id;
      draft.id_is_unique = true;
    }
    if (draft.outcome == Outcome::kBounced) {
      draft.origin = Origin::kRemote;
      if (item.At("data/bounce/subType").Text() == "Suppressed") {
        draft.outcome = Outcome::kDropped;
        draft.origin = Origin::kProvider;
      }
    }
    size_t count = 0;
    item.At("data/to").ForEach([&](const JsonValue& recipient) {
      ++count;
      draft.recipient = recipient.Text();
      sink->Add(draft, item);
    });
    if (count == 0) sink->Skip(WebhookSkip::kNoRecipient, item);
  }
};

}  // namespace

std::unique_ptr<WebhookDecoder> NewResendWebhook(const WebhookOptions& options) {
  return std::make_unique<ResendWebhook>(options);
}

}  // namespace bouncewatch

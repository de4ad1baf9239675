#include "classifier/decode/webhook/emailengine.h"

#include "classifier/decode/webhook/json_webhook.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

constexpr WebhookType kTypes[] = {
    {"messageSent", Outcome::kDelivered},
    {"messageDeliveryError", Outcome::kDeferred},
    {"messageFailed", Outcome::kBounced},
    {"messageBounce", Outcome::kOutOfBand},
    {"messageComplaint", Outcome::kComplaint},
    {"messageNew", {}},
    {"messageUpdated", {}},
    {"messageDeleted", {}},
    {"messageMissing", {}},
    {"mailboxNew", {}},
    {"mailboxDeleted", {}},
    {"mailboxReset", {}},
    {"authenticationError", {}},
    {"authenticationSuccess", {}},
    {"connectError", {}},
    {"accountAdded", {}},
    {"accountInitialized", {}},
    {"accountDeleted", {}},
    {"accountError", {}},
    {"trackOpen", {}},
    {"trackClick", {}},
    {"listUnsubscribe", {}},
    {"listSubscribe", {}},
    {"exportCompleted", {}},
    {"exportFailed", {}},
};

constexpr WebhookTable kTable = {
    .type = "event",
    .time = {"date", "data/date"},
    .sender = {"data/messageHeaders/from", "data/envelope/from"},
    .relay_host = "data/mta",
    .code = {"data/smtpResponseCode", "data/responseCode"},
    .dsn = {"data/response/status", "data/status"},
    .reply = {"data/response/message", "data/smtpResponse", "data/error/message"},
    .message_id = {"data/queueId", "data/bounceMessage"},
    .attempt = "data/job/attemptsMade",
    .customer = "account",
    .id = {"eventId", "data/id"},
    .types = kTypes,
};

constexpr std::string_view kRecipients[] = {"data/recipient", "data/envelope/to", "data/arf/originalRcptTo",
                                            "data/originalRcptTo"};

class EmailEngineWebhook final : public JsonWebhook {
 public:
  using JsonWebhook::JsonWebhook;

 private:
  void DecodeItem(const JsonValue& item, WebhookSink* sink) override {
    WebhookDraft draft;
    if (!ReadDraft(item, kTable, sink, &draft)) return;
    if (const std::string_view id = sink->Header("X-EE-Wh-Event-Id"); !id.empty()) {
      draft.id = id;
      draft.id_is_unique = true;
    }
    const bool is_delay = EqualsIgnoreCase(item.At("data/action").Text(), "delayed");
    if (draft.outcome == Outcome::kOutOfBand && is_delay) draft.outcome = Outcome::kEcho;
    // "dns; mx.example.org"
    draft.relay_host = TrimBlanks(draft.relay_host.substr(draft.relay_host.find(';') + 1));
    for (const std::string_view path : kRecipients) {
      if (!item.At(path).exists()) continue;
      return item.At(path).ForEach([&](const JsonValue& recipient) {
        draft.recipient = recipient.Text();
        sink->Add(draft, item);
      });
    }
    sink->Skip(WebhookSkip::kNoRecipient, item);
  }
};

}  // namespace

std::unique_ptr<WebhookDecoder> NewEmailEngineWebhook(const WebhookOptions& options) {
  return std::make_unique<EmailEngineWebhook>(options);
}

}  // namespace bouncewatch

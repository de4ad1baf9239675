#include "classifier/decode/webhook/mailgun.h"

#include "classifier/decode/webhook/form.h"
#include "classifier/decode/webhook/json_webhook.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

constexpr WebhookType kTypes[] = {
    {"delivered", Outcome::kDelivered},
    {"failed", Outcome::kBounced},
    {"rejected", Outcome::kDropped},
    {"complained", Outcome::kComplaint},
    {"bounced", Outcome::kBounced},  // these two in forms only
    {"dropped", Outcome::kBounced},
    {"accepted", {}},
    {"opened", {}},
    {"clicked", {}},
    {"unsubscribed", {}},
    {"stored", {}},
    {"list_member_uploaded", {}},
    {"list_member_upload_error", {}},
    {"list_uploaded", {}},
    {"email_validation", {}},
};

constexpr WebhookTable kTable = {
    .type = "event",
    .time = "timestamp",
    .recipient = {"recipient", "message/headers/to"},
    .recipient_domain = "recipient-domain",
    .sender = {"envelope/sender", "message/headers/from"},
    .source_ip = "envelope/sending-ip",
    .relay_host = "delivery-status/mx-host",
    .code = "delivery-status/code",
    .dsn = {"delivery-status/enhanced-code", "delivery-status/bounce-code"},
    .reply = {"delivery-status/message", "delivery-status/description", "reject/reason"},
    .message_id = "message/headers/message-id",
    .attempt = "delivery-status/attempt-no",
    .customer = {"account/id", "domain/name"},
    .campaign = {"campaigns/0/name", "tags"},
    .id = "id",
    .id_is_unique = true,
    .types = kTypes,
};

// 605: bounced before, 606: unsubscribed, 607: complained.
bool IsOwnListCode(std::string_view code) {
  return code == "605" || code == "606" || code == "607";
}

// 498: no MX, 499: no server could be reached; from 600: no code of SMTP at all.
bool IsOwnCode(std::string_view code) {
  return code == "498" || code == "499" || (code.size() == 3 && code[0] >= '6');
}

void SettleFailure(std::string_view severity, std::string_view reason, bool is_delayed, WebhookDraft* draft) {
  if (StartsWithIgnoreCase(reason, "suppress-") || IsOwnListCode(draft->code)) {
    draft->outcome = Outcome::kDropped;
  } else if (is_delayed) {
    draft->outcome = Outcome::kOutOfBand;
  } else if (severity == "temporary") {
    draft->outcome = Outcome::kDeferred;
  }
  if (IsOwnCode(draft->code)) draft->origin = Origin::kProvider;
}

class MailgunWebhook final : public JsonWebhook {
 public:
  explicit MailgunWebhook(const WebhookOptions& options) : JsonWebhook(options) {}

  absl::Status Decode(const WebhookRequest& request, WebhookBatch* batch) override;

 private:
  void DecodeItem(const JsonValue& item, WebhookSink* sink) override;
  void DecodeForm(const std::vector<FormField>& fields, WebhookSink* sink);
};

absl::Status MailgunWebhook::Decode(const WebhookRequest& request, WebhookBatch* batch) {
  batch->Clear();
  WebhookSink sink(request, limits(), batch);
  const auto fields = ParseFormBody(request.content_type, request.body, limits().parameters_max);
  if (!fields) return DecodeJson(request, &sink);
  DecodeForm(*fields, &sink);
  return ResultOf(batch);
}

void MailgunWebhook::DecodeItem(const JsonValue& item, WebhookSink* sink) {
  const JsonValue event = item.At("event-data");
  WebhookDraft draft;
  if (!ReadDraft(event, kTable, sink, &draft)) return;
  // A bounce that came back later has no code, and its sender is empty.
  if (draft.type == "failed") {
    SettleFailure(event.At("severity").Text(), event.At("reason").Text(),
                  event.At("flags/is-delayed-bounce").IsTrue(), &draft);
  }
  sink->Add(draft, item);
}

// The operator's own fields may have any name: of equal ones Mailgun's stand first.
void MailgunWebhook::DecodeForm(const std::vector<FormField>& fields, WebhookSink* sink) {
  const auto text = [&fields](std::string_view name) {
    const std::string* value = FindField(fields, name);
    return value == nullptr ? std::string_view() : std::string_view(*value);
  };
  const std::string_view event = text("event"), bytes = sink->request().body;
  WebhookDraft draft;
  if (!SetType(event, kTypes, bytes, sink, &draft)) return;
  draft.time = text("timestamp");
  draft.recipient = text("recipient");
  draft.sender = text("domain");
  draft.reply = text("error").empty() ? text("description") : text("error");
  draft.code = text("code");
  draft.dsn = draft.code;
  draft.message_id = text("Message-Id");
  draft.campaign = text("campaign-name").empty() ? text("tag") : text("campaign-name");
  draft.id = text("token");  // one for every event
  if (event == "dropped" || event == "bounced") SettleFailure({}, text("reason"), false, &draft);
  sink->Add(draft, bytes);
}

}  // namespace

std::unique_ptr<WebhookDecoder> NewMailgunWebhook(const WebhookOptions& options) {
  return std::make_unique<MailgunWebhook>(options);
}

}  // namespace bouncewatch

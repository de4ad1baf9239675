#include "classifier/decode/webhook/kumomta_hook.h"

#include "absl/strings/str_format.h"
#include "classifier/decode/webhook/carried_lines.h"
#include "classifier/decode/webhook/json_webhook.h"

namespace bouncewatch {
namespace {

// Types that are not of attempts of this MTA.
constexpr WebhookType kTypes[] = {
    {"OOB", Outcome::kOutOfBand},
    {"Feedback", Outcome::kComplaint},
    {"AdminBounce", Outcome::kDropped},
};

constexpr WebhookTable kTable = {
    .type = "type",
    .time = {"event_time", "timestamp"},
    .sender = "sender",
    .host = "nodeid",
    .code = "response/code",
    .reply = "response/content",
    .message_id = "id",
    .id = "id",
    .types = kTypes,
};

class KumoMtaWebhook final : public JsonWebhook {
 public:
  explicit KumoMtaWebhook(const WebhookOptions& options)
      : JsonWebhook(options, JsonBody::kStream), lines_(options, "kumomta") {}

 private:
  void DecodeItem(const JsonValue& item, WebhookSink* sink) override;
  void DecodeOther(const JsonValue& item, WebhookSink* sink);

  CarriedLines lines_;
};

void KumoMtaWebhook::DecodeItem(const JsonValue& item, WebhookSink* sink) {
  const std::string_view type = item.At("type").Text();
  if (type.empty()) return sink->Skip(WebhookSkip::kBadItem, item);
  for (const WebhookType& other : kTypes) {
    if (type == other.name) return DecodeOther(item, sink);
  }
  const auto result = lines_.Read(item.Minified(sink->arena()), sink);
  if (result == CarriedLines::Result::kNothing) sink->Skip(WebhookSkip::kIgnored, item);
  if (result == CarriedLines::Result::kUnreadable) sink->Skip(WebhookSkip::kBadLogLine, item);
}

void KumoMtaWebhook::DecodeOther(const JsonValue& item, WebhookSink* sink) {
  WebhookDraft draft;
  if (!ReadDraft(item, kTable, sink, &draft)) return;
  const JsonValue enhanced = item.At("response/enhanced_code");
  std::string dsn;
  if (enhanced.IsObject()) {
    dsn = absl::StrFormat("%d.%d.%d", enhanced.At("class").Integer().value_or(0),
                          enhanced.At("subject").Integer().value_or(0),
                          enhanced.At("detail").Integer().value_or(0));
    draft.dsn = dsn;
  }
  JsonValue recipients = item.At("recipient");
  if (draft.outcome == Outcome::kComplaint) {
    recipients = item.At("feedback_report/original_rcpt_to");
    draft.source_ip = item.At("feedback_report/source_ip").Text();
    draft.reply = {};
    draft.code = {};
  } else if (draft.outcome == Outcome::kDropped) {
    draft.origin = Origin::kLocal;
    draft.code = {};
  }
  size_t count = 0;
  recipients.ForEach([&](const JsonValue& recipient) {
    ++count;
    draft.recipient = recipient.Text();
    sink->Add(draft, item);
  });
  if (count == 0) sink->Skip(WebhookSkip::kNoRecipient, item);
}

}  // namespace

std::unique_ptr<WebhookDecoder> NewKumoMtaWebhook(const WebhookOptions& options) {
  return std::make_unique<KumoMtaWebhook>(options);
}

}  // namespace bouncewatch

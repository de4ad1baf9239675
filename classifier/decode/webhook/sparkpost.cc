#include "classifier/decode/webhook/sparkpost.h"

#include "classifier/decode/webhook/json_webhook.h"

namespace bouncewatch {
namespace {

constexpr WebhookType kTypes[] = {
    {"delivery", Outcome::kDelivered},
    {"delay", Outcome::kDeferred},
    {"bounce", Outcome::kBounced},
    {"out_of_band", Outcome::kOutOfBand},
    {"spam_complaint", Outcome::kComplaint},
    {"policy_rejection", Outcome::kDropped},
    {"generation_failure", Outcome::kDropped},
    {"generation_rejection", Outcome::kDropped},
    {"injection", {}},
    {"open", {}},
    {"initial_open", {}},
    {"click", {}},
    {"amp_open", {}},
    {"amp_initial_open", {}},
    {"amp_click", {}},
    {"list_unsubscribe", {}},
    {"link_unsubscribe", {}},
    {"sms_status", {}},
    {"relay_injection", {}},
    {"relay_delivery", {}},
    {"relay_tempfail", {}},
    {"relay_permfail", {}},
    {"relay_rejection", {}},
    {"ab_test_completed", {}},
    {"ab_test_cancelled", {}},
    {"ingest_success", {}},
    {"ingest_error", {}},
};

constexpr WebhookTable kTable = {
    .type = "type",
    .time = "timestamp",
    .recipient = {"rcpt_to", "raw_rcpt_to"},
    .recipient_domain = "recipient_domain",
    .sender = {"msg_from", "friendly_from", "sending_domain"},
    .source_ip = "sending_ip",
    .relay_ip = "ip_address",
    .code = "error_code",
    .reply = {"raw_reason", "reason"},
    .message_id = "message_id",
    .attempt = "num_retries",
    .customer = {"subaccount_id", "customer_id"},
    .campaign = "campaign_id",
    .id = "event_id",
    .id_is_unique = true,
    .types = kTypes,
};

bool IsNoBounce(std::string_view bounce_class) {
  return bounce_class == "60" || bounce_class == "80" || bounce_class == "90" || bounce_class == "100";
}

class SparkPostWebhook final : public JsonWebhook {
 public:
  using JsonWebhook::JsonWebhook;

 private:
  void DecodeItem(const JsonValue& item, WebhookSink* sink) override {
    const JsonValue msys = item.At("msys");
    if (!msys.IsObject()) return sink->Skip(WebhookSkip::kBadItem, item);
    const JsonValue event = msys.FirstMember();
    if (!event.exists()) return sink->Skip(WebhookSkip::kIgnored, item);
    WebhookDraft draft;
    if (!ReadDraft(event, kTable, sink, &draft)) return;
    const std::string_view bounce_class = event.At("bounce_class").Scalar(sink->arena());
    const bool is_bounce = draft.outcome == Outcome::kBounced || draft.outcome == Outcome::kOutOfBand;
    if (is_bounce && IsNoBounce(bounce_class)) return sink->Skip(WebhookSkip::kIgnored, item);
    if (draft.outcome == Outcome::kBounced && bounce_class == "25") draft.outcome = Outcome::kDropped;
    if (draft.outcome == Outcome::kComplaint) draft.relay_ip = {};
    sink->Add(draft, item);
  }
};

}  // namespace

std::unique_ptr<WebhookDecoder> NewSparkPostWebhook(const WebhookOptions& options) {
  return std::make_unique<SparkPostWebhook>(options);
}

}  // namespace bouncewatch

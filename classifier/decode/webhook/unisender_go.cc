#include "classifier/decode/webhook/unisender_go.h"

#include <algorithm>

#include "classifier/decode/webhook/json_webhook.h"

namespace bouncewatch {
namespace {

constexpr WebhookType kTypes[] = {
    {"delivered", Outcome::kDelivered},
    {"soft_bounced", Outcome::kBounced},
    {"hard_bounced", Outcome::kBounced},
    {"spam", Outcome::kComplaint},
    {"sent", {}},
    {"opened", {}},
    {"clicked", {}},
    {"unsubscribed", {}},
    {"subscribed", {}},
};

constexpr WebhookTable kTable = {
    .type = "status",
    .time = "event_time",
    .recipient = "email",
    .reply = {"delivery_info/destination_response", "delivery_info/delivery_status"},
    .message_id = "job_id",
    .customer = {"user_id", "metadata/customer"},
    .campaign = {"project_name", "project_id", "metadata/campaign_id"},
    .id = "job_id",
    .types = kTypes,
};

// Not tried at all: its blocks, its limits, addresses that it does not accept.
constexpr std::string_view kOwnRefusals[] = {"err_not_allowed",  "err_blacklisted", "err_skip_letter",
                                             "err_unsubscribed", "err_over_limit",  "err_src_invalid",
                                             "err_dest_invalid", "err_lost",        "err_internal"};

bool IsOwnRefusal(std::string_view status) {
  return std::find(std::begin(kOwnRefusals), std::end(kOwnRefusals), status) != std::end(kOwnRefusals);
}

class UnisenderGoWebhook final : public JsonWebhook {
 public:
  using JsonWebhook::JsonWebhook;

 private:
  void DecodeItem(const JsonValue& item, WebhookSink* sink) override;
  void DecodeEvent(const JsonValue& event, const JsonValue& user, WebhookSink* sink);
};

void UnisenderGoWebhook::DecodeItem(const JsonValue& item, WebhookSink* sink) {
  const JsonValue users = item.At("events_by_user");
  if (!users.exists()) return DecodeEvent(item, item, sink);
  users.ForEach([&](const JsonValue& user) {
    user.At("events").ForEach([&](const JsonValue& event) { DecodeEvent(event, user, sink); });
  });
}

void UnisenderGoWebhook::DecodeEvent(const JsonValue& event, const JsonValue& user, WebhookSink* sink) {
  const std::string_view name = event.At("event_name").Text();
  if (!name.empty() && name != "transactional_email_status") {
    return sink->Skip(name == "transactional_spam_block" ? WebhookSkip::kIgnored : WebhookSkip::kUnknownType,
                      event);
  }
  const JsonValue data = event.At("event_data").exists() ? event.At("event_data") : event;
  WebhookDraft draft;
  if (!ReadDraft(data, kTable, sink, &draft)) return;
  const std::string_view status = data.At("delivery_info/delivery_status").Text();
  const bool was_said = data.At("delivery_info/destination_response").exists();
  if (draft.type == "soft_bounced" && status == "err_will_retry") draft.outcome = Outcome::kDeferred;
  if (draft.outcome == Outcome::kComplaint && was_said) draft.outcome = Outcome::kBounced;
  if (draft.outcome == Outcome::kBounced && IsOwnRefusal(status)) draft.outcome = Outcome::kDropped;
  if (draft.outcome == Outcome::kComplaint || draft.outcome == Outcome::kDelivered) {
    if (!was_said) draft.reply = {};
  }
  if (draft.customer.empty()) draft.customer = user.At("user_id").Scalar(sink->arena());
  if (draft.campaign.empty()) draft.campaign = TextAt(user, {"project_name", "project_id"}, sink->arena());
  sink->Add(draft, event);
}

}  // namespace

std::unique_ptr<WebhookDecoder> NewUnisenderGoWebhook(const WebhookOptions& options) {
  return std::make_unique<UnisenderGoWebhook>(options);
}

}  // namespace bouncewatch

#include "classifier/decode/webhook/amazon_ses.h"

#include "classifier/decode/webhook/json_webhook.h"
#include "classifier/decode/webhook/sns_envelope.h"

namespace bouncewatch {
namespace {

constexpr WebhookType kTypes[] = {
    {"Delivery", Outcome::kDelivered},
    {"DeliveryDelay", Outcome::kDeferred},
    {"Bounce", Outcome::kBounced},
    {"Complaint", Outcome::kComplaint},
    {"Reject", Outcome::kDropped},
    {"Rendering Failure", Outcome::kDropped},
    {"Send", {}},
    {"Open", {}},
    {"Click", {}},
    {"Subscription", {}},
};

constexpr WebhookTable kTable = {
    .type = {"eventType", "notificationType"},
    .time = {"bounce/timestamp", "delivery/timestamp", "mail/timestamp"},
    .sender = {"mail/source", "mail/tags/ses:from-domain", "mail/commonHeaders/from"},
    .source_ip = "mail/tags/ses:outgoing-ip",
    .relay_ip = {"bounce/remoteMtaIp", "delivery/remoteMtaIp"},
    .reply = {"delivery/smtpResponse", "reject/reason", "failure/errorMessage"},
    .message_id = "mail/messageId",
    .customer = "mail/sendingAccountId",
    .campaign = "mail/tags/ses:configuration-set",
    .id = {"bounce/feedbackId", "complaint/feedbackId"},
    .types = kTypes,
};

bool IsSuppressed(std::string_view sub_type) {
  return sub_type == "Suppressed" || sub_type == "OnAccountSuppressionList";
}

class AmazonSesWebhook final : public JsonWebhook {
 public:
  explicit AmazonSesWebhook(const WebhookOptions& options) : JsonWebhook(options), inner_(options.limits) {}

 private:
  void DecodeItem(const JsonValue& item, WebhookSink* sink) override;
  void DecodeEnvelope(const SnsEnvelope& envelope, WebhookSink* sink);
  void DecodeEvent(const JsonValue& event, const SnsEnvelope* envelope, WebhookSink* sink);
  void AddRecipients(const JsonValue& event, const JsonValue& recipients, WebhookDraft draft,
                     WebhookSink* sink);

  JsonItems inner_;  // of JSON within the envelope
};

void AmazonSesWebhook::DecodeItem(const JsonValue& item, WebhookSink* sink) {
  if (item.At("eventType").exists() || item.At("notificationType").exists()) {
    return DecodeEvent(item, nullptr, sink);
  }
  const auto envelope = ReadSnsEnvelope(item);
  if (!envelope) return sink->Skip(WebhookSkip::kBadItem, item);
  DecodeEnvelope(*envelope, sink);
}

void AmazonSesWebhook::DecodeEnvelope(const SnsEnvelope& envelope, WebhookSink* sink) {
  const bool confirms = envelope.type == "SubscriptionConfirmation";
  if (confirms || envelope.type == "UnsubscribeConfirmation") {
    WebhookBatch* batch = sink->batch();
    batch->kind = confirms ? WebhookKind::kSubscriptionConfirmation : WebhookKind::kSubscriptionEnded;
    batch->topic = sink->arena()->Join(envelope.topic_arn, {});
    batch->token = sink->arena()->Join(envelope.token, {});
    return sink->Skip(WebhookSkip::kIgnored, JsonValue());
  }
  const JsonValue event = inner_.Parse(envelope.message);
  // "Successfully validated SNS topic ..." and what else people publish to a topic.
  if (!event.IsObject()) return sink->Skip(WebhookSkip::kIgnored, JsonValue());
  DecodeEvent(event, &envelope, sink);
}

void AmazonSesWebhook::DecodeEvent(const JsonValue& event, const SnsEnvelope* envelope, WebhookSink* sink) {
  WebhookDraft draft;
  if (!ReadDraft(event, kTable, sink, &draft)) return;
  const auto text = [&](std::string_view path) { return event.At(path).Scalar(sink->arena()); };
  if (envelope != nullptr) {
    draft.id = envelope->message_id;  // the same in every retry
    draft.id_is_unique = true;
  }
  if (draft.outcome == Outcome::kComplaint) {
    draft.time = text("complaint/timestamp");
    if (IsSuppressed(text("complaint/complaintSubType"))) draft.outcome = Outcome::kDropped;
  } else if (draft.outcome == Outcome::kDeferred) {
    draft.time = text("deliveryDelay/timestamp");
    draft.reply = text("deliveryDelay/delayType");
    if (draft.reply == "SendingDeferral") draft.origin = Origin::kProvider;
  } else if (draft.outcome == Outcome::kBounced) {
    if (IsSuppressed(text("bounce/bounceSubType"))) draft.outcome = Outcome::kDropped;
    draft.reply = sink->arena()->Join(text("bounce/bounceType"), " ", text("bounce/bounceSubType"));
  }
  if (draft.time.empty()) draft.time = envelope != nullptr ? envelope->timestamp : text("mail/timestamp");
  for (const std::string_view path : {"bounce/bouncedRecipients", "complaint/complainedRecipients",
                                      "deliveryDelay/delayedRecipients", "delivery/recipients"}) {
    if (event.At(path).IsArray()) return AddRecipients(event, event.At(path), draft, sink);
  }
  AddRecipients(event, event.At("mail/destination"), draft, sink);
}

// Recipients are addresses, or objects with what the server said about each.
void AmazonSesWebhook::AddRecipients(const JsonValue& event, const JsonValue& recipients, WebhookDraft draft,
                                     WebhookSink* sink) {
  const bool says_remote = draft.outcome == Outcome::kBounced && !draft.relay_ip.empty();
  size_t count = 0;
  recipients.ForEach([&](const JsonValue& recipient) {
    ++count;
    WebhookDraft one = draft;
    one.recipient = recipient.IsObject() ? recipient.At("emailAddress").Text() : recipient.Text();
    one.dsn = recipient.At("status").Text();
    if (const std::string_view said = recipient.At("diagnosticCode").Text(); !said.empty()) {
      one.reply = said;
    } else if (says_remote) {
      one.origin = Origin::kRemote;
    }
    sink->Add(one, event);
  });
  if (count == 0) sink->Skip(WebhookSkip::kNoRecipient, event);
}

}  // namespace

std::unique_ptr<WebhookDecoder> NewAmazonSesWebhook(const WebhookOptions& options) {
  return std::make_unique<AmazonSesWebhook>(options);
}

}  // namespace bouncewatch

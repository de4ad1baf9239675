#include "classifier/decode/webhook/sns_envelope.h"

#include "classifier/decode/webhook/json_items.h"

namespace bouncewatch {
namespace {

std::string StringAt(const JsonValue& object, std::string_view key, std::string_view other_key = {}) {
  const JsonValue value = object.At(key);
  return std::string(value.exists() || other_key.empty() ? value.Text() : object.At(other_key).Text());
}

}  // namespace

std::string SnsEnvelope::SignedText() const {
  std::string text;
  const auto add = [&text](std::string_view key, std::string_view value) {
    text.append(key).append("\n").append(value).append("\n");
  };
  add("Message", message);
  add("MessageId", message_id);
  const bool is_notification = type == "Notification";
  if (is_notification && subject) add("Subject", *subject);
  if (!is_notification) add("SubscribeURL", subscribe_url);
  add("Timestamp", timestamp);
  if (!is_notification) add("Token", token);
  add("TopicArn", topic_arn);
  add("Type", type);
  return text;
}

std::optional<SnsEnvelope> ReadSnsEnvelope(const JsonValue& object) {
  if (!object.IsObject() || object.At("Type").Text().empty()) return {};
  SnsEnvelope envelope;
  envelope.type = StringAt(object, "Type");
  envelope.message_id = StringAt(object, "MessageId");
  envelope.topic_arn = StringAt(object, "TopicArn");
  envelope.message = StringAt(object, "Message");
  envelope.timestamp = StringAt(object, "Timestamp");
  envelope.signature_version = StringAt(object, "SignatureVersion");
  envelope.signature = StringAt(object, "Signature");
  envelope.signing_cert_url = StringAt(object, "SigningCertURL", "SigningCertUrl");
  envelope.subscribe_url = StringAt(object, "SubscribeURL", "SubscribeUrl");
  envelope.token = StringAt(object, "Token");
  if (object.At("Subject").exists()) envelope.subject = StringAt(object, "Subject");
  return envelope;
}

std::optional<SnsEnvelope> ParseSnsEnvelope(std::string_view body) {
  JsonItems parser{WebhookLimits()};
  return ReadSnsEnvelope(parser.Parse(body));
}

}  // namespace bouncewatch

// The envelope of Amazon SNS around every message it posts: for the check of its signature and for decoding.
//
// Amazon SNS Developer Guide, "Parsing Amazon SNS message formats". The Lambda spelling of the URL keys
// (SigningCertUrl) is read too. Where a key stands twice the first counts, here as in all our readers of
// JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bouncewatch {

struct SnsEnvelope {
  std::string type, message_id, topic_arn, message, timestamp, signature_version, signature, signing_cert_url,
      subscribe_url, token;
  std::optional<std::string> subject;  // no value: absent or null, and then not signed

  // What the signature covers: "Key\nValue\n" in the order of the keys.
  std::string SignedText() const;
};

// nullopt: not JSON, or not an object with Type, MessageId, TopicArn, Timestamp and Message as strings.
std::optional<SnsEnvelope> ParseSnsEnvelope(std::string_view body);

}  // namespace bouncewatch

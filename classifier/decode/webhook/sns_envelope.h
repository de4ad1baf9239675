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

class JsonValue;

struct SnsEnvelope {
  // Empty: absent, or no string.
  std::string type, message_id, topic_arn, message, timestamp, signature_version, signature, signing_cert_url,
      subscribe_url, token;
  std::optional<std::string> subject;  // no value: absent or null, and then not signed

  // What the signature covers: "Key\nValue\n" in the order of the keys.
  std::string SignedText() const;
};

// nullopt: not JSON, or not an object with a Type. Whoever trusts it checks that the other keys it needs are
// there.
std::optional<SnsEnvelope> ParseSnsEnvelope(std::string_view body);
std::optional<SnsEnvelope> ReadSnsEnvelope(const JsonValue& object);

}  // namespace bouncewatch

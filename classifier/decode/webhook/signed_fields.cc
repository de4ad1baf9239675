#include "classifier/decode/webhook/signed_fields.h"

#include <array>

#include "classifier/decode/webhook/form.h"
#include "classifier/decode/webhook/json_items.h"

namespace bouncewatch {
namespace {

constexpr std::array<std::string_view, 3> kMailgunKeys = {"timestamp", "token", "signature"};

// Mailgun's older forms put the operator's own fields before the signature, under any name: the last counts.
std::optional<MailgunSignature> SignatureOfForm(const std::vector<FormField>& fields) {
  std::array<const std::string*, 3> found{};
  for (const FormField& field : fields) {
    for (size_t i = 0; i < kMailgunKeys.size(); ++i) {
      if (field.name == kMailgunKeys[i]) found[i] = &field.value;
    }
  }
  for (const std::string* value : found) {
    if (value == nullptr) return {};
  }
  return MailgunSignature{*found[0], *found[1], *found[2]};
}

}  // namespace

std::optional<MailgunSignature> ReadMailgunSignature(std::string_view content_type, std::string_view body) {
  const WebhookLimits limits;
  if (const auto fields = ParseFormBody(content_type, body, limits.parameters_max)) {
    return SignatureOfForm(*fields);
  }
  JsonItems parser(limits);
  const JsonValue signature = parser.Parse(body).At("signature");
  std::array<std::string, 3> found;
  TextArena arena;
  for (size_t i = 0; i < kMailgunKeys.size(); ++i) {
    found[i] = signature.At(kMailgunKeys[i]).Scalar(&arena);
    if (found[i].empty()) return {};
  }
  return MailgunSignature{found[0], found[1], found[2]};
}

std::optional<UnisenderAuth> ReadUnisenderAuth(std::string_view body) {
  JsonItems parser{WebhookLimits()};
  const JsonValue root = parser.Parse(body);
  UnisenderAuth auth{std::string(root.At("auth").Text())};
  // An MD5 in hex needs no escape in JSON, so it stands in the body as it is; and of two places the wrong one
  // cannot give the right sum.
  if (auth.auth.size() != 32) return {};
  auth.offset = body.find('"' + auth.auth + '"');
  if (auth.offset == std::string_view::npos) return {};
  ++auth.offset;
  return auth;
}

}  // namespace bouncewatch

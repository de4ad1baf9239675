// Signatures that stand in the body: what a verifier needs of it. Read by the same rules as the events (the
// first of equal keys counts), so that what was verified is what is counted. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bouncewatch {

// Mailgun: HMAC-SHA256 over timestamp and token; the events are not covered. JSON or its older forms.
struct MailgunSignature {
  std::string timestamp, token, signature;
};
std::optional<MailgunSignature> ReadMailgunSignature(std::string_view content_type, std::string_view body);

// Unisender Go: `auth`, an MD5 of the body in which auth's value is replaced by the API key.
struct UnisenderAuth {
  std::string auth;
  size_t offset = 0;  // where the value begins in the body, behind its quote; it is auth.size() long
};
std::optional<UnisenderAuth> ReadUnisenderAuth(std::string_view body);

}  // namespace bouncewatch

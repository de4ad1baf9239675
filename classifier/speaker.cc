#include "classifier/speaker.h"

#include <algorithm>

namespace bouncewatch {
namespace {

bool IsOneOf(std::string_view id, std::initializer_list<std::string_view> ids) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

// Google Workspace ends replies with "- gcdp" where a rule of the customer refused, with "- gsmtp" where its
// own did.
bool EndsWithCustomerMark(std::string_view text) {
  return text.ends_with("- gcdp");
}

}  // namespace

std::string_view SpeakerName(Speaker speaker) {
  constexpr std::string_view kNames[kSpeakerCount] = {"receiver", "recipient-rule", "broken-receiver",
                                                      "own-relay", "own-mta"};
  return kNames[static_cast<size_t>(speaker)];
}

Speaker SpeakerOf(CauseIndex index, const Reply& reply) {
  const Cause& cause = Causes()[index];
  if (EndsWithCustomerMark(reply.text)) return Speaker::kRecipientRule;
  if (IsOneOf(cause.id, {"recipient.restricted", "recipient.blocked-sender"})) return Speaker::kRecipientRule;
  if (IsOneOf(cause.id, {"remote.dnsbl-misconfigured", "remote.misconfigured"}))
    return Speaker::kBrokenReceiver;
  // "Relay access denied" is a stranger's server refusing a recipient; the rest of the category is our own
  // relay.
  if (cause.category == "relay" && cause.id != "relay.denied") return Speaker::kOwnRelay;
  if (cause.id == "local.suppressed") return Speaker::kOwnRelay;
  if (cause.category == "local" || cause.category == "queue") return Speaker::kOwnMta;
  // What went wrong before any server could reply has no code; Momentum gives it one and marks it.
  const bool wordless = reply.code == 0 || reply.text.starts_with("[internal]");
  if (wordless && IsOneOf(cause.category, {"network", "domain", "tls"})) return Speaker::kOwnMta;
  return Speaker::kReceiver;
}

}  // namespace bouncewatch

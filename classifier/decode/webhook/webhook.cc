#include "classifier/decode/webhook/webhook.h"

namespace bouncewatch {

std::string_view WebhookSkipName(WebhookSkip skip) {
  constexpr std::string_view kNames[] = {"ignored",  "unknown-type", "bad-item",    "no-recipient",
                                         "too-long", "over-limit",   "bad-log-line"};
  static_assert(std::size(kNames) == kWebhookSkipCount);
  return kNames[static_cast<size_t>(skip)];
}

bool IsBadItem(WebhookSkip skip) {
  return skip != WebhookSkip::kIgnored && skip != WebhookSkip::kUnknownType;
}

void WebhookBatch::Clear() {
  kind = WebhookKind::kEvents;
  topic = token = {};
  events.clear();
  bad_items.clear();
  items = 0;
  skipped.fill(0);
  arena.Clear();
}

}  // namespace bouncewatch

// What a webhook body was decoded to, as text, for tests that say what they expect in a line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "classifier/decode/webhook/webhook_formats.h"

namespace bouncewatch {

struct WebhookPost {
  std::string provider, content_type = "application/json", body, query;
  std::vector<WebhookHeader> headers;
  WebhookOptions options;
};

// The time at which posts are received, where a record tells none.
inline constexpr int64_t kPostReceived = 1'700'000'000;

// One line an event: EventText of its delivery, and " campaign=x" where that is not the customer. Then a line
// "skipped REASON N" for each reason, and first of all one "unusable" for a body that is, or one that names
// its kind and what it carries where that is not events.
std::vector<std::string> PostText(const WebhookPost& post);

// All in one, for bodies of JSON.
std::vector<std::string> PostText(std::string_view provider, std::string_view body);

// The dedupe ids of the events.
std::vector<std::string> DedupeIds(const WebhookPost& post);

}  // namespace bouncewatch

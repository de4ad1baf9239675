// The payloads this program reads by HTTP: by the `provider` of a source. Never guessed from a body.
//
// Immutable; any thread.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "classifier/decode/formats.h"
#include "classifier/decode/webhook/webhook.h"

namespace bouncewatch {

struct WebhookOptions {
  WebhookLimits limits;
  DecoderOptions decoder;  // for raw log lines: time zone, seed, queue slots
  std::string format;  // of raw log lines: a name of formats.h, or empty or "auto" to tell it by the lines
  FieldMap fields;     // for providers whose field names are the operator's choice (halon)
};

struct WebhookFormat {
  std::string_view name;  // of the configuration: "sendgrid", "amazon_ses"
  std::unique_ptr<WebhookDecoder> (*make)(const WebhookOptions& options);
};

std::span<const WebhookFormat> WebhookFormats();
const WebhookFormat* FindWebhookFormat(std::string_view name);  // null: no such provider

}  // namespace bouncewatch

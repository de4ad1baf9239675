// Halon's http-bulk plugin: what a post-delivery script writes, in lines (max_items above one), as an array,
// or as one object. The names are the script author's: WebhookOptions::fields maps them, as for Halon's log
// files (classifier/decode/halon.h), whose decoder reads the records.
#pragma once

#include <memory>

#include "classifier/decode/webhook/webhook_formats.h"

namespace bouncewatch {

std::unique_ptr<WebhookDecoder> NewHalonWebhook(const WebhookOptions& options);

}  // namespace bouncewatch

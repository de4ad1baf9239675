// Mailtrap's webhooks: {"events": [..]}.
//
//   delivery          delivered
//   soft bounce       deferred: Mailtrap tries again
//   bounce            bounced
//   suspension, reject    dropped
//   spam              complaint
//   open, click, unsubscribe: nothing
//
// The customer is the sending domain's name, the campaign the category. Fields: api-docs.mailtrap.io,
// "Webhooks".
#pragma once

#include <memory>

#include "classifier/decode/webhook/webhook_formats.h"

namespace bouncewatch {

std::unique_ptr<WebhookDecoder> NewMailtrapWebhook(const WebhookOptions& options);

}  // namespace bouncewatch

// Mailomat's webhooks: one event a request.
//
//   delivered        delivered
//   failure_tmp      deferred
//   failure_perm     bounced
//   not_accepted     dropped
//   accepted, opened, clicked: nothing
//
// The customer is the user that submitted the message, by its domain. Fields: mailomat.swiss, "Webhooks".
#pragma once

#include <memory>

#include "classifier/decode/webhook/webhook_formats.h"

namespace bouncewatch {

std::unique_ptr<WebhookDecoder> NewMailomatWebhook(const WebhookOptions& options);

}  // namespace bouncewatch

// Resend's webhooks: one event a request, for all recipients of a message.
//
//   email.delivered                     delivered
//   email.delivery_delayed              deferred
//   email.bounced                       bounced; dropped when its sub-type is Suppressed
//   email.failed, email.suppressed      dropped
//   email.complained                    complaint
//   email.sent, opens, clicks, contacts, domains: nothing
//
// Resend gives prose instead of replies. The event's id is the header svix-id. Fields:
// resend.com/docs/webhooks.
#pragma once

#include <memory>

#include "classifier/decode/webhook/webhook_formats.h"

namespace bouncewatch {

std::unique_ptr<WebhookDecoder> NewResendWebhook(const WebhookOptions& options);

}  // namespace bouncewatch

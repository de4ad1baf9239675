// SendGrid's Event Webhook: an array of events.
//
//   delivered, deferred, bounce     attempts. A bounce of type "blocked" is final too: SendGrid gave up
//   dropped                         not attempted: SendGrid's own lists, quota or filter
//   spamreport                      a complaint
//
// The customer is the subuser where the event tells it, else the category. Fields: docs.sendgrid.com, "Event
// Webhook Reference".
#pragma once

#include <memory>

#include "classifier/decode/webhook/webhook_formats.h"

namespace bouncewatch {

std::unique_ptr<WebhookDecoder> NewSendGridWebhook(const WebhookOptions& options);

}  // namespace bouncewatch

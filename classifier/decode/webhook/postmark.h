// Postmark's webhooks: one record a request.
//
//   Delivery           delivered
//   Bounce             by its Type: a transient one is deferred, what Postmark refused itself (invalid
//   address,
//                      deactivated by hand, template) dropped, automatic replies and subscriptions nothing,
//                      all others bounced
//   SpamComplaint      complaint
//   Open, Click, SubscriptionChange, Inbound: nothing
//
// The customer is the server's id, the campaign the tag. Fields: postmarkapp.com/developer/webhooks, the
// bounce types as in Postmark's own Node.js client 4.0.2.
#pragma once

#include <memory>

#include "classifier/decode/webhook/webhook_formats.h"

namespace bouncewatch {

std::unique_ptr<WebhookDecoder> NewPostmarkWebhook(const WebhookOptions& options);

}  // namespace bouncewatch

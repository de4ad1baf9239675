// Amazon SES through SNS: event publishing ("eventType") and the older notifications ("notificationType"), in
// SNS envelopes or raw (raw message delivery). Envelopes that confirm or end a subscription are told as such.
//
//   Delivery           delivered, one event a recipient
//   DeliveryDelay      deferred; of delayType SendingDeferral by SES itself
//   Bounce             bounced: also when it is "Transient", since SES has given up then. Bounces by SES's
//   own
//                      suppression lists are dropped
//   Complaint          complaint
//   Reject, Rendering Failure    dropped, one event a recipient of the message
//   Send, Open, Click, Subscription, and messages of SNS that are no JSON: nothing
//
// The customer is the sending account, the campaign the configuration set. Fields: Amazon SES Developer
// Guide, "Contents of event data" and "Amazon SNS notification contents".
#pragma once

#include <memory>

#include "classifier/decode/webhook/webhook_formats.h"

namespace bouncewatch {

std::unique_ptr<WebhookDecoder> NewAmazonSesWebhook(const WebhookOptions& options);

}  // namespace bouncewatch

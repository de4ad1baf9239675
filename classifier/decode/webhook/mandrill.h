// Mandrill's webhooks: a form whose field mandrill_events holds an array of events.
//
//   delivered                    delivered
//   deferral                     deferred
//   hard_bounce, soft_bounce     bounced
//   reject                       dropped
//   spam                         complaint
//   send, open, click, unsub, inbound, and changes of its lists: nothing
//
// The customer is the subaccount, the campaign the first tag. A body of JSON with the same field is read too.
// Fields: mailchimp.com/developer/transactional, "Webhooks: format".
#pragma once

#include <memory>

#include "classifier/decode/webhook/webhook_formats.h"

namespace bouncewatch {

std::unique_ptr<WebhookDecoder> NewMandrillWebhook(const WebhookOptions& options);

}  // namespace bouncewatch

// EmailEngine's webhooks: one event a request.
//
//   messageSent             delivered to the submission server
//   messageDeliveryError    deferred: EmailEngine tries again
//   messageFailed           bounced
//   messageBounce           out-of-band: read from the mailbox; a report of a delay is an echo of the MTA's
//   attempts messageComplaint        complaint, one event a recipient of the message new, changed and deleted
//   messages, tracking, accounts: nothing
//
// The customer is the account. The event's id is the header X-EE-Wh-Event-Id. Fields: emailengine.app,
// "Webhooks".
#pragma once

#include <memory>

#include "classifier/decode/webhook/webhook_formats.h"

namespace bouncewatch {

std::unique_ptr<WebhookDecoder> NewEmailEngineWebhook(const WebhookOptions& options);

}  // namespace bouncewatch

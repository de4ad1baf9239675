// Postal's webhooks: one event a request.
//
//   MessageSent              delivered
//   MessageDelayed           deferred
//   MessageDeliveryFailed    bounced
//   MessageBounced           out-of-band: a bounce message came in; it has no text
//   MessageHeld              dropped: kept back by Postal
//   MessageLoaded, MessageLinkClicked, SendLimit.., DomainDNSError, and events of incoming mail: nothing
//
// The campaign is the message's tag. Relay and source address stand in the prose of "details":
// "Message for a@b accepted by mx.b (192.0.2.1) (from 198.51.100.1)". Fields: docs.postalserver.io,
// "Webhooks".
#pragma once

#include <memory>

#include "classifier/decode/webhook/webhook_formats.h"

namespace bouncewatch {

std::unique_ptr<WebhookDecoder> NewPostalWebhook(const WebhookOptions& options);

}  // namespace bouncewatch

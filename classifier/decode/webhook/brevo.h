// Brevo's webhooks for transactional mail: one event, or an array of them where batches are switched on.
//
//   delivered                        delivered
//   deferred                         deferred
//   hard_bounce, soft_bounce         bounced: what is tried again is told as deferred
//   blocked, invalid_email, error    dropped
//   spam, complaint                  complaint
//   request, sent, opens, clicks, unsubscriptions, lists: nothing
//
// "id" is the webhook's, not the event's. The campaign is the first tag. Fields: developers.brevo.com,
// "Transactional webhooks".
#pragma once

#include <memory>

#include "classifier/decode/webhook/webhook_formats.h"

namespace bouncewatch {

std::unique_ptr<WebhookDecoder> NewBrevoWebhook(const WebhookOptions& options);

}  // namespace bouncewatch

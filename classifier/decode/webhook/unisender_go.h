// Unisender Go's webhooks: {"auth": .., "events_by_user": [{"events": [..]}]}, or one event with its auth.
//
//   delivered        delivered
//   soft_bounced     deferred when delivery_status is err_will_retry, else bounced
//   hard_bounced     bounced; dropped for what Unisender itself refused (err_not_allowed, err_skip.., ..)
//   spam             complaint; bounced where a server said it
//   sent, opened, clicked, unsubscribed, subscribed, and blocks of whole accounts: nothing
//
// The customer is the user's id, the campaign the project's. Fields: godocs.unisender.ru, "Callback URL".
#pragma once

#include <memory>

#include "classifier/decode/webhook/webhook_formats.h"

namespace bouncewatch {

std::unique_ptr<WebhookDecoder> NewUnisenderGoWebhook(const WebhookOptions& options);

}  // namespace bouncewatch

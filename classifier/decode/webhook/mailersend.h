// MailerSend's webhooks: one activity a request.
//
//   activity.delivered                       delivered
//   activity.deferred                        deferred
//   activity.hard_bounced, .soft_bounced     bounced
//   activity.spam_complaint                  complaint
//   sent, opens, clicks, surveys, unsubscriptions: nothing
//
// The customer is the domain's id, the campaign the first tag. Fields: developers.mailersend.com, "Webhooks".
#pragma once

#include <memory>

#include "classifier/decode/webhook/webhook_formats.h"

namespace bouncewatch {

std::unique_ptr<WebhookDecoder> NewMailerSendWebhook(const WebhookOptions& options);

}  // namespace bouncewatch

// Elastic Email's notifications: a GET whose query holds the event, or the same fields as a form or as JSON.
//
//   Sent, Delivered    delivered
//   Error              bounced; dropped when the category is one of Elastic Email's own (Ignore,
//   AccountProblem,
//                      ManualCancel, NotDelivered)
//   AbuseReport        complaint
//   Opened, Clicked, Unsubscribed: nothing
//
// There is no reply, only the category: "SPFProblem". The customer is the account, the campaign the channel.
// Fields: help.elasticemail.com, "How to manage HTTP web notifications (webhooks)".
#pragma once

#include <memory>

#include "classifier/decode/webhook/webhook_formats.h"

namespace bouncewatch {

std::unique_ptr<WebhookDecoder> NewElasticEmailWebhook(const WebhookOptions& options);

}  // namespace bouncewatch

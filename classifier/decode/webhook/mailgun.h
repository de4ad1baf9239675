// Mailgun's webhooks: {"signature": .., "event-data": ..}, and the forms of its older ones.
//
//   delivered                      delivered
//   failed, severity temporary     deferred
//   failed, severity permanent     bounced; out-of-band when it is a delayed bounce; dropped when Mailgun's
//   own
//                                  lists refused (reason suppress-.., codes 605, 606, 607)
//   rejected                       dropped
//   complained                     complaint
//   accepted, opened, clicked, unsubscribed, stored and others: nothing
//
// A code that no server gave (498, 499, and from 600) is Mailgun's own: origin provider, and not shown as a
// reply code. The campaign is the campaign or the first tag. Fields: documentation.mailgun.com, "Event
// structure"; its user manual of 2017 for the forms.
#pragma once

#include <memory>

#include "classifier/decode/webhook/webhook_formats.h"

namespace bouncewatch {

std::unique_ptr<WebhookDecoder> NewMailgunWebhook(const WebhookOptions& options);

}  // namespace bouncewatch

// Mailjet's Event API: an array of events, or one event.
//
//   sent        delivered
//   bounce      bounced, soft ones too: attempts that go on are not told by this API
//   blocked     dropped: Mailjet's own lists and checks
//   spam        complaint
//   open, click, unsub: nothing
//
// The customer is the campaign's name. Fields: dev.mailjet.com, "Event API: real-time notifications".
#pragma once

#include <memory>

#include "classifier/decode/webhook/webhook_formats.h"

namespace bouncewatch {

std::unique_ptr<WebhookDecoder> NewMailjetWebhook(const WebhookOptions& options);

}  // namespace bouncewatch

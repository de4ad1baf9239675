// Sweego's webhooks: one event a request.
//
//   delivered                    delivered
//   soft_bounce, hard_bounce     bounced (also spelt with a hyphen)
//   complaint                    complaint
//   email_sent, opens, clicks, unsubscriptions: nothing
//
// The campaign is the campaign's id or its first tag. Fields: learn.sweego.io, "Webhooks".
#pragma once

#include <memory>

#include "classifier/decode/webhook/webhook_formats.h"

namespace bouncewatch {

std::unique_ptr<WebhookDecoder> NewSweegoWebhook(const WebhookOptions& options);

}  // namespace bouncewatch

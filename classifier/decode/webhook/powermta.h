// Records of PowerMTA's accounting posted as JSON, as Postmastery's webhook for PowerMTA does: an array of
// records whose keys are the columns of the accounting file.
//
//   d          delivered
//   t, tq      deferred
//   b          bounced; expired when bounceCat is message-expired
//   rb         out-of-band
//   f          complaint
//   r, rs, p   nothing
//
// There is no id: the record tells itself. Fields: PowerMTA user's guide, "Accounting"; postmastery.com,
// "PowerMTA webhook".
#pragma once

#include <memory>

#include "classifier/decode/webhook/webhook_formats.h"

namespace bouncewatch {

std::unique_ptr<WebhookDecoder> NewPowerMtaWebhook(const WebhookOptions& options);

}  // namespace bouncewatch

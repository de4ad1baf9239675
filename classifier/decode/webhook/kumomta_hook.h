// KumoMTA's log hooks: one record of its delivery log a request, or an array or lines of them. Attempts are
// read by the decoder of its log files (classifier/decode/kumomta.h); besides:
//
//   OOB            out-of-band, one event a recipient
//   Feedback       complaint, for each recipient that the report names
//   AdminBounce    dropped: an administrator emptied a queue
//
// Fields: docs.kumomta.com, "Log Record".
#pragma once

#include <memory>

#include "classifier/decode/webhook/webhook_formats.h"

namespace bouncewatch {

std::unique_ptr<WebhookDecoder> NewKumoMtaWebhook(const WebhookOptions& options);

}  // namespace bouncewatch

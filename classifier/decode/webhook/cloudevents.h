// CloudEvents 1.0 about mail: structured (one event), batched (an array) or binary (attributes in ce-*
// headers, the body is the data); and the older Event Grid schema. The data is that of Azure Communication
// Services' delivery reports.
//
//   data.status   Delivered                            delivered
//                 Bounced, Failed, FilteredSpam,
//                 Quarantined                          bounced
//                 Suppressed                           dropped
//                 Expanded                             nothing
//
// A validation of Event Grid is told as such. Sources: CloudEvents 1.0 HTTP binding; learn.microsoft.com,
// "Azure Communication Services as an Event Grid source".
#pragma once

#include <memory>

#include "classifier/decode/webhook/webhook_formats.h"

namespace bouncewatch {

std::unique_ptr<WebhookDecoder> NewCloudEventsWebhook(const WebhookOptions& options);

}  // namespace bouncewatch

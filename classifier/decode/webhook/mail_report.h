// Reports that come by mail, posted as they arrived (message/rfc822), by HTTP or by a pipe of .forward:
//
//   message/delivery-status (RFC 3464)     for each recipient: failed is out-of-band, delayed an echo of the
//   attempts
//                                          that the reporting MTA makes; delivered, relayed and expanded say
//                                          nothing
//   message/feedback-report (RFC 5965)     a complaint for each recipient it names; types that are no
//   complaint
//                                          (not-spam, opt-out, auth-failure) say nothing
//
// The recipient is the original one where the report tells it: the address that the message was sent to. A
// complaint without a recipient is that of the reported message's To field. Messages without such a part are
// unusable, automatic replies among them.
#pragma once

#include <memory>

#include "classifier/decode/webhook/webhook_formats.h"

namespace bouncewatch {

std::unique_ptr<WebhookDecoder> NewMailReportWebhook(const WebhookOptions& options);

}  // namespace bouncewatch

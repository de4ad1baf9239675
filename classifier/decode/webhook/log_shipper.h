// Shippers of logs that post raw lines: Vector (http sink) and Fluent Bit (out_http). The lines go to the
// decoder that reads such a log from a file (WebhookOptions::format).
//
//   text/plain                          a line of the log a line
//   JSON, as an array, line by line,    objects with the line in "message" (Vector), "log" (Fluent Bit),
//   "MESSAGE" or one object behind another        (journal); where that is no whole line of a log the object
//   is handed on as
//                                       it is, with its "host" and "timestamp"
//
// Lines that say nothing about deliveries are ignored. Sources: vector.dev, "HTTP sink"; docs.fluentbit.io,
// "HTTP".
#pragma once

#include <memory>

#include "classifier/decode/webhook/webhook_formats.h"

namespace bouncewatch {

std::unique_ptr<WebhookDecoder> NewLogShipperWebhook(const WebhookOptions& options);

}  // namespace bouncewatch

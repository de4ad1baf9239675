// KumoMTA: the delivery log, one JSON object a line (in zstd segments on the disk), to DeliveryEvents.
//
//   type                        event
//   Delivery                    delivered
//   TransientFailure            deferred
//   Bounce                      bounced
//   Expiration                  expired
//   OOB, Feedback               a bounce or complaint that came back by mail: counted as out-of-band
//   Rejection                   our own words to a client: counted as inbound-reject
//   Reception, Delayed, AdminBounce, AdminRebind, DeferredInjectionRebind, XferOut, XferIn: nothing
//
// The customer is the tenant in the queue's name ("campaign:tenant@domain"), or the campaign where there is
// no tenant. A record with several recipients (an array) is one event for each of their domains.
//
// Fields: docs.kumomta.com, "Log Record"; crates/kumo-log-types. One thread.
#pragma once

#include <memory>

#include "classifier/decode/formats.h"

namespace bouncewatch {

std::unique_ptr<Decoder> NewKumoMtaDecoder(const DecoderOptions& options);
LineScore ScoreKumoMtaLine(std::string_view line);  // see Format::score_line

}  // namespace bouncewatch

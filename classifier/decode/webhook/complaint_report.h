// RFC 5965 (and what RFC 6591 and 6692 add): the body of a message/feedback-report part to drafts of events.
#pragma once

#include <string_view>

#include "classifier/decode/webhook/delivery_report.h"

namespace bouncewatch {

// Adds an event for each recipient of the report, or counts why there is none.
void ReadComplaintReport(std::string_view body, const ReportContext& context, WebhookSink* sink);

}  // namespace bouncewatch

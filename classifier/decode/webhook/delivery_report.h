// RFC 3464: the body of a message/delivery-status part to drafts of events.
#pragma once

#include <string>
#include <string_view>

#include "classifier/decode/webhook/webhook_sink.h"

namespace bouncewatch {

// What the message around a report tells. Times are Unix time as text, empty when not known.
struct ReportContext {
  std::string message_id, time;
  std::string sender;     // of the message that the report is about
  std::string recipient;  // the same, where the report itself names none
};

// Adds an event for each recipient of the report, or counts why there is none.
void ReadDeliveryReport(std::string_view body, const ReportContext& context, WebhookSink* sink);

}  // namespace bouncewatch

#include "tests/support/event_text.h"

#include <algorithm>

#include "absl/strings/str_format.h"

namespace bouncewatch {

std::string EventText(const DeliveryEvent& event) {
  std::string text = absl::StrFormat("time=%d outcome=%s origin=%s", event.time_s, OutcomeName(event.outcome),
                                     OriginName(event.origin));
  if (event.phase != Phase::kUnknown) absl::StrAppendFormat(&text, " phase=%s", PhaseName(event.phase));
  if (event.repeat != 1) absl::StrAppendFormat(&text, " repeat=%d", event.repeat);
  const auto add = [&text](std::string_view key, std::string_view value) {
    if (!value.empty()) absl::StrAppendFormat(&text, " %s=%s", key, value);
  };
  add("id", event.queue_id);
  add("rcpt", event.recipient);
  add("to", event.recipient_domain);
  add("from", event.sender_domain);
  add("relay", event.relay_host);
  add("relay_ip", event.relay_ip);
  add("source_ip", event.source_ip);
  add("customer", event.customer);
  add("host", event.host);
  add("tag", event.tag);
  add("dsn", event.dsn);
  add("reply", event.reply);
  return text;
}

std::vector<std::string> EventTexts(Decoder* decoder, std::string_view lines, size_t piece, FileState* file) {
  std::vector<std::string> texts;
  EventBatch batch;
  while (!lines.empty()) {
    size_t end = lines.size();
    if (piece < lines.size()) {
      const size_t last = lines.rfind('\n', piece == 0 ? 0 : piece - 1);
      end = last != std::string_view::npos ? last + 1 : lines.find('\n') + 1;
    }
    std::string_view now = lines.substr(0, end);
    lines.remove_prefix(end);
    // A copy of its own size, so that reading beyond it is seen.
    const std::string bytes(now);
    now = bytes;
    while (!now.empty()) {
      now.remove_prefix(decoder->Decode(now, file, &batch));
      for (size_t i = 0; i < batch.size; ++i) texts.push_back(EventText(batch.events[i]));
    }
  }
  return texts;
}

}  // namespace bouncewatch

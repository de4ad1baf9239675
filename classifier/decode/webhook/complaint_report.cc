#include "classifier/decode/webhook/complaint_report.h"

#include <algorithm>

#include "classifier/decode/webhook/mail_date.h"
#include "classifier/decode/webhook/mime.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

constexpr std::string_view kComplaints[] = {"abuse", "fraud", "virus", "other"};

}  // namespace

void ReadComplaintReport(std::string_view body, const ReportContext& context, WebhookSink* sink) {
  const MimeHeader report(TrimSpace(body));
  const std::string type = AsciiLower(report.Value("feedback-type"));
  if (type.empty()) return sink->Skip(WebhookSkip::kBadItem, body);
  if (std::find(std::begin(kComplaints), std::end(kComplaints), type) == std::end(kComplaints)) {
    return sink->Skip(WebhookSkip::kIgnored, body);
  }
  WebhookDraft draft;
  draft.type = type;
  draft.outcome = Outcome::kComplaint;
  std::string time = context.time;
  for (const char* name : {"received-date", "arrival-date"}) {
    if (const auto time_s = ParseMailDate(report.Value(name)); time_s && time.empty()) {
      time = std::to_string(*time_s);
    }
  }
  draft.time = time;
  const std::string sender = report.Value("original-mail-from"), source_ip = report.Value("source-ip"),
                    domain = report.Value("reported-domain");
  draft.sender = sender.empty() ? std::string_view(domain.empty() ? context.sender : domain) : sender;
  draft.source_ip = source_ip;
  draft.id = context.message_id;
  draft.id_is_unique = !context.message_id.empty();
  size_t recipients = 0;
  report.ForEach("original-rcpt-to", [&](const std::string& recipient) {
    if (++recipients > sink->limits().events_max) return;
    draft.recipient = recipient;
    sink->Add(draft, body);
  });
  if (recipients > 0) return;
  draft.recipient = context.recipient;
  sink->Add(draft, body);
}

}  // namespace bouncewatch

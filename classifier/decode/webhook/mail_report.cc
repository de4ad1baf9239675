#include "classifier/decode/webhook/mail_report.h"

#include <algorithm>

#include "classifier/decode/webhook/complaint_report.h"
#include "classifier/decode/webhook/delivery_report.h"
#include "classifier/decode/webhook/json_webhook.h"
#include "classifier/decode/webhook/mail_date.h"
#include "classifier/decode/webhook/mime.h"
#include "classifier/decode/webhook/mime_header.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

enum class Kind : uint8_t { kNone, kDelivery, kComplaint };

// The parts of a report that are of use, decoded.
struct Parts {
  Kind kind = Kind::kNone;
  std::string report;  // the first report's body
  std::string original_bytes;
};

Kind KindOf(const std::string& type) {
  if (type == "message/delivery-status" || type == "message/global-delivery-status") return Kind::kDelivery;
  return type == "message/feedback-report" ? Kind::kComplaint : Kind::kNone;
}

bool IsOriginal(const std::string& type) {
  return type == "message/rfc822" || type == "message/global" || type == "text/rfc822-headers" ||
         type == "message/global-headers" || type == "message/rfc822-headers";
}

void KeepPart(const MimePart& part, Parts* parts) {
  if (const Kind kind = KindOf(part.type); kind != Kind::kNone && parts->kind == Kind::kNone) {
    parts->kind = kind;
    parts->report = DecodedBody(part);
  } else if (IsOriginal(part.type) && parts->original_bytes.empty()) {
    parts->original_bytes = DecodedBody(part);
  }
}

class MailReportWebhook final : public WebhookDecoder {
 public:
  explicit MailReportWebhook(const WebhookOptions& options) : limits_(options.limits) {}

  absl::Status Decode(const WebhookRequest& request, WebhookBatch* batch) override;

 private:
  WebhookLimits limits_;
};

// The first of several addresses: "a@b" out of "A <a@b>, C <c@d>".
std::string FirstAddress(const std::string& list) {
  return list.substr(0, list.find(','));
}

absl::Status MailReportWebhook::Decode(const WebhookRequest& request, WebhookBatch* batch) {
  batch->Clear();
  std::string_view message = request.body, body;
  if (message.starts_with("From "))
    message.remove_prefix(std::min(message.find('\n'), message.size() - 1) + 1);
  // The header of the message may have become that of the request.
  const bool apart = StartsWithIgnoreCase(TrimBlanks(request.content_type), "multipart/");
  const MimeHeader header = apart ? MimeHeader() : SplitHeader(message, &body);
  Parts parts;
  const auto keep = [&parts](const MimePart& part) { KeepPart(part, &parts); };
  const bool all =
      apart ? ForEachPartOf(request.content_type, message, limits_.parts_max, limits_.mime_depth_max, keep)
            : ForEachPart(message, limits_.parts_max, limits_.mime_depth_max, keep);
  if (parts.kind == Kind::kNone) return UnusableBody(batch);
  WebhookSink sink(request, limits_, batch);
  if (!all) sink.Skip(WebhookSkip::kOverLimit, std::string_view());

  ReportContext context;
  context.message_id = header.Value("message-id");
  if (const auto time_s = ParseMailDate(header.Value("date"))) context.time = std::to_string(*time_s);
  std::string_view unused;
  const MimeHeader original = SplitHeader(parts.original_bytes, &unused);
  context.sender = original.Value("return-path");
  if (context.sender.empty()) context.sender = FirstAddress(original.Value("from"));
  context.recipient = FirstAddress(original.Value("to"));
  if (parts.kind == Kind::kDelivery) {
    ReadDeliveryReport(parts.report, context, &sink);
  } else {
    ReadComplaintReport(parts.report, context, &sink);
  }
  return ResultOf(batch);
}

}  // namespace

std::unique_ptr<WebhookDecoder> NewMailReportWebhook(const WebhookOptions& options) {
  return std::make_unique<MailReportWebhook>(options);
}

}  // namespace bouncewatch

#include "classifier/decode/webhook/log_shipper.h"

#include <algorithm>

#include "classifier/decode/webhook/carried_lines.h"
#include "classifier/decode/webhook/json_webhook.h"
#include "classifier/decode/webhook/mime_header.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

constexpr FieldPaths kLine = {"message", "log", "MESSAGE"};

class LogShipperWebhook final : public JsonWebhook {
 public:
  explicit LogShipperWebhook(const WebhookOptions& options)
      : JsonWebhook(options, JsonBody::kStream), lines_(options, options.format) {}

  absl::Status Decode(const WebhookRequest& request, WebhookBatch* batch) override;
  Decoder* log_decoder() override { return lines_.decoder(); }

 private:
  void DecodeItem(const JsonValue& item, WebhookSink* sink) override;
  void DecodeText(std::string_view body, WebhookSink* sink);

  CarriedLines lines_;
};

absl::Status LogShipperWebhook::Decode(const WebhookRequest& request, WebhookBatch* batch) {
  if (!EqualsIgnoreCase(MediaType(request.content_type), "text/plain"))
    return JsonWebhook::Decode(request, batch);
  batch->Clear();
  WebhookSink sink(request, limits(), batch);
  DecodeText(request.body, &sink);
  return absl::OkStatus();
}

void LogShipperWebhook::DecodeText(std::string_view body, WebhookSink* sink) {
  while (!body.empty()) {
    const size_t end = std::min(body.find('\n'), body.size());
    const std::string_view line = body.substr(0, end);
    body.remove_prefix(std::min(end + 1, body.size()));
    if (line.empty()) continue;
    if (sink->batch()->items >= limits().events_max) {
      sink->Skip(WebhookSkip::kOverLimit, std::string_view());
    } else if (line.size() > limits().line_max) {
      sink->Skip(WebhookSkip::kTooLong, line);
    } else if (const auto result = lines_.Read(line, sink); result == CarriedLines::Result::kNothing) {
      sink->Skip(WebhookSkip::kIgnored, line);
    } else if (result == CarriedLines::Result::kUnreadable) {
      sink->Skip(WebhookSkip::kBadLogLine, line);
    }
  }
}

void LogShipperWebhook::DecodeItem(const JsonValue& item, WebhookSink* sink) {
  std::string_view line = TextAt(item, kLine, sink->arena());
  if (line.empty()) return sink->Skip(WebhookSkip::kBadItem, item);
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.size() > limits().line_max || line.find('\n') != std::string_view::npos) {
    return sink->Skip(WebhookSkip::kTooLong, item);
  }
  auto result = lines_.Read(line, sink);
  if (result == CarriedLines::Result::kUnreadable) result = lines_.Read(item.Minified(sink->arena()), sink);
  if (result == CarriedLines::Result::kNothing) sink->Skip(WebhookSkip::kIgnored, item);
  if (result == CarriedLines::Result::kUnreadable) sink->Skip(WebhookSkip::kBadLogLine, item);
}

}  // namespace

std::unique_ptr<WebhookDecoder> NewLogShipperWebhook(const WebhookOptions& options) {
  return std::make_unique<LogShipperWebhook>(options);
}

}  // namespace bouncewatch

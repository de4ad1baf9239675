// JsonWebhook: the frame of the decoders whose bodies are JSON.
//
// A derived class reads one record at a time. Internal to this folder.
#pragma once

#include "classifier/decode/webhook/json_items.h"
#include "classifier/decode/webhook/webhook_formats.h"
#include "classifier/decode/webhook/webhook_sink.h"
#include "classifier/decode/webhook/webhook_table.h"

namespace bouncewatch {

class JsonWebhook : public WebhookDecoder {
 public:
  explicit JsonWebhook(const WebhookOptions& options, JsonBody body = JsonBody::kValue)
      : limits_(options.limits), body_(body), items_(options.limits) {}

  absl::Status Decode(const WebhookRequest& request, WebhookBatch* batch) override;

 protected:
  // Reads one record, which may be any JSON: adds its events to the sink, or skips it.
  virtual void DecodeItem(const JsonValue& item, WebhookSink* sink) = 0;

  // Decodes `request` as JSON. For derived classes whose requests may be something else too.
  absl::Status DecodeJson(const WebhookRequest& request, WebhookSink* sink);
  const WebhookLimits& limits() const { return limits_; }

 private:
  WebhookLimits limits_;
  JsonBody body_;
  JsonItems items_;
};

// OK; or the error that says that nothing of the batch could be understood, and the batch is empty.
absl::Status ResultOf(WebhookBatch* batch);
absl::Status UnusableBody(WebhookBatch* batch);

// The decoder of a provider whose records a table describes, with `Amend` for what it cannot say. `Amend` is
// a function of (item, sink, draft*) and may skip the record by returning false.
template <const WebhookTable& kTable, auto Amend>
class TableWebhook final : public JsonWebhook {
 public:
  using JsonWebhook::JsonWebhook;

 private:
  void DecodeItem(const JsonValue& item, WebhookSink* sink) override {
    WebhookDraft draft;
    if (ReadDraft(item, kTable, sink, &draft) && Amend(item, sink, &draft)) sink->Add(draft, item);
  }
};

}  // namespace bouncewatch

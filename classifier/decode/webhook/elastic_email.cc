#include "classifier/decode/webhook/elastic_email.h"

#include <algorithm>
#include <charconv>

#include "absl/strings/str_format.h"
#include "classifier/decode/webhook/form.h"
#include "classifier/decode/webhook/json_webhook.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

constexpr WebhookType kTypes[] = {
    {"Sent", Outcome::kDelivered},
    {"Delivered", Outcome::kDelivered},
    {"Error", Outcome::kBounced},
    {"Bounced", Outcome::kBounced},
    {"AbuseReport", Outcome::kComplaint},
    {"Complaint", Outcome::kComplaint},
    {"Opened", {}},
    {"Clicked", {}},
    {"Unsubscribed", {}},
};

constexpr WebhookTable kTable = {
    .type = "status",
    .time = "date",
    .recipient = "to",
    .sender = "from",
    .reply = "category",
    .message_id = "messageid",
    .customer = "account",
    .campaign = "channel",
    .id = {"messageid", "transaction"},
    .types = kTypes,
};

constexpr std::string_view kOwnCategories[] = {"Ignore", "AccountProblem", "ManualCancel", "NotDelivered"};

// Takes a number off the front of *text, and one character behind it.
bool ConsumeNumber(std::string_view* text, int* number) {
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), *number);
  if (error != std::errc() || *number < 0) return false;
  text->remove_prefix(std::min(static_cast<size_t>(end - text->data()) + 1, text->size()));
  return true;
}

// "9/12/2025 11:08:01 AM", which is UTC, as ISO 8601; other texts as they are.
std::string IsoTime(std::string_view text) {
  int month = 0, day = 0, year = 0, hour = 0, minute = 0, second = 0;
  std::string_view rest = text;
  for (int* part : {&month, &day, &year, &hour, &minute, &second}) {
    if (!ConsumeNumber(&rest, part)) return std::string(text);
  }
  if (EqualsIgnoreCase(rest, "PM") && hour < 12) hour += 12;
  if (EqualsIgnoreCase(rest, "AM") && hour == 12) hour = 0;
  return absl::StrFormat("%04d-%02d-%02dT%02d:%02d:%02dZ", year, month, day, hour, minute, second);
}

class ElasticEmailWebhook final : public JsonWebhook {
 public:
  explicit ElasticEmailWebhook(const WebhookOptions& options) : JsonWebhook(options) {}

  absl::Status Decode(const WebhookRequest& request, WebhookBatch* batch) override;

 private:
  void DecodeItem(const JsonValue& item, WebhookSink* sink) override;
  void DecodeForm(const std::vector<FormField>& fields, WebhookSink* sink);
};

void Settle(WebhookDraft* draft) {
  if (draft->outcome != Outcome::kBounced) {
    draft->reply = {};
    return;
  }
  const bool is_own = std::find(std::begin(kOwnCategories), std::end(kOwnCategories), draft->reply) !=
                      std::end(kOwnCategories);
  draft->outcome = is_own ? Outcome::kDropped : Outcome::kBounced;
  draft->origin = is_own ? Origin::kProvider : Origin::kRemote;
}

absl::Status ElasticEmailWebhook::Decode(const WebhookRequest& request, WebhookBatch* batch) {
  batch->Clear();
  WebhookSink sink(request, limits(), batch);
  if (!request.body.empty() && !ParseFormBody(request.content_type, request.body, limits().parameters_max)) {
    return DecodeJson(request, &sink);
  }
  const auto fields = request.body.empty()
                          ? ParseForm(request.query, limits().parameters_max)
                          : ParseFormBody(request.content_type, request.body, limits().parameters_max);
  if (!fields) return UnusableBody(batch);
  DecodeForm(*fields, &sink);
  return ResultOf(batch);
}

void ElasticEmailWebhook::DecodeItem(const JsonValue& item, WebhookSink* sink) {
  WebhookDraft draft;
  if (!ReadDraft(item, kTable, sink, &draft)) return;
  const std::string time = IsoTime(draft.time);
  draft.time = time;
  Settle(&draft);
  sink->Add(draft, item);
}

void ElasticEmailWebhook::DecodeForm(const std::vector<FormField>& fields, WebhookSink* sink) {
  const std::string_view bytes = sink->request().body.empty() ? sink->request().query : sink->request().body;
  const auto text = [&fields](std::string_view name) {
    const std::string* value = FindField(fields, name);
    return value == nullptr ? std::string_view() : std::string_view(*value);
  };
  WebhookDraft draft;
  if (!SetType(text("status"), kTable.types, bytes, sink, &draft)) return;
  const std::string time = IsoTime(text("date"));
  draft.time = time;
  draft.recipient = text("to");
  draft.sender = text("from");
  draft.reply = text("category");
  draft.message_id = text("messageid");
  draft.customer = text("account");
  draft.campaign = text("channel");
  draft.id = text("messageid").empty() ? text("transaction") : text("messageid");
  Settle(&draft);
  sink->Add(draft, bytes);
}

}  // namespace

std::unique_ptr<WebhookDecoder> NewElasticEmailWebhook(const WebhookOptions& options) {
  return std::make_unique<ElasticEmailWebhook>(options);
}

}  // namespace bouncewatch

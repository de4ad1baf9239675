// WebhookSink: from what a provider's record says to a WebhookEvent: copied, cut to the limits, cleaned, with
// the parts that all providers share worked out in one place.
//
// One sink per request. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "classifier/decode/log_time.h"
#include "classifier/decode/webhook/json_value.h"
#include "classifier/decode/webhook/webhook.h"

namespace bouncewatch {

// A record as it stands: views may die with the provider's record. What is empty is not known.
struct WebhookDraft {
  std::string_view type;  // the provider's word for what happened
  Outcome outcome = Outcome::kDelivered;
  std::optional<Origin> origin;       // not set: remote where a reply code or a delivery says so, else local
  std::string_view time;              // Unix time in any unit, or ISO 8601; without a zone it is UTC
  std::string_view recipient;         // "a@b" or "Name <a@b>"
  std::string_view recipient_domain;  // where it is told apart from the address
  std::string_view sender;            // an address like the recipient's, or a domain
  std::string_view source_ip, relay_ip, relay_host, host;
  std::string_view code;   // of the reply, where it is told apart from the text
  std::string_view dsn;    // "5.7.1", and what may follow it: "5.7.1 (reason)"
  std::string_view reply;  // the text: with codes, or behind "smtp; ", or on several lines
  std::string_view message_id, attempt, customer, campaign;
  std::string_view id;  // of the event
  bool id_is_unique =
      false;  // one id, one event (for each recipient); else it is only a part of what tells it
};

class WebhookSink {
 public:
  WebhookSink(const WebhookRequest& request, const WebhookLimits& limits, WebhookBatch* batch);

  // Adds the event, or counts why not. `item`: the record, for the quarantine. Every call counts as one item.
  void Add(const WebhookDraft& draft, const JsonValue& item);
  // For records that are no JSON.
  void Add(const WebhookDraft& draft, std::string_view bytes);
  // The same for the event number `index` of a line of a log.
  void Add(const DeliveryEvent& event, size_t index, std::string_view line);
  void Skip(WebhookSkip why, const JsonValue& item);
  void Skip(WebhookSkip why, std::string_view bytes);

  // The request's header of that name; empty when there is none.
  std::string_view Header(std::string_view name) const;

  const WebhookRequest& request() const { return request_; }
  const WebhookLimits& limits() const { return limits_; }
  WebhookBatch* batch() { return batch_; }
  TextArena* arena() { return &batch_->arena; }

 private:
  std::optional<WebhookSkip> TryAdd(const WebhookDraft& draft);
  bool Count(WebhookSkip why);  // whether the record is to be kept for the quarantine
  std::string_view DedupeId(const WebhookDraft& draft, std::string_view reply);
  std::string_view Copied(std::string_view text, size_t max);

  const WebhookRequest& request_;
  const WebhookLimits& limits_;
  WebhookBatch* batch_;
  LogTimeParser time_;
};

}  // namespace bouncewatch

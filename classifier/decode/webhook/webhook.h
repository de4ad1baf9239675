// WebhookDecoder: the body of one webhook request to delivery events. One file pair per provider in this
// folder.
//
//   const WebhookFormat* format = FindWebhookFormat("sendgrid");         // webhook_formats.h
//   std::unique_ptr<WebhookDecoder> decoder = format->make(options);
//   absl::Status status = decoder->Decode(request, &batch);
//
// The bytes must be authenticated before they come here; a decoder trusts nothing in them all the same.
// Bounded memory and linear time on any bytes. The provider is the route's, never guessed from the body. A
// decoder belongs to one source and is used by one thread at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "classifier/decode/decoder.h"
#include "classifier/decode/text_arena.h"
#include "classifier/event.h"

namespace bouncewatch {

// What a request may cost. Fields beyond their limit are cut (texts) or left out (names, addresses).
struct WebhookLimits {
  size_t events_max = 10'000;   // items of one request; those behind are not read and counted
  size_t line_max = 64 * 1024;  // bytes of one line of ndjson or of a raw log
  size_t text_max = 4 * 1024;   // bytes of a reply
  size_t address_max = 320;     // RFC 5321 4.5.3.1: 64 + 1 + 255
  size_t domain_max = 253;
  size_t id_max = 128;          // of a provider's ids and tags
  size_t depth_max = 32;        // nesting of JSON
  size_t parameters_max = 256;  // of a form
  size_t parts_max = 64;        // of a MIME message, all depths together
  size_t mime_depth_max = 8;
  size_t bad_items_kept = 64;  // with their bytes, for the quarantine; the rest is only counted
};

struct WebhookHeader {
  std::string_view name;  // any case
  std::string_view value;
};

// One request. The views must live as long as what was decoded from it is used.
struct WebhookRequest {
  std::string_view body;          // content codings undone
  std::string_view content_type;  // as sent; may be empty
  std::string_view query;         // behind '?' in the target, still percent-encoded (Elastic Email's GET)
  std::span<const WebhookHeader> headers;
  int64_t received_s = 0;  // Unix time; the event time of records that carry none
};

struct WebhookEvent {
  // `recipient` is empty and `queue_id` is never an address: local parts end here. `time_s` is what the
  // provider said, not yet clamped to what a series may hold; received_s where it said nothing readable.
  DeliveryEvent delivery;
  // Tells the event from all others of its source, the same in every retry: the provider's own id, with what
  // makes it unique (the recipient, the number of the attempt), else the event's content. Never empty. It may
  // hold an address: hash it with a key, never store or log it.
  std::string_view dedupe_id;
  std::string_view
      campaign;  // category, campaign or first tag; also delivery.customer where no account is told
};

// Why an item gave no event.
enum class WebhookSkip : uint8_t {
  kIgnored,      // understood, but no attempt and no complaint: opens, clicks, injections, subscriptions
  kUnknownType,  // a type of event that this build does not know
  kBadItem,      // no object, or damaged: one line of ndjson, one element of an array
  kNoRecipient,  // neither a recipient nor a recipient's domain
  kTooLong,      // a line beyond line_max
  kOverLimit,    // behind events_max, or more parameters or parts than allowed
  kBadLogLine,   // a raw log line that its decoder could not read
};
inline constexpr int kWebhookSkipCount = 7;
std::string_view WebhookSkipName(WebhookSkip skip);
// What belongs into the quarantine: unknown types and ignored items do not.
bool IsBadItem(WebhookSkip skip);

struct WebhookBadItem {
  std::string_view bytes;  // of the item, or JSON that says the same; cut at line_max
  WebhookSkip why = WebhookSkip::kBadItem;
};

// What a request was besides a carrier of events.
enum class WebhookKind : uint8_t {
  kEvents,                    // events, or nothing (a ping, an empty batch): answer 200
  kSubscriptionConfirmation,  // SNS: `topic` and `token` are set. Confirm only topics of the configuration
  kSubscriptionEnded,         // SNS UnsubscribeConfirmation: `topic` and `token` are set
  kValidation,                // Event Grid: answer with `token` as {"validationResponse": token}
};

// What one request held. Reused from request to request; one thread. Views point into the arena or the
// request's body.
struct WebhookBatch {
  WebhookKind kind = WebhookKind::kEvents;
  std::string_view topic, token;
  std::vector<WebhookEvent> events;
  std::vector<WebhookBadItem> bad_items;
  uint64_t items = 0;  // seen, whatever became of them
  std::array<uint64_t, kWebhookSkipCount> skipped{};
  TextArena arena;

  void Clear();
  uint64_t skips(WebhookSkip skip) const { return skipped[static_cast<size_t>(skip)]; }
};

class WebhookDecoder {
 public:
  virtual ~WebhookDecoder() = default;

  // Replaces *batch. InvalidArgument: the body is unusable as a whole (not JSON, another provider's shape);
  // *batch is empty then. The message is for the operator's log and quotes nothing of the body.
  virtual absl::Status Decode(const WebhookRequest& request, WebhookBatch* batch) = 0;

  // For sources that carry raw log lines: the decoder behind, whose SaveChanges belongs into the commit of
  // the events. Null for all others: they remember nothing between requests.
  virtual Decoder* log_decoder() { return nullptr; }
};

}  // namespace bouncewatch

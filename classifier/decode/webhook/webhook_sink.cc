#include "classifier/decode/webhook/webhook_sink.h"

#include <algorithm>
#include <string>

#include "classifier/decode/postfix_body.h"
#include "classifier/decode/read_text.h"
#include "classifier/decode/webhook/reply_text.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

constexpr size_t npos = std::string_view::npos;

// "a@b" out of "Name <a@b>".
std::string_view BareAddress(std::string_view address) {
  address = TrimSpace(address);
  const size_t open = address.rfind('<');
  if (open == npos) return address;
  const size_t close = address.find('>', open);
  return close == npos ? address : address.substr(open + 1, close - open - 1);
}

// Whether it may stand for a host or a domain. Bytes of UTF-8 may: names are not always in ASCII.
bool IsName(std::string_view name, size_t max) {
  if (name.empty() || name.size() > max) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return static_cast<unsigned char>(c) > ' ' && c != 0x7f &&
           std::string_view("\"'`<>()\\,;@{}|/").find(c) == npos;
  });
}

std::string_view NameOrNothing(std::string_view name, size_t max) {
  if (name.ends_with('.')) name.remove_suffix(1);
  return IsName(name, max) ? name : std::string_view();
}

bool IsIp4(std::string_view text) {
  int parts = 0;
  while (true) {
    int value = 0;
    size_t digits = 0;
    while (digits < text.size() && digits < 4 && IsDigit(text[digits]))
      value = value * 10 + (text[digits++] - '0');
    if (digits == 0 || digits > 3 || value > 255) return false;
    text.remove_prefix(digits);
    if (++parts == 4) return text.empty();
    if (!ConsumePrefix(&text, ".")) return false;
  }
}

bool IsIp6(std::string_view text) {
  return text.size() >= 2 && text.size() <= 45 && std::count(text.begin(), text.end(), ':') >= 2 &&
         text.find_first_not_of("0123456789abcdefABCDEF:.") == npos;
}

// "192.0.2.1" out of "192.0.2.1:25", "[192.0.2.1]", "[2001:db8::1]:25"; empty: no address.
std::string_view IpOrNothing(std::string_view text) {
  text = TrimBlanks(text);
  if (text.starts_with('[')) {
    text = text.substr(1, text.find(']') - 1);
  } else if (std::count(text.begin(), text.end(), ':') == 1) {
    text = text.substr(0, text.find(':'));
  }
  return IsIp4(text) || IsIp6(text) ? text : std::string_view();
}

// A tag may be an address: its local part is nobody's business.
std::string_view BehindAt(std::string_view tag) {
  return tag.substr(tag.rfind('@') + 1);
}

Origin OriginOf(const WebhookDraft& draft, std::string_view reply) {
  if (draft.origin) return *draft.origin;
  switch (draft.outcome) {
    case Outcome::kDropped:
      return Origin::kProvider;
    case Outcome::kDeferred:
    case Outcome::kBounced:
      return StartsWithReplyCode(reply) ? Origin::kRemote : Origin::kLocal;
    case Outcome::kExpired:
      return Origin::kLocal;
    default:
      return Origin::kRemote;
  }
}

}  // namespace

WebhookSink::WebhookSink(const WebhookRequest& request, const WebhookLimits& limits, WebhookBatch* batch)
    : request_(request), limits_(limits), batch_(batch), time_(absl::UTCTimeZone()) {}

std::string_view WebhookSink::Header(std::string_view name) const {
  for (const WebhookHeader& header : request_.headers) {
    if (EqualsIgnoreCase(header.name, name)) return header.value;
  }
  return {};
}

std::string_view WebhookSink::Copied(std::string_view text, size_t max) {
  return text.empty() ? text : OneLine(text, max, arena());
}

// Parts are parted by a byte that no part holds: OneLine() has replaced it.
std::string_view WebhookSink::DedupeId(const WebhookDraft& draft, std::string_view reply) {
  const bool unique = draft.id_is_unique && !draft.id.empty() && draft.id.size() <= limits_.id_max;
  const std::string_view parts[] = {draft.recipient, draft.recipient_domain, draft.id,         draft.type,
                                    draft.time,      draft.attempt,          draft.message_id, reply};
  const size_t used = unique ? 3 : std::size(parts);
  size_t bytes = used;
  for (size_t i = 0; i < used; ++i) bytes += std::min(parts[i].size(), limits_.text_max);
  std::string* block = arena()->Reserve(bytes);
  const size_t start = block->size();
  for (size_t i = 0; i < used; ++i) {
    block->append(parts[i].substr(0, limits_.text_max));
    block->push_back('\x1f');
  }
  return std::string_view(*block).substr(start);
}

std::optional<WebhookSkip> WebhookSink::TryAdd(const WebhookDraft& draft) {
  if (batch_->events.size() >= limits_.events_max) return WebhookSkip::kOverLimit;
  const std::string_view recipient = BareAddress(draft.recipient);
  if (recipient.size() > limits_.address_max) return WebhookSkip::kNoRecipient;
  std::string_view domain = NameOrNothing(AddressDomain(recipient), limits_.domain_max);
  if (domain.empty()) domain = NameOrNothing(draft.recipient_domain, limits_.domain_max);
  if (domain.empty()) return WebhookSkip::kNoRecipient;

  WebhookEvent event;
  DeliveryEvent& delivery = event.delivery;
  if (!time_.Parse(draft.time, &delivery.time_s)) delivery.time_s = request_.received_s;
  delivery.outcome = draft.outcome;
  delivery.recipient_domain = Copied(domain, limits_.domain_max);
  const std::string_view sender = BareAddress(draft.sender);
  const std::string_view sender_domain = sender.find('@') == npos ? sender : AddressDomain(sender);
  delivery.sender_domain = Copied(NameOrNothing(sender_domain, limits_.domain_max), limits_.domain_max);
  if (draft.sender == kNullSender) delivery.sender_domain = kNullSender;
  delivery.source_ip = Copied(IpOrNothing(draft.source_ip), limits_.domain_max);
  delivery.relay_ip = Copied(IpOrNothing(draft.relay_ip), limits_.domain_max);
  delivery.relay_host = Copied(NameOrNothing(draft.relay_host, limits_.domain_max), limits_.domain_max);
  delivery.host = Copied(NameOrNothing(draft.host, limits_.domain_max), limits_.domain_max);
  delivery.dsn = Copied(EnhancedCodeAtFront(TrimBlanks(draft.dsn)), limits_.id_max);
  const std::string_view text = OneLine(UnwrapReply(draft.reply), limits_.text_max, arena());
  delivery.reply = WithCodes(draft.code, delivery.dsn, text, arena());
  delivery.origin = OriginOf(draft, delivery.reply);
  if (draft.message_id.find('@') == npos) delivery.queue_id = Copied(draft.message_id, limits_.id_max);
  event.campaign = Copied(BehindAt(draft.campaign), limits_.id_max);
  delivery.customer =
      draft.customer.empty() ? event.campaign : Copied(BehindAt(draft.customer), limits_.id_max);
  event.dedupe_id = DedupeId(draft, delivery.reply);
  batch_->events.push_back(event);
  return {};
}

void WebhookSink::Add(const WebhookDraft& draft, const JsonValue& item) {
  if (const auto why = TryAdd(draft)) return Skip(*why, item);
  ++batch_->items;
}

void WebhookSink::Add(const WebhookDraft& draft, std::string_view bytes) {
  if (const auto why = TryAdd(draft)) return Skip(*why, bytes);
  ++batch_->items;
}

void WebhookSink::Add(const DeliveryEvent& event, size_t index, std::string_view line) {
  if (batch_->events.size() >= limits_.events_max) return Skip(WebhookSkip::kOverLimit, line);
  WebhookEvent added;
  DeliveryEvent& delivery = added.delivery;
  delivery = event;
  delivery.recipient = {};
  if (delivery.time_s < 0) delivery.time_s = request_.received_s;  // a stamp of before 1970 is no time
  for (std::string_view* name : {&delivery.recipient_domain, &delivery.sender_domain, &delivery.relay_host,
                                 &delivery.relay_ip, &delivery.source_ip, &delivery.host, &delivery.dsn}) {
    *name = Copied(*name, limits_.domain_max);
  }
  for (std::string_view* id : {&delivery.queue_id, &delivery.customer, &delivery.tag}) {
    *id = Copied(*id, limits_.id_max);
  }
  delivery.reply = Copied(delivery.reply, limits_.text_max);
  added.dedupe_id = arena()->Join(line, "\x1f", std::to_string(index));
  batch_->events.push_back(added);
  ++batch_->items;
}

bool WebhookSink::Count(WebhookSkip why) {
  ++batch_->items;
  ++batch_->skipped[static_cast<size_t>(why)];
  return IsBadItem(why) && batch_->bad_items.size() < limits_.bad_items_kept;
}

void WebhookSink::Skip(WebhookSkip why, std::string_view bytes) {
  if (!Count(why) || bytes.empty()) return;
  batch_->bad_items.push_back({arena()->Join(bytes.substr(0, limits_.line_max), {}), why});
}

void WebhookSink::Skip(WebhookSkip why, const JsonValue& item) {
  if (!Count(why) || !item.exists()) return;
  batch_->bad_items.push_back({item.Minified(arena()).substr(0, limits_.line_max), why});
}

}  // namespace bouncewatch

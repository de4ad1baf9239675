#include "classifier/decode/webhook/webhook_table.h"

#include <algorithm>

#include "classifier/text.h"

namespace bouncewatch {

std::string_view TextAt(const JsonValue& item, const FieldPaths& field, TextArena* arena) {
  for (const std::string_view path : field.paths) {
    if (path.empty()) break;
    const std::string_view text = item.At(path).FirstScalar(arena);
    if (!text.empty()) return text;
  }
  return {};
}

namespace {

// What becomes of a record of this type: nothing where *draft was told its type and outcome.
std::optional<WebhookSkip> Settle(std::string_view type, std::span<const WebhookType> types,
                                  WebhookDraft* draft) {
  if (type.empty()) return WebhookSkip::kBadItem;
  const auto known = std::find_if(types.begin(), types.end(), [type](const WebhookType& one) {
    return EqualsIgnoreCase(one.name, type);
  });
  if (known == types.end()) return WebhookSkip::kUnknownType;
  if (!known->outcome) return WebhookSkip::kIgnored;
  draft->type = known->name;
  draft->outcome = *known->outcome;
  return {};
}

}  // namespace

bool SetType(std::string_view type, std::span<const WebhookType> types, std::string_view bytes,
             WebhookSink* sink, WebhookDraft* draft) {
  const auto skip = Settle(type, types, draft);
  if (skip) sink->Skip(*skip, bytes);
  return !skip;
}

bool ReadDraftOfType(const JsonValue& item, std::string_view type, const WebhookTable& table,
                     WebhookSink* sink, WebhookDraft* draft) {
  if (const auto skip = Settle(type, table.types, draft)) {
    sink->Skip(*skip, item);
    return false;
  }
  const auto text = [&](const FieldPaths& field) { return TextAt(item, field, sink->arena()); };
  draft->time = text(table.time);
  draft->recipient = text(table.recipient);
  draft->recipient_domain = text(table.recipient_domain);
  draft->sender = text(table.sender);
  draft->source_ip = text(table.source_ip);
  draft->relay_ip = text(table.relay_ip);
  draft->relay_host = text(table.relay_host);
  draft->host = text(table.host);
  draft->code = text(table.code);
  draft->dsn = text(table.dsn);
  draft->reply = text(table.reply);
  draft->message_id = text(table.message_id);
  draft->attempt = text(table.attempt);
  draft->customer = text(table.customer);
  draft->campaign = text(table.campaign);
  draft->id = text(table.id);
  draft->id_is_unique = table.id_is_unique;
  return true;
}

bool ReadDraft(const JsonValue& item, const WebhookTable& table, WebhookSink* sink, WebhookDraft* draft) {
  return ReadDraftOfType(item, TextAt(item, table.type, sink->arena()), table, sink, draft);
}

}  // namespace bouncewatch

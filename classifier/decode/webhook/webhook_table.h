// WebhookTable: where a provider's records have their fields, and what its words for events mean.
//
// A provider's file is mostly such a table; what a table cannot say is code beside it.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>

#include "classifier/decode/webhook/json_value.h"
#include "classifier/decode/webhook/webhook_sink.h"

namespace bouncewatch {

// Paths (JsonValue::At) of one field: the first that holds something counts. Of an array its first element.
struct FieldPaths {
  std::array<std::string_view, 3> paths;

  constexpr FieldPaths() = default;
  constexpr FieldPaths(const char* first) : paths{first} {}
  constexpr FieldPaths(const char* first, const char* second) : paths{first, second} {}
  constexpr FieldPaths(const char* first, const char* second, const char* third)
      : paths{first, second, third} {}
};

// A word for an event. Without an outcome it is about no attempt: an open, a click, a subscription.
struct WebhookType {
  std::string_view name;
  std::optional<Outcome> outcome;
};

struct WebhookTable {
  FieldPaths type{}, time{}, recipient{}, recipient_domain{}, sender{}, source_ip{}, relay_ip{}, relay_host{},
      host{}, code{}, dsn{}, reply{}, message_id{}, attempt{}, customer{}, campaign{}, id{};
  bool id_is_unique = false;
  std::span<const WebhookType> types{};
};

// The text at the first of the paths that holds some.
std::string_view TextAt(const JsonValue& item, const FieldPaths& field, TextArena* arena);

// Fills *draft from the record. False: there is nothing to add, and it was counted: no object, no type, a
// type that is not known or about no attempt.
bool ReadDraft(const JsonValue& item, const WebhookTable& table, WebhookSink* sink, WebhookDraft* draft);
// The same when the type's word is known already.
bool ReadDraftOfType(const JsonValue& item, std::string_view type, const WebhookTable& table,
                     WebhookSink* sink, WebhookDraft* draft);

// For records that are no JSON: sets type and outcome of the draft by the type's word, or counts why not.
bool SetType(std::string_view type, std::span<const WebhookType> types, std::string_view bytes,
             WebhookSink* sink, WebhookDraft* draft);

}  // namespace bouncewatch

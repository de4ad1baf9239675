// JsonItems: the items of a body of JSON: an object, an array of objects, or one object a line.
//
// One bad item costs that item: where the body does not parse as a whole it is cut into the elements of its
// array, or into its lines, and each is parsed alone. Nesting is bounded by the parser. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "classifier/decode/webhook/json_value.h"
#include "classifier/decode/webhook/webhook.h"

namespace bouncewatch {

// What a provider's body may be besides one value.
enum class JsonBody : uint8_t {
  kValue,   // an object or an array; lines where the content type says so
  kStream,  // also lines, or objects one after another, whatever the content type says
};

class JsonItems {
 public:
  using OnItem = std::function<void(const JsonValue& item)>;
  // `bytes`: of an item that is no JSON.
  using OnBad = std::function<void(std::string_view bytes, WebhookSkip why)>;

  explicit JsonItems(const WebhookLimits& limits);

  // Calls `on_item` for the body's object, or for every element of its array, whatever these are; an item
  // lives until the next call. Items behind limits.events_max are only counted, by a call of `on_bad` without
  // bytes. False: the body is neither, or not JSON, and no call was made.
  bool Read(const WebhookRequest& request, JsonBody kind, const OnItem& on_item, const OnBad& on_bad);

  // One value, for JSON within JSON. It lives until the next call.
  JsonValue Parse(std::string_view text);

 private:
  bool ReadWhole(std::string_view body, const OnItem& on_item, const OnBad& on_bad);
  void ReadAlone(std::string_view text, const OnItem& on_item, const OnBad& on_bad);
  void ReadLines(std::string_view body, const OnItem& on_item, const OnBad& on_bad);

  size_t line_max_, items_max_;
  bool ready_;        // the parser has its memory
  size_t items_ = 0;  // of the body being read
  simdjson::dom::parser parser_;
  std::string padded_;
};

}  // namespace bouncewatch

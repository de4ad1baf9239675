// Elements and lines are parsed alone only where the whole body cannot be: the cut costs a second reading,
// which nobody pays for a sound body.
#include "classifier/decode/webhook/json_items.h"

#include <algorithm>

#include "classifier/decode/webhook/json_split.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

constexpr std::string_view kLineTypes[] = {"application/x-ndjson", "application/ndjson", "application/jsonl",
                                           "application/x-jsonlines", "application/json-lines"};

bool SaysLines(std::string_view content_type) {
  const std::string_view type = TrimBlanks(content_type.substr(0, content_type.find(';')));
  return std::any_of(std::begin(kLineTypes), std::end(kLineTypes),
                     [type](std::string_view known) { return EqualsIgnoreCase(type, known); });
}

}  // namespace

JsonItems::JsonItems(const WebhookLimits& limits)
    : line_max_(limits.line_max), items_max_(limits.events_max) {
  // The parser keeps the depth when it grows.
  ready_ = parser_.allocate(limits.line_max, limits.depth_max) == simdjson::SUCCESS;
}

JsonValue JsonItems::Parse(std::string_view text) {
  if (!ready_) return {};
  padded_.assign(text);
  padded_.append(simdjson::SIMDJSON_PADDING, '\0');
  simdjson::dom::element root;
  if (parser_.parse(padded_.data(), text.size(), false).get(root) != simdjson::SUCCESS) return {};
  return JsonValue(root);
}

bool JsonItems::ReadWhole(std::string_view body, const OnItem& on_item, const OnBad& on_bad) {
  const JsonValue root = Parse(body);
  if (!root.IsObject() && !root.IsArray()) return false;
  root.ForEach([&](const JsonValue& item) {
    ++items_ > items_max_ ? on_bad({}, WebhookSkip::kOverLimit) : on_item(item);
  });
  return true;
}

// Parses an item alone.
void JsonItems::ReadAlone(std::string_view text, const OnItem& on_item, const OnBad& on_bad) {
  if (++items_ > items_max_) return on_bad({}, WebhookSkip::kOverLimit);
  if (text.size() > line_max_) return on_bad(text, WebhookSkip::kTooLong);
  const JsonValue item = Parse(text);
  item.exists() ? on_item(item) : on_bad(text, WebhookSkip::kBadItem);
}

void JsonItems::ReadLines(std::string_view body, const OnItem& on_item, const OnBad& on_bad) {
  while (!body.empty()) {
    const size_t end = std::min(body.find('\n'), body.size());
    const std::string_view line = TrimSpace(body.substr(0, end));
    body.remove_prefix(std::min(end + 1, body.size()));
    if (!line.empty()) ReadAlone(line, on_item, on_bad);
  }
}

bool JsonItems::Read(const WebhookRequest& request, JsonBody kind, const OnItem& on_item,
                     const OnBad& on_bad) {
  items_ = 0;
  std::string_view body = request.body;
  if (body.starts_with(kByteOrderMark)) body.remove_prefix(kByteOrderMark.size());
  body = TrimSpace(body);
  if (SaysLines(request.content_type)) {
    ReadLines(body, on_item, on_bad);
    return !body.empty();
  }
  const bool opens = body.starts_with('{') || body.starts_with('[');
  if (!opens) return false;
  const auto alone = [&](std::string_view text) { ReadAlone(text, on_item, on_bad); };
  if (ReadWhole(body, on_item, on_bad) || SplitJsonArray(body, alone)) return true;
  if (kind != JsonBody::kStream || body.starts_with('[')) return false;
  // One object after another: on lines of their own, else on one line.
  if (body.find('\n') == std::string_view::npos) return SplitJsonStream(body, alone);
  ReadLines(body, on_item, on_bad);
  return true;
}

}  // namespace bouncewatch

#include "classifier/decode/json_lines.h"

#include <charconv>
#include <cstring>

namespace bouncewatch {
namespace {

// Texts that one call may gather before it hands out its events: bounds the memory whatever the lines hold.
constexpr size_t kTextMax = 1024 * 1024;

}  // namespace

DeliveryEvent* JsonLinesDecoder::Add(EventBatch* batch) {
  DeliveryEvent* event = &batch->events[batch->size++];
  *event = DeliveryEvent{};
  return event;
}

size_t JsonLinesDecoder::Decode(std::string_view lines, FileState*, EventBatch* batch) {
  batch->size = 0;
  arena_.Clear();
  size_t taken = 0, text_bytes = 0;
  while (taken < lines.size() && batch->size < EventBatch::kMax && text_bytes < kTextMax) {
    const std::string_view rest = lines.substr(taken);
    const auto* newline = static_cast<const char*>(std::memchr(rest.data(), '\n', rest.size()));
    const size_t size = newline == nullptr ? rest.size() : static_cast<size_t>(newline - rest.data());
    if (DecodeLine(rest.substr(0, size), rest.size(), batch) == LineResult::kNeedsRoom) break;
    const size_t length = size + (newline == nullptr ? 0 : 1);
    taken += length;
    text_bytes += length;
    ++counters_.lines;
  }
  counters_.events += batch->size;
  return taken;
}

// `readable`: bytes from the line's first that may be read. The parser reads a little beyond its text: the
// last lines of a chunk are copied for that.
JsonLinesDecoder::LineResult JsonLinesDecoder::DecodeLine(std::string_view line, size_t readable,
                                                          EventBatch* batch) {
  if (line.empty() || line == "\r" || IsOfNoInterest(line)) return LineResult::kTaken;
  const char* text = line.data();
  if (readable < line.size() + simdjson::SIMDJSON_PADDING) {
    padded_.assign(line);
    padded_.append(simdjson::SIMDJSON_PADDING, ' ');
    text = padded_.data();
  }
  simdjson::dom::object object;
  if (parser_.parse(text, line.size(), false).get_object().get(object) != simdjson::SUCCESS) {
    Skip(LineShape::kBadJson);
    return LineResult::kTaken;
  }
  return DecodeObject(object, batch);
}

std::string_view JoinReply(int64_t code, std::string_view enhanced, std::string_view text, TextArena* arena) {
  constexpr size_t kCodeBytes = 24;
  std::string* const block = arena->Reserve(kCodeBytes + enhanced.size() + 1 + text.size());
  const size_t begin = block->size();
  if (code != 0) {
    char digits[kCodeBytes];
    const auto end = std::to_chars(digits, digits + sizeof digits, code).ptr;
    block->append(digits, end);
    block->push_back(' ');
  }
  if (!enhanced.empty()) {
    block->append(enhanced);
    block->push_back(' ');
  }
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    block->push_back(text[i] == '\n' ? ' ' : text[i]);
  }
  if (block->size() > begin && block->back() == ' ') block->pop_back();
  return std::string_view(*block).substr(begin);
}

}  // namespace bouncewatch

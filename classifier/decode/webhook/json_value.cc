#include "classifier/decode/webhook/json_value.h"

#include <charconv>
#include <cmath>
#include <string>

namespace bouncewatch {
namespace {

template <typename T>
std::string_view Print(T number, TextArena* arena) {
  char text[32];
  const auto result = std::to_chars(text, text + sizeof text, number);
  return arena->Join({text, static_cast<size_t>(result.ptr - text)}, {});
}

}  // namespace

JsonValue JsonValue::Step(std::string_view step) const {
  simdjson::dom::element found;
  simdjson::dom::array array;
  if (element_.get_array().get(array) == simdjson::SUCCESS) {
    size_t index = 0;
    const auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
    if (error != std::errc() || end != step.data() + step.size()) return {};
    return array.at(index).get(found) == simdjson::SUCCESS ? JsonValue(found) : JsonValue();
  }
  return element_.at_key(step).get(found) == simdjson::SUCCESS ? JsonValue(found) : JsonValue();
}

JsonValue JsonValue::At(std::string_view path) const {
  JsonValue value = *this;
  while (value.exists_) {
    const size_t slash = path.find('/');
    value = value.Step(path.substr(0, slash));
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  return value;
}

JsonValue JsonValue::FirstMember() const {
  simdjson::dom::object object;
  if (!exists_ || element_.get_object().get(object) != simdjson::SUCCESS) return {};
  return object.begin() == object.end() ? JsonValue() : JsonValue((*object.begin()).value);
}

std::string_view JsonValue::Text() const {
  std::string_view text;
  return exists_ && element_.get_string().get(text) == simdjson::SUCCESS ? text : std::string_view();
}

std::string_view JsonValue::Scalar(TextArena* arena) const {
  if (!exists_) return {};
  switch (element_.type()) {
    case simdjson::dom::element_type::STRING:
      return Text();
    case simdjson::dom::element_type::INT64:
      return Print(int64_t(element_), arena);
    case simdjson::dom::element_type::UINT64:
      return Print(uint64_t(element_), arena);
    case simdjson::dom::element_type::DOUBLE: {
      char text[400];  // the longest double has 309 digits
      const double number = double(element_);
      const auto result = std::to_chars(text, text + sizeof text, number, std::chars_format::fixed);
      return arena->Join({text, static_cast<size_t>(result.ptr - text)}, {});
    }
    case simdjson::dom::element_type::BOOL:
      return bool(element_) ? "true" : "false";
    default:
      return {};
  }
}

std::string_view JsonValue::FirstScalar(TextArena* arena) const {
  return IsArray() ? Step("0").Scalar(arena) : Scalar(arena);
}

std::optional<int64_t> JsonValue::Integer() const {
  int64_t number = 0;
  if (!exists_) return {};
  if (element_.get_int64().get(number) == simdjson::SUCCESS) return number;
  double real = 0;
  if (element_.get_double().get(real) == simdjson::SUCCESS) {
    if (!(std::abs(real) < 1e15) || real != std::floor(real)) return {};
    return static_cast<int64_t>(real);
  }
  const std::string_view text = Text();
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || text.empty() || end != text.data() + text.size()) return {};
  return number;
}

bool JsonValue::IsTrue() const {
  bool value = false;
  if (exists_ && element_.get_bool().get(value) == simdjson::SUCCESS) return value;
  return Text() == "true" || Integer() == 1;
}

std::string_view JsonValue::Minified(TextArena* arena) const {
  return exists_ ? arena->Join(simdjson::minify(element_), {}) : std::string_view();
}

}  // namespace bouncewatch

// JsonValue: a value of a parsed JSON document, reached by a path, that may not be there.
//
//   value.At("delivery-status/mx-host").Text()
//
// Of keys that stand twice in one object the first counts. Lives as long as the parser's document. Internal
// to this folder: it brings simdjson with it.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string_view>

#include "classifier/decode/text_arena.h"

namespace bouncewatch {

class JsonValue {
 public:
  JsonValue() = default;  // nothing
  explicit JsonValue(simdjson::dom::element element) : element_(element), exists_(!element.is_null()) {}

  bool exists() const { return exists_; }  // and is not null
  bool IsObject() const { return exists_ && element_.is_object(); }
  bool IsArray() const { return exists_ && element_.is_array(); }

  // Steps are parted by '/'. A step into an array is a number: "0" is its first element.
  JsonValue At(std::string_view path) const;

  // The value of an object's first member.
  JsonValue FirstMember() const;

  // A string; empty for anything else.
  std::string_view Text() const;
  // A string, or a number or truth value as text; empty for anything else.
  std::string_view Scalar(TextArena* arena) const;
  // The same of the first element where it is an array.
  std::string_view FirstScalar(TextArena* arena) const;
  // A number or a number written as a string, without a fraction.
  std::optional<int64_t> Integer() const;
  // True, "true" or 1.
  bool IsTrue() const;

  // The value again as JSON, in the arena.
  std::string_view Minified(TextArena* arena) const;

  // Calls f(JsonValue) for each element of an array, for anything else that exists with the value itself.
  template <typename F>
  void ForEach(F f) const {
    simdjson::dom::array array;
    if (!exists_) return;
    if (element_.get_array().get(array) != simdjson::SUCCESS) return f(*this);
    for (const simdjson::dom::element element : array) f(JsonValue(element));
  }

 private:
  JsonValue Step(std::string_view step) const;

  simdjson::dom::element element_;
  bool exists_ = false;
};

}  // namespace bouncewatch

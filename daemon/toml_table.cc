#include "daemon/toml_table.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "absl/strings/str_format.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

template <typename T>
bool ParseWhole(std::string_view text, T* out) {
  const auto result = std::from_chars(text.data(), text.data() + text.size(), *out);
  return result.ec == std::errc() && result.ptr == text.data() + text.size();
}

}  // namespace

const char* TomlTable::Override(std::string_view key, std::string* variable) const {
  if (section_.empty()) return nullptr;
  *variable = absl::StrFormat("BOUNCEWATCH_%s_%s", section_, key);
  for (char& c : *variable) {
    if (IsLower(c)) c = static_cast<char>(c - 32);
  }
  return std::getenv(variable->c_str());
}

const toml::node* TomlTable::Take(std::string_view key) {
  taken_.emplace_back(key);
  return table_ == nullptr ? nullptr : table_->get(key);
}

void TomlTable::FailAt(const toml::node* node, std::string_view what) {
  if (!status_.ok()) return;
  if (node == nullptr) node = table_;
  const toml::source_position at = node == nullptr ? toml::source_position{1, 1} : node->source().begin;
  status_ = absl::InvalidArgumentError(absl::StrFormat("%s:%d:%d: %s", file_, at.line, at.column, what));
}

void TomlTable::Fail(std::string_view key, std::string_view what) {
  std::string variable;
  if (Override(key, &variable) != nullptr) return FailOverride(variable, what);
  FailAt(table_ == nullptr ? nullptr : table_->get(key), what);
}

void TomlTable::FailOverride(std::string_view variable, std::string_view what) {
  if (status_.ok())
    status_ = absl::InvalidArgumentError(absl::StrFormat("environment %s: %s", variable, what));
}

void TomlTable::Text(std::string_view key, std::string* out) {
  const toml::node* node = Take(key);
  std::string variable;
  if (const char* value = Override(key, &variable)) {
    *out = value;
  } else if (node != nullptr) {
    if (!node->is_string()) return FailAt(node, absl::StrFormat("\"%s\" must be a string", key));
    *out = node->as_string()->get();
  }
}

void TomlTable::Flag(std::string_view key, bool* out) {
  const toml::node* node = Take(key);
  std::string variable;
  if (const char* value = Override(key, &variable)) {
    const std::string_view text = value;
    if (text != "true" && text != "false") return FailOverride(variable, "must be true or false");
    *out = text == "true";
  } else if (node != nullptr) {
    if (!node->is_boolean()) return FailAt(node, absl::StrFormat("\"%s\" must be true or false", key));
    *out = node->as_boolean()->get();
  }
}

void TomlTable::Integer(std::string_view key, int64_t min, int64_t max, int* out) {
  const toml::node* node = Take(key);
  const std::string what = absl::StrFormat("\"%s\" must be a whole number from %d to %d", key, min, max);
  std::string variable;
  int64_t number = *out;
  if (const char* value = Override(key, &variable)) {
    if (!ParseWhole<int64_t>(value, &number)) return FailOverride(variable, what);
  } else if (node != nullptr) {
    if (!node->is_integer()) return FailAt(node, what);
    number = node->as_integer()->get();
  }
  if (number < min || number > max) return Fail(key, what);
  *out = static_cast<int>(number);
}

void TomlTable::Number(std::string_view key, double above, double* out) {
  const toml::node* node = Take(key);
  const std::string what = absl::StrFormat("\"%s\" must be a number greater than %g", key, above);
  std::string variable;
  double number = *out;
  if (const char* value = Override(key, &variable)) {
    if (!ParseWhole<double>(value, &number)) return FailOverride(variable, what);
  } else if (node != nullptr) {
    if (!node->is_number()) return FailAt(node, what);
    number = *node->value<double>();
  }
  if (!std::isfinite(number) || number <= above) return Fail(key, what);
  *out = number;
}

void TomlTable::Texts(std::string_view key, std::vector<std::string>* out) {
  const toml::node* node = Take(key);
  if (node == nullptr) return;
  const std::string what = absl::StrFormat("\"%s\" must be a list of strings", key);
  const toml::array* array = node->as_array();
  if (array == nullptr) return FailAt(node, what);
  out->clear();
  for (const toml::node& entry : *array) {
    if (!entry.is_string()) return FailAt(&entry, what);
    out->push_back(entry.as_string()->get());
  }
}

void TomlTable::Choice(std::string_view key, const std::vector<std::string_view>& names, size_t* out) {
  std::string text(names[*out]);
  Text(key, &text);
  const auto found = std::find(names.begin(), names.end(), text);
  if (found != names.end()) {
    *out = static_cast<size_t>(found - names.begin());
    return;
  }
  std::string all;
  for (const std::string_view name : names) {
    if (!all.empty()) all += ", ";
    all += name;
  }
  Fail(key, absl::StrFormat("\"%s\" is \"%s\"; it must be one of %s", key, text, all));
}

absl::Status TomlTable::Finish() {
  if (!status_.ok() || table_ == nullptr) return status_;
  for (const auto& [key, node] : *table_) {
    if (std::find(taken_.begin(), taken_.end(), key.str()) != taken_.end()) continue;
    const toml::source_position at = key.source().begin;
    return absl::InvalidArgumentError(
        absl::StrFormat("%s:%d:%d: unknown key \"%s\"", file_, at.line, at.column, key.str()));
  }
  return absl::OkStatus();
}

}  // namespace bouncewatch

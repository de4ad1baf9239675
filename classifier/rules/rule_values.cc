#include "classifier/rules/rule_values.h"

#include <optional>
#include <utility>

#include "absl/strings/str_format.h"
#include "classifier/event.h"
#include "classifier/rules/code_condition.h"
#include "classifier/rules/word.h"
#include "classifier/status_macros.h"
#include "classifier/taxonomy.h"

namespace bouncewatch {
namespace {

constexpr size_t kMaxStringBytes = 4 << 10;
constexpr int kMaxPriority = 100;

std::optional<Phase> FindPhase(std::string_view name) {
  for (int i = 1; i < kPhaseCount; ++i) {
    if (PhaseName(static_cast<Phase>(i)) == name) return static_cast<Phase>(i);
  }
  return std::nullopt;
}

}  // namespace

absl::Status RuleValues::Fail(const RuleLocation& location, std::string_view what) const {
  return absl::InvalidArgumentError(absl::StrFormat("%s: %s", location.ToString(), what));
}

absl::Status RuleValues::Text(std::string_view key, const toml::node& node, std::string* out) const {
  const toml::value<std::string>* value = node.as_string();
  if (value == nullptr) return Fail(node, absl::StrFormat("\"%s\" must be a string", key));
  if (value->get().empty()) return Fail(node, absl::StrFormat("\"%s\" is empty", key));
  if (value->get().size() > kMaxStringBytes) {
    return Fail(node, absl::StrFormat("\"%s\" is longer than %d bytes", key, kMaxStringBytes));
  }
  *out = value->get();
  return absl::OkStatus();
}

absl::Status RuleValues::List(std::string_view key, const toml::node& node,
                              std::vector<std::string>* out) const {
  if (const toml::array* array = node.as_array()) {
    for (const toml::node& element : *array) {
      RETURN_IF_ERROR(Text(key, element, &out->emplace_back()));
    }
    return absl::OkStatus();
  }
  if (!node.is_string())
    return Fail(node, absl::StrFormat("\"%s\" must be a string or a list of strings", key));
  return Text(key, node, &out->emplace_back());
}

absl::Status RuleValues::Words(std::string_view key, const toml::node& node,
                               std::vector<std::string>* out) const {
  RETURN_IF_ERROR(List(key, node, out));
  for (const std::string& written : *out) {
    if (ParseWord(Word::Kind::kPhrase, written).text.empty()) {
      return Fail(node, absl::StrFormat("\"%s\" in \"%s\" would match anything", written, key));
    }
  }
  return absl::OkStatus();
}

absl::Status RuleValues::Date(std::string_view key, const toml::node& node, std::string* out) const {
  const toml::value<toml::date>* value = node.as_date();
  if (value == nullptr) return Fail(node, absl::StrFormat("\"%s\" must be a date like 2026-01-31", key));
  const toml::date& date = value->get();
  *out = absl::StrFormat("%04d-%02d-%02d", int{date.year}, int{date.month}, int{date.day});
  return absl::OkStatus();
}

absl::Status RuleValues::Codes(const toml::node& node, std::vector<CodeCondition>* out) const {
  std::vector<std::string> texts;
  RETURN_IF_ERROR(List("codes", node, &texts));
  for (const std::string& text : texts) {
    const std::optional<CodeCondition> condition = ParseCodeCondition(text);
    if (!condition) return Fail(node, absl::StrFormat("\"%s\" is no code pattern like \"550 5.7.1\"", text));
    out->push_back(*condition);
  }
  return absl::OkStatus();
}

absl::Status RuleValues::Phases(const toml::node& node, std::vector<Phase>* out) const {
  std::vector<std::string> names;
  RETURN_IF_ERROR(List("phase", node, &names));
  for (const std::string& name : names) {
    const std::optional<Phase> phase = FindPhase(name);
    if (!phase) return Fail(node, absl::StrFormat("unknown phase \"%s\"", name));
    out->push_back(*phase);
  }
  return absl::OkStatus();
}

absl::Status RuleValues::CauseId(const toml::node& node, CauseIndex* out) const {
  std::string id;
  RETURN_IF_ERROR(Text("cause", node, &id));
  const std::optional<CauseIndex> cause = FindCause(id);
  if (!cause) return Fail(node, absl::StrFormat("unknown cause \"%s\"", id));
  *out = *cause;
  return absl::OkStatus();
}

absl::Status RuleValues::Priority(const toml::node& node, int* out) const {
  const toml::value<int64_t>* value = node.as_integer();
  if (value == nullptr || value->get() < -kMaxPriority || value->get() > kMaxPriority) {
    return Fail(node,
                absl::StrFormat("\"priority\" must be a number from %d to %d", -kMaxPriority, kMaxPriority));
  }
  *out = static_cast<int>(value->get());
  return absl::OkStatus();
}

absl::Status RuleValues::Extracts(const toml::node& node, std::vector<Extract>* out) const {
  const toml::table* table = node.as_table();
  if (table == nullptr) return Fail(node, "\"extract\" must be a table of expressions");
  for (const auto& [key, value] : *table) {
    const std::optional<IdentityKind> kind = FindIdentityKind(key.str());
    if (!kind.has_value()) return Fail(value, absl::StrFormat("\"%s\" is no kind of identity", key.str()));
    std::vector<std::string> patterns;
    RETURN_IF_ERROR(List(key.str(), value, &patterns));
    for (std::string& pattern : patterns) out->push_back({*kind, std::move(pattern), Locate(value)});
  }
  return absl::OkStatus();
}

}  // namespace bouncewatch

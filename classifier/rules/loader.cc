#include "classifier/rules/loader.h"

#include <toml++/toml.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "classifier/rules/rule_values.h"
#include "classifier/status_macros.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

constexpr size_t kMaxFileBytes = 4 << 20;
constexpr size_t kMaxEntries = 20'000;  // of each kind, all files together

constexpr struct {
  std::string_view key;
  std::string Rule::*field;
} kTextKeys[] = {{"id", &Rule::id}, {"regex", &Rule::regex}, {"remedy", &Rule::remedy}, {"url", &Rule::url}};

constexpr struct {
  std::string_view key;
  std::string Rule::*field;
} kDateKeys[] = {{"since", &Rule::since}, {"checked", &Rule::checked}};

constexpr struct {
  std::string_view key;
  std::vector<std::string> Rule::*field;
} kListKeys[] = {{"provider", &Rule::providers}, {"match", &Rule::match}, {"nomatch", &Rule::nomatch}};

constexpr struct {
  std::string_view key;
  std::vector<std::string> Rule::*field;
} kWordKeys[] = {{"token", &Rule::tokens},
                 {"list", &Rule::lists},
                 {"any", &Rule::any},
                 {"all", &Rule::all},
                 {"none", &Rule::none}};

// "[a-z0-9][a-z0-9.-]*", for rule ids and provider names.
bool IsName(std::string_view text) {
  const auto is_plain = [](char c) { return IsLower(c) || IsDigit(c); };
  return !text.empty() && is_plain(text[0]) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return is_plain(c) || c == '.' || c == '-'; });
}

bool IsHostPattern(std::string_view text) {
  if (!text.empty() && text[0] == '.') text.remove_prefix(1);
  return !text.empty() && text[0] != '.' && std::all_of(text.begin(), text.end(), [](char c) {
    return IsAlnum(c) || c == '.' || c == '-' || c == '_';
  });
}

// Appends what one file says to a RuleFileContent.
class FileReader {
 public:
  FileReader(std::string_view file_name, RuleFileContent* content) : values_(file_name), content_(content) {}

  absl::Status Read(std::string_view text);

 private:
  absl::Status ReadEntries(std::string_view key, const toml::node& node);
  absl::Status ReadDisable(const toml::node& node);
  absl::Status ReadRule(const toml::table& table);
  absl::Status ReadRuleKey(std::string_view key, const toml::node& node, Rule* rule);
  absl::Status CheckRule(const toml::table& table, const Rule& rule);
  absl::Status ReadProvider(const toml::table& table);
  absl::Status ReadFingerprint(const toml::table& table);

  absl::Status UnknownKey(std::string_view key, const toml::node& node) const {
    return values_.Fail(node, absl::StrFormat("unknown key \"%s\"", key));
  }

  RuleValues values_;
  RuleFileContent* content_;
};

absl::Status FileReader::Read(std::string_view text) {
  if (text.size() > kMaxFileBytes) {
    return values_.Fail(values_.Locate(toml::source_position{1, 1}),
                        absl::StrFormat("file is larger than %d bytes", kMaxFileBytes));
  }
  toml::table root;
  try {
    root = toml::parse(text);
  } catch (const toml::parse_error& error) {
    return values_.Fail(values_.Locate(error.source().begin), error.description());
  }
  for (const auto& [key, node] : root) RETURN_IF_ERROR(ReadEntries(key.str(), node));
  return absl::OkStatus();
}

absl::Status FileReader::ReadEntries(std::string_view key, const toml::node& node) {
  if (key == "disable") return ReadDisable(node);
  absl::Status (FileReader::*read)(const toml::table&) = nullptr;
  if (key == "rule") read = &FileReader::ReadRule;
  if (key == "provider") read = &FileReader::ReadProvider;
  if (key == "fingerprint") read = &FileReader::ReadFingerprint;
  if (read == nullptr) return UnknownKey(key, node);
  const toml::array* entries = node.as_array();
  if (entries == nullptr) return values_.Fail(node, absl::StrFormat("must be written [[%s]]", key));
  for (const toml::node& entry : *entries) {
    const toml::table* table = entry.as_table();
    if (table == nullptr) return values_.Fail(entry, absl::StrFormat("must be written [[%s]]", key));
    if (std::max({content_->rules.size(), content_->providers.size(), content_->fingerprints.size()}) >=
        kMaxEntries) {
      return values_.Fail(entry, absl::StrFormat("more than %d entries", kMaxEntries));
    }
    RETURN_IF_ERROR((this->*read)(*table));
  }
  return absl::OkStatus();
}

absl::Status FileReader::ReadDisable(const toml::node& node) {
  std::vector<std::string> ids;
  RETURN_IF_ERROR(values_.List("disable", node, &ids));
  for (const std::string& id : ids) {
    if (!IsName(id)) return values_.Fail(node, absl::StrFormat("\"%s\" is no rule id", id));
    if (content_->disabled.size() >= kMaxEntries) {
      return values_.Fail(node, absl::StrFormat("more than %d disabled rules", kMaxEntries));
    }
    content_->disabled.push_back({id, values_.Locate(node)});
  }
  return absl::OkStatus();
}

absl::Status FileReader::ReadRule(const toml::table& table) {
  Rule rule;
  rule.location = values_.Locate(table);
  for (const auto& [key, node] : table) RETURN_IF_ERROR(ReadRuleKey(key.str(), node, &rule));
  RETURN_IF_ERROR(CheckRule(table, rule));
  content_->rules.push_back(std::move(rule));
  return absl::OkStatus();
}

absl::Status FileReader::ReadRuleKey(std::string_view key, const toml::node& node, Rule* rule) {
  for (const auto& text : kTextKeys) {
    if (key == text.key) return values_.Text(key, node, &(rule->*text.field));
  }
  for (const auto& date : kDateKeys) {
    if (key == date.key) return values_.Date(key, node, &(rule->*date.field));
  }
  for (const auto& list : kListKeys) {
    if (key == list.key) return values_.List(key, node, &(rule->*list.field));
  }
  for (const auto& words : kWordKeys) {
    if (key == words.key) return values_.Words(key, node, &(rule->*words.field));
  }
  if (key == "codes") return values_.Codes(node, &rule->codes);
  if (key == "phase") return values_.Phases(node, &rule->phases);
  if (key == "cause") return values_.CauseId(node, &rule->cause);
  if (key == "extract") return values_.Extracts(node, &rule->extracts);
  if (key == "priority") return values_.Priority(node, &rule->priority);
  return UnknownKey(key, node);
}

// What concerns the rule as a whole.
absl::Status FileReader::CheckRule(const toml::table& table, const Rule& rule) {
  if (!table.contains("id")) return values_.Fail(table, "rule without id");
  if (!IsName(rule.id)) {
    return values_.Fail(*table.get("id"),
                        absl::StrFormat("id \"%s\" must be like [a-z0-9][a-z0-9.-]*", rule.id));
  }
  if (!table.contains("cause"))
    return values_.Fail(table, absl::StrFormat("rule \"%s\" has no cause", rule.id));
  if (rule.regex.find('\0') != std::string::npos)
    return values_.Fail(*table.get("regex"), "regex contains a zero byte");
  for (const std::string& provider : rule.providers) {
    if (!IsName(provider)) {
      return values_.Fail(*table.get("provider"), absl::StrFormat("\"%s\" is no provider name", provider));
    }
  }
  // A provider alone would claim everything it ever says, and `none` alone nearly everything there is.
  if (rule.specificity() == Specificity::kCode && rule.codes.empty() && rule.phases.empty()) {
    return values_.Fail(table,
                        absl::StrFormat("rule \"%s\" has no condition on codes, phase or words", rule.id));
  }
  return absl::OkStatus();
}

absl::Status FileReader::ReadProvider(const toml::table& table) {
  ProviderPatterns provider;
  provider.location = values_.Locate(table);
  for (const auto& [key, node] : table) {
    if (key.str() == "name") {
      RETURN_IF_ERROR(values_.Text(key.str(), node, &provider.provider));
    } else if (key.str() == "mx") {
      RETURN_IF_ERROR(values_.List(key.str(), node, &provider.mx));
    } else {
      return UnknownKey(key.str(), node);
    }
  }
  if (!IsName(provider.provider))
    return values_.Fail(table, "provider needs a name like [a-z0-9][a-z0-9.-]*");
  for (const std::string& pattern : provider.mx) {
    if (!IsHostPattern(pattern))
      return values_.Fail(table, absl::StrFormat("mx \"%s\" is no host pattern", pattern));
  }
  content_->providers.push_back(std::move(provider));
  return absl::OkStatus();
}

absl::Status FileReader::ReadFingerprint(const toml::table& table) {
  ProviderFingerprint fingerprint;
  fingerprint.location = values_.Locate(table);
  for (const auto& [key, node] : table) {
    if (key.str() == "provider") {
      RETURN_IF_ERROR(values_.Text(key.str(), node, &fingerprint.provider));
    } else if (key.str() == "any") {
      RETURN_IF_ERROR(values_.Words(key.str(), node, &fingerprint.any));
    } else {
      return UnknownKey(key.str(), node);
    }
  }
  if (!IsName(fingerprint.provider)) return values_.Fail(table, "fingerprint needs a provider");
  if (fingerprint.any.empty()) return values_.Fail(table, "fingerprint needs phrases in \"any\"");
  content_->fingerprints.push_back(std::move(fingerprint));
  return absl::OkStatus();
}

absl::Status CheckUniqueIds(const RuleFileContent& content) {
  StringMap<const Rule*> first_by_id;
  for (const Rule& rule : content.rules) {
    const auto [it, inserted] = first_by_id.try_emplace(rule.id, &rule);
    if (!inserted) {
      return absl::InvalidArgumentError(absl::StrFormat("%s: rule id \"%s\" is already used at %s",
                                                        rule.location.ToString(), rule.id,
                                                        it->second->location.ToString()));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<RuleFileContent> ParseRuleFile(std::string_view text, std::string_view file_name) {
  RuleFileContent content;
  RETURN_IF_ERROR(FileReader(file_name, &content).Read(text));
  RETURN_IF_ERROR(CheckUniqueIds(content));
  return content;
}

absl::StatusOr<RuleFileContent> ParseRuleFiles(std::span<const EmbeddedFile> files) {
  RuleFileContent content;
  for (const EmbeddedFile& file : files) RETURN_IF_ERROR(FileReader(file.name, &content).Read(file.text()));
  RETURN_IF_ERROR(CheckUniqueIds(content));
  return content;
}

}  // namespace bouncewatch

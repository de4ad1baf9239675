#include "classifier/rules/loader.h"

#include <toml++/toml.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "classifier/event.h"
#include "classifier/rules/code_condition.h"
#include "classifier/rules/word.h"
#include "classifier/status_macros.h"
#include "classifier/taxonomy.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

constexpr size_t kMaxFileBytes = 4 << 20;
constexpr size_t kMaxStringBytes = 4 << 10;
constexpr size_t kMaxEntries = 20'000;  // of each kind, all files together
constexpr int kMaxPriority = 100;

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

std::optional<Phase> FindPhase(std::string_view name) {
  for (int i = 1; i < kPhaseCount; ++i) {
    if (PhaseName(static_cast<Phase>(i)) == name) return static_cast<Phase>(i);
  }
  return std::nullopt;
}

// Appends what one file says to a RuleFileContent.
class FileReader {
 public:
  FileReader(std::string_view file_name, RuleFileContent* content) : file_(file_name), content_(content) {}

  absl::Status Read(std::string_view text);

 private:
  absl::Status ReadEntries(std::string_view key, const toml::node& node);
  absl::Status ReadRule(const toml::table& table);
  absl::Status ReadRuleKey(std::string_view key, const toml::node& node, Rule* rule);
  absl::Status CheckRule(const toml::table& table, const Rule& rule);
  absl::Status ReadProvider(const toml::table& table);
  absl::Status ReadFingerprint(const toml::table& table);

  absl::Status ReadText(std::string_view key, const toml::node& node, std::string* out);
  absl::Status ReadList(std::string_view key, const toml::node& node, std::vector<std::string>* out);
  absl::Status ReadWords(std::string_view key, const toml::node& node, std::vector<std::string>* out);
  absl::Status ReadDate(std::string_view key, const toml::node& node, std::string* out);
  absl::Status ReadCodes(const toml::node& node, std::vector<CodeCondition>* out);
  absl::Status ReadPhases(const toml::node& node, std::vector<Phase>* out);
  absl::Status ReadCause(const toml::node& node, CauseIndex* out);
  absl::Status ReadPriority(const toml::node& node, int* out);

  RuleLocation Locate(const toml::source_position& position) const {
    return {file_, static_cast<int>(position.line), static_cast<int>(position.column)};
  }
  RuleLocation Locate(const toml::node& node) const { return Locate(node.source().begin); }
  absl::Status Fail(const toml::node& node, std::string_view what) const { return Fail(Locate(node), what); }
  absl::Status Fail(const RuleLocation& location, std::string_view what) const {
    return absl::InvalidArgumentError(absl::StrFormat("%s: %s", location.ToString(), what));
  }
  absl::Status UnknownKey(std::string_view key, const toml::node& node) const {
    return Fail(node, absl::StrFormat("unknown key \"%s\"", key));
  }

  std::string file_;
  RuleFileContent* content_;
};

absl::Status FileReader::Read(std::string_view text) {
  if (text.size() > kMaxFileBytes) {
    return Fail(RuleLocation{file_, 1, 1}, absl::StrFormat("file is larger than %d bytes", kMaxFileBytes));
  }
  toml::table root;
  try {
    root = toml::parse(text);
  } catch (const toml::parse_error& error) {
    return Fail(Locate(error.source().begin), error.description());
  }
  for (const auto& [key, node] : root) RETURN_IF_ERROR(ReadEntries(key.str(), node));
  return absl::OkStatus();
}

absl::Status FileReader::ReadEntries(std::string_view key, const toml::node& node) {
  absl::Status (FileReader::*read)(const toml::table&) = nullptr;
  if (key == "rule") read = &FileReader::ReadRule;
  if (key == "provider") read = &FileReader::ReadProvider;
  if (key == "fingerprint") read = &FileReader::ReadFingerprint;
  if (read == nullptr) return UnknownKey(key, node);
  const toml::array* entries = node.as_array();
  if (entries == nullptr) return Fail(node, absl::StrFormat("must be written [[%s]]", key));
  for (const toml::node& entry : *entries) {
    const toml::table* table = entry.as_table();
    if (table == nullptr) return Fail(entry, absl::StrFormat("must be written [[%s]]", key));
    if (std::max({content_->rules.size(), content_->providers.size(), content_->fingerprints.size()}) >=
        kMaxEntries) {
      return Fail(entry, absl::StrFormat("more than %d entries", kMaxEntries));
    }
    RETURN_IF_ERROR((this->*read)(*table));
  }
  return absl::OkStatus();
}

absl::Status FileReader::ReadRule(const toml::table& table) {
  Rule rule;
  rule.location = Locate(table);
  for (const auto& [key, node] : table) RETURN_IF_ERROR(ReadRuleKey(key.str(), node, &rule));
  RETURN_IF_ERROR(CheckRule(table, rule));
  content_->rules.push_back(std::move(rule));
  return absl::OkStatus();
}

absl::Status FileReader::ReadRuleKey(std::string_view key, const toml::node& node, Rule* rule) {
  for (const auto& text : kTextKeys) {
    if (key == text.key) return ReadText(key, node, &(rule->*text.field));
  }
  for (const auto& date : kDateKeys) {
    if (key == date.key) return ReadDate(key, node, &(rule->*date.field));
  }
  for (const auto& list : kListKeys) {
    if (key == list.key) return ReadList(key, node, &(rule->*list.field));
  }
  for (const auto& words : kWordKeys) {
    if (key == words.key) return ReadWords(key, node, &(rule->*words.field));
  }
  if (key == "codes") return ReadCodes(node, &rule->codes);
  if (key == "phase") return ReadPhases(node, &rule->phases);
  if (key == "cause") return ReadCause(node, &rule->cause);
  if (key == "priority") return ReadPriority(node, &rule->priority);
  return UnknownKey(key, node);
}

// What concerns the rule as a whole.
absl::Status FileReader::CheckRule(const toml::table& table, const Rule& rule) {
  if (!table.contains("id")) return Fail(table, "rule without id");
  if (!IsName(rule.id)) {
    return Fail(*table.get("id"), absl::StrFormat("id \"%s\" must be like [a-z0-9][a-z0-9.-]*", rule.id));
  }
  if (!table.contains("cause")) return Fail(table, absl::StrFormat("rule \"%s\" has no cause", rule.id));
  if (rule.regex.find('\0') != std::string::npos)
    return Fail(*table.get("regex"), "regex contains a zero byte");
  for (const std::string& provider : rule.providers) {
    if (!IsName(provider)) {
      return Fail(*table.get("provider"), absl::StrFormat("\"%s\" is no provider name", provider));
    }
  }
  // A provider alone would claim everything it ever says, and `none` alone nearly everything there is.
  if (rule.specificity() == Specificity::kCode && rule.codes.empty() && rule.phases.empty()) {
    return Fail(table, absl::StrFormat("rule \"%s\" has no condition on codes, phase or words", rule.id));
  }
  return absl::OkStatus();
}

absl::Status FileReader::ReadProvider(const toml::table& table) {
  ProviderPatterns provider;
  provider.location = Locate(table);
  for (const auto& [key, node] : table) {
    if (key.str() == "name") {
      RETURN_IF_ERROR(ReadText(key.str(), node, &provider.provider));
    } else if (key.str() == "mx") {
      RETURN_IF_ERROR(ReadList(key.str(), node, &provider.mx));
    } else {
      return UnknownKey(key.str(), node);
    }
  }
  if (!IsName(provider.provider)) return Fail(table, "provider needs a name like [a-z0-9][a-z0-9.-]*");
  for (const std::string& pattern : provider.mx) {
    if (!IsHostPattern(pattern)) return Fail(table, absl::StrFormat("mx \"%s\" is no host pattern", pattern));
  }
  content_->providers.push_back(std::move(provider));
  return absl::OkStatus();
}

absl::Status FileReader::ReadFingerprint(const toml::table& table) {
  ProviderFingerprint fingerprint;
  fingerprint.location = Locate(table);
  for (const auto& [key, node] : table) {
    if (key.str() == "provider") {
      RETURN_IF_ERROR(ReadText(key.str(), node, &fingerprint.provider));
    } else if (key.str() == "any") {
      RETURN_IF_ERROR(ReadWords(key.str(), node, &fingerprint.any));
    } else {
      return UnknownKey(key.str(), node);
    }
  }
  if (!IsName(fingerprint.provider)) return Fail(table, "fingerprint needs a provider");
  if (fingerprint.any.empty()) return Fail(table, "fingerprint needs phrases in \"any\"");
  content_->fingerprints.push_back(std::move(fingerprint));
  return absl::OkStatus();
}

absl::Status FileReader::ReadText(std::string_view key, const toml::node& node, std::string* out) {
  const toml::value<std::string>* value = node.as_string();
  if (value == nullptr) return Fail(node, absl::StrFormat("\"%s\" must be a string", key));
  if (value->get().empty()) return Fail(node, absl::StrFormat("\"%s\" is empty", key));
  if (value->get().size() > kMaxStringBytes) {
    return Fail(node, absl::StrFormat("\"%s\" is longer than %d bytes", key, kMaxStringBytes));
  }
  *out = value->get();
  return absl::OkStatus();
}

// One string, or an array of strings.
absl::Status FileReader::ReadList(std::string_view key, const toml::node& node,
                                  std::vector<std::string>* out) {
  if (const toml::array* array = node.as_array()) {
    for (const toml::node& element : *array) {
      RETURN_IF_ERROR(ReadText(key, element, &out->emplace_back()));
    }
    return absl::OkStatus();
  }
  if (!node.is_string())
    return Fail(node, absl::StrFormat("\"%s\" must be a string or a list of strings", key));
  return ReadText(key, node, &out->emplace_back());
}

absl::Status FileReader::ReadWords(std::string_view key, const toml::node& node,
                                   std::vector<std::string>* out) {
  RETURN_IF_ERROR(ReadList(key, node, out));
  for (const std::string& written : *out) {
    if (ParseWord(Word::Kind::kPhrase, written).text.empty()) {
      return Fail(node, absl::StrFormat("\"%s\" in \"%s\" would match anything", written, key));
    }
  }
  return absl::OkStatus();
}

absl::Status FileReader::ReadDate(std::string_view key, const toml::node& node, std::string* out) {
  const toml::value<toml::date>* value = node.as_date();
  if (value == nullptr) return Fail(node, absl::StrFormat("\"%s\" must be a date like 2026-01-31", key));
  const toml::date& date = value->get();
  *out = absl::StrFormat("%04d-%02d-%02d", int{date.year}, int{date.month}, int{date.day});
  return absl::OkStatus();
}

absl::Status FileReader::ReadCodes(const toml::node& node, std::vector<CodeCondition>* out) {
  std::vector<std::string> texts;
  RETURN_IF_ERROR(ReadList("codes", node, &texts));
  for (const std::string& text : texts) {
    const std::optional<CodeCondition> condition = ParseCodeCondition(text);
    if (!condition) return Fail(node, absl::StrFormat("\"%s\" is no code pattern like \"550 5.7.1\"", text));
    out->push_back(*condition);
  }
  return absl::OkStatus();
}

absl::Status FileReader::ReadPhases(const toml::node& node, std::vector<Phase>* out) {
  std::vector<std::string> names;
  RETURN_IF_ERROR(ReadList("phase", node, &names));
  for (const std::string& name : names) {
    const std::optional<Phase> phase = FindPhase(name);
    if (!phase) return Fail(node, absl::StrFormat("unknown phase \"%s\"", name));
    out->push_back(*phase);
  }
  return absl::OkStatus();
}

absl::Status FileReader::ReadCause(const toml::node& node, CauseIndex* out) {
  std::string id;
  RETURN_IF_ERROR(ReadText("cause", node, &id));
  const std::optional<CauseIndex> cause = FindCause(id);
  if (!cause) return Fail(node, absl::StrFormat("unknown cause \"%s\"", id));
  *out = *cause;
  return absl::OkStatus();
}

absl::Status FileReader::ReadPriority(const toml::node& node, int* out) {
  const toml::value<int64_t>* value = node.as_integer();
  if (value == nullptr || value->get() < -kMaxPriority || value->get() > kMaxPriority) {
    return Fail(node,
                absl::StrFormat("\"priority\" must be a number from %d to %d", -kMaxPriority, kMaxPriority));
  }
  *out = static_cast<int>(value->get());
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

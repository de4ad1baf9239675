#include "classifier/rules/remedies.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_format.h"
#include "classifier/embedded_file.h"
#include "classifier/rules/rule_values.h"
#include "classifier/status_macros.h"

namespace bouncewatch {
namespace {

constexpr size_t kMaxFileBytes = 1 << 20;

// A postmaster there can do nothing about our own relay, our own MTA, or an address that does not exist.
bool CanReceiverHelp(const Cause& cause) {
  switch (cause.scope) {
    case Scope::kIp:
    case Scope::kSendingDomain:
    case Scope::kMessage:
    case Scope::kRemote:
    case Scope::kUnknown:
      return cause.category != "queue" && cause.category != "unknown";
    case Scope::kRecipient:
    case Scope::kPath:
    case Scope::kLocal:
    case Scope::kNone:
      return false;
  }
  __builtin_unreachable();
}

}  // namespace

class RemedyReader {
 public:
  RemedyReader(std::string_view file_name, Remedies* remedies) : values_(file_name), remedies_(remedies) {}

  absl::Status Read(std::string_view text);

 private:
  struct Entry {
    std::vector<std::string> causes, providers;
    Remedy remedy;
  };
  absl::Status ReadEntries(std::string_view key, const toml::node& node);
  absl::Status ReadEntry(const toml::table& table, Entry* entry);
  absl::Status AddRemedy(const toml::table& table, const Entry& entry);
  absl::Status AddContact(const toml::table& table, const Entry& entry);

  RuleValues values_;
  Remedies* remedies_;
};

absl::Status RemedyReader::Read(std::string_view text) {
  if (text.size() > kMaxFileBytes) return absl::InvalidArgumentError("the file of remedies is too large");
  toml::table root;
  try {
    root = toml::parse(text);
  } catch (const toml::parse_error& error) {
    return values_.Fail(values_.Locate(error.source().begin), error.description());
  }
  for (const auto& [key, node] : root) RETURN_IF_ERROR(ReadEntries(key.str(), node));
  return absl::OkStatus();
}

absl::Status RemedyReader::ReadEntries(std::string_view key, const toml::node& node) {
  const toml::array* entries = node.as_array();
  if ((key != "remedy" && key != "contact") || entries == nullptr) {
    return values_.Fail(node, absl::StrFormat("\"%s\" is neither [[remedy]] nor [[contact]]", key));
  }
  for (const toml::node& element : *entries) {
    const toml::table* table = element.as_table();
    if (table == nullptr) return values_.Fail(element, absl::StrFormat("must be written [[%s]]", key));
    Entry entry;
    RETURN_IF_ERROR(ReadEntry(*table, &entry));
    RETURN_IF_ERROR(key == "remedy" ? AddRemedy(*table, entry) : AddContact(*table, entry));
  }
  return absl::OkStatus();
}

absl::Status RemedyReader::ReadEntry(const toml::table& table, Entry* entry) {
  for (const auto& [name, node] : table) {
    const std::string_view key = name.str();
    if (key == "cause") {
      RETURN_IF_ERROR(values_.List(key, node, &entry->causes));
    } else if (key == "provider") {
      RETURN_IF_ERROR(values_.List(key, node, &entry->providers));
    } else if (key == "text") {
      RETURN_IF_ERROR(values_.Text(key, node, &entry->remedy.text));
    } else if (key == "url") {
      RETURN_IF_ERROR(values_.Text(key, node, &entry->remedy.url));
    } else if (key == "contact") {
      RETURN_IF_ERROR(values_.Text(key, node, &entry->remedy.contact));
    } else if (key == "checked") {
      RETURN_IF_ERROR(values_.Date(key, node, &entry->remedy.checked));
    } else {
      return values_.Fail(node, absl::StrFormat("unknown key \"%s\"", key));
    }
  }
  return absl::OkStatus();
}

absl::Status RemedyReader::AddRemedy(const toml::table& table, const Entry& entry) {
  if (entry.causes.empty()) return values_.Fail(table, "remedy without cause");
  if (entry.providers.empty() && entry.remedy.text.empty()) return values_.Fail(table, "remedy without text");
  const std::vector<std::string> everywhere = {""};
  for (const std::string& id : entry.causes) {
    const std::optional<CauseIndex> cause = FindCause(id);
    if (!cause.has_value()) return values_.Fail(table, absl::StrFormat("unknown cause \"%s\"", id));
    for (const std::string& provider : entry.providers.empty() ? everywhere : entry.providers) {
      if (!remedies_->remedies_.try_emplace({*cause, provider}, entry.remedy).second) {
        return values_.Fail(table, absl::StrFormat("a second remedy for \"%s\" \"%s\"", id, provider));
      }
    }
  }
  return absl::OkStatus();
}

absl::Status RemedyReader::AddContact(const toml::table& table, const Entry& entry) {
  if (entry.providers.empty() || !entry.causes.empty() || !entry.remedy.text.empty()) {
    return values_.Fail(table, "a contact has a provider, and neither cause nor text");
  }
  if (entry.remedy.url.empty() && entry.remedy.contact.empty()) {
    return values_.Fail(table, "a contact has a url or a contact");
  }
  for (const std::string& provider : entry.providers) {
    if (!remedies_->contacts_.try_emplace(provider, entry.remedy).second) {
      return values_.Fail(table, absl::StrFormat("a second contact of \"%s\"", provider));
    }
  }
  return absl::OkStatus();
}

int RemedyStep(const Cause& cause) {
  constexpr std::pair<std::string_view, int> kSteps[] = {
      {"auth", 1},       {"identity", 1}, {"tls", 1},      {"blocklist", 2},
      {"reputation", 3}, {"rate", 3},     {"greylist", 3}, {"content", 4},
  };
  const auto* step = std::find_if(std::begin(kSteps), std::end(kSteps),
                                  [&](const auto& entry) { return entry.first == cause.category; });
  return step == std::end(kSteps) ? 5 : step->second;
}

absl::StatusOr<Remedies> Remedies::Parse(std::string_view text, std::string_view file_name) {
  Remedies remedies;
  RETURN_IF_ERROR(RemedyReader(file_name, &remedies).Read(text));
  return remedies;
}

absl::StatusOr<Remedies> Remedies::Shipped() {
  const EmbeddedFile& file = EmbeddedRemedyFile().front();
  return Parse(file.text(), file.name);
}

Remedy Remedies::Find(CauseIndex cause, std::string_view provider) const {
  const auto find = [&](std::string_view name) -> const Remedy* {
    const auto it = remedies_.find(std::pair<CauseIndex, std::string>(cause, name));
    return it == remedies_.end() ? nullptr : &it->second;
  };
  Remedy result;
  if (const Remedy* general = find("")) result = *general;
  if (const Remedy* own = provider.empty() ? nullptr : find(provider)) {
    if (!own->text.empty()) result.text = own->text;
    result.url = own->url;
    result.contact = own->contact;
    result.checked = own->checked;
  }
  if (!result.url.empty() || !result.contact.empty() || !CanReceiverHelp(Causes()[cause])) return result;
  if (const auto contact = contacts_.find(provider); contact != contacts_.end()) {
    result.url = contact->second.url;
    result.contact = contact->second.contact;
    result.checked = contact->second.checked;
  }
  return result;
}

std::vector<std::string> Remedies::Providers() const {
  std::vector<std::string> names;
  for (const auto& [key, remedy] : remedies_) {
    if (!key.second.empty()) names.push_back(key.second);
  }
  for (const auto& [provider, contact] : contacts_) names.push_back(provider);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace bouncewatch

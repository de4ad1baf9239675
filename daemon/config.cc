#include "daemon/config.h"

#include <arpa/inet.h>
#include <sys/stat.h>
#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>

#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "classifier/decode/formats.h"
#include "classifier/decode/halon.h"
#include "classifier/status_macros.h"
#include "classifier/text.h"
#include "daemon/toml_table.h"

namespace bouncewatch {
namespace {

constexpr size_t kMaxFileBytes = 4 << 20;
constexpr size_t kMaxSources = 256;

const std::vector<std::string_view> kKinds = {"file", "journal", "stdin", "webhook"};
const std::vector<std::string_view> kStartAt = {"beginning", "end"};
const std::vector<std::string_view> kAuth = {"none", "signature", "basic", "bearer", "header"};

// "auto" is the first: the default.
std::vector<std::string_view> FormatNames() {
  std::vector<std::string_view> names = {"auto"};
  for (const Format& format : Formats()) names.push_back(format.name);
  return names;
}

bool IsSourceName(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return IsLower(c) || IsDigit(c) || c == '_' || c == '-';
  });
}

// "192.0.2.1", "192.0.2.0/28", "2001:db8::/32".
bool IsNetwork(const std::string& text) {
  const size_t slash = text.find('/');
  const std::string address = text.substr(0, slash);
  unsigned char bytes[16];
  const bool is_v4 = ::inet_pton(AF_INET, address.c_str(), bytes) == 1;
  if (!is_v4 && ::inet_pton(AF_INET6, address.c_str(), bytes) != 1) return false;
  if (slash == std::string::npos) return true;
  int length = -1;
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data() + slash + 1, end, length);
  return result.ec == std::errc() && result.ptr == end && length >= 0 && length <= (is_v4 ? 32 : 128);
}

// "127.0.0.1:9899", "[::1]:9899".
bool IsListenAddress(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return false;
  std::string host(text.substr(0, colon));
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  unsigned char bytes[16];
  int port = -1;
  const std::string_view digits = text.substr(colon + 1);
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  return ::inet_pton(bracketed ? AF_INET6 : AF_INET, host.c_str(), bytes) == 1 && result.ec == std::errc() &&
         result.ptr == digits.data() + digits.size() && port >= 0 && port <= 65535;
}

// The table of a section, null when the file has none.
const toml::table* Section(TomlTable* root, std::string_view name) {
  const toml::node* node = root->Take(name);
  if (node == nullptr) return nullptr;
  if (!node->is_table()) root->FailAt(node, absl::StrFormat("must be written [%s]", name));
  return node->as_table();
}

absl::Status ReadStorage(std::string_view file, const toml::table* table, Config* config) {
  TomlTable section(file, "storage", table);
  section.Text("path", &config->storage_path);
  section.Integer("commit_interval_ms", 10, 60'000, &config->commit_interval_ms);
  Retention& retention = config->retention;
  section.Integer("minute_retention_hours", 1, 24 * 366, &retention.minute_hours);
  section.Integer("hour_retention_days", 2, 3660, &retention.hour_days);
  section.Integer("day_retention_days", 2, 3660, &retention.day_days);
  if (retention.minute_hours > 24 * retention.hour_days || retention.hour_days > retention.day_days) {
    section.Fail("day_retention_days", "minutes must not be kept longer than hours, hours not longer than days");
  }
  if (config->storage_path.empty()) section.Fail("path", "\"path\" must not be empty");
  return section.Finish();
}

absl::Status ReadRules(std::string_view file, const toml::table* table, Config* config) {
  TomlTable section(file, "rules", table);
  section.Text("directory", &config->rules_directory);
  return section.Finish();
}

absl::Status ReadHttp(std::string_view file, const toml::table* table, Config* config) {
  TomlTable section(file, "http", table);
  section.Text("listen", &config->http_listen);
  section.Flag("enable_reload", &config->http_enable_reload);
  section.Integer("top_domains", 0, 100'000, &config->top_domains);
  if (!IsListenAddress(config->http_listen)) {
    section.Fail("listen", "\"listen\" must be an address and a port, like \"127.0.0.1:9899\"");
  }
  return section.Finish();
}

absl::Status ReadIdentity(std::string_view file, const toml::table* table, IdentityConfig* identity) {
  TomlTable section(file, "", table);
  section.Texts("ips", &identity->ips);
  section.Texts("domains", &identity->domains);
  section.Flag("discover_postfix", &identity->discover_postfix);
  for (size_t i = 0; i < identity->ips.size() && section.ok(); ++i) {
    if (IsNetwork(identity->ips[i])) continue;
    const toml::node* entry = table->get("ips")->as_array()->get(i);
    section.FailAt(entry, absl::StrFormat("\"%s\" is no IP address or network", identity->ips[i]));
  }
  const toml::table* transports = Section(&section, "transports");
  RETURN_IF_ERROR(section.Finish());
  if (transports == nullptr) return absl::OkStatus();
  for (const auto& [key, node] : *transports) {
    const std::optional<std::string> ip = node.value_exact<std::string>();
    if (!ip || ip->find('/') != std::string::npos || !IsNetwork(*ip)) {
      section.FailAt(&node, absl::StrFormat("transport \"%s\" needs an IP address", key.str()));
      return section.Finish();
    }
    identity->transports[std::string(key.str())] = *ip;
  }
  return absl::OkStatus();
}

absl::Status ReadIncidents(std::string_view file, const toml::table* table, Config* config) {
  TomlTable section(file, "incidents", table);
  section.Number("dispersion", 0.75, &config->incidents_dispersion);
  return section.Finish();
}

absl::Status ReadAlertmanager(std::string_view file, const toml::table* table, Config* config) {
  TomlTable section(file, "", table);
  section.Texts("urls", &config->alertmanager_urls);
  for (const std::string& url : config->alertmanager_urls) {
    if (url.starts_with("http://") || url.starts_with("https://")) continue;
    section.Fail("urls", absl::StrFormat("\"%s\" must begin with http:// or https://", url));
  }
  return section.Finish();
}

// Keys that only some kinds of source have are errors on the others: a forgotten `kind` would go unnoticed
// else.
void CheckKeysOfKind(const SourceConfig& source, TomlTable* section) {
  const bool webhook = source.kind == SourceKind::kWebhook;
  for (const std::string_view key : {"provider", "auth", "secrets"}) {
    if (!webhook && section->has(key)) section->Fail(key, absl::StrFormat("\"%s\" is for webhooks", key));
  }
  for (const std::string_view key : {"paths", "start_at"}) {
    if (source.kind != SourceKind::kFile && section->has(key)) {
      section->Fail(key, absl::StrFormat("\"%s\" is for sources of kind \"file\"", key));
    }
  }
  for (const std::string_view key : {"format", "timezone"}) {
    if (webhook && section->has(key)) section->Fail(key, absl::StrFormat("\"%s\" is not for webhooks", key));
  }
  if (source.kind != SourceKind::kJournal && section->has("directory")) {
    section->Fail("directory", "\"directory\" is for sources of kind \"journal\"");
  }
  if (source.kind == SourceKind::kFile && source.paths.empty()) {
    section->Fail("paths", "a source of kind \"file\" needs \"paths\"");
  }
  if (webhook && source.provider.empty()) section->Fail("provider", "a webhook needs \"provider\"");
  if (webhook && !section->has("auth")) section->Fail("auth", "a webhook needs \"auth\"");
  if (webhook && source.auth != "none" && source.secrets.empty()) {
    section->Fail("secrets", absl::StrFormat("auth \"%s\" needs \"secrets\"", source.auth));
  }
}

// [source.fields]: where each field of an event stands in a line. Only Halon has a map.
absl::Status ReadFields(std::string_view file, const toml::table* table, SourceConfig* source) {
  TomlTable section(file, "", table);
  if (table != nullptr && source->format != "halon")
    section.FailAt(table, "\"fields\" is for the format \"halon\"");
  for (const std::string_view name : HalonFields()) {
    if (!section.has(name)) continue;
    std::vector<std::string>& paths = source->fields[std::string(name)];
    section.Texts(name, &paths);
    bool good = paths.size() <= kFieldPathsMax;
    for (const std::string& path : paths) {
      const auto dots = static_cast<size_t>(std::count(path.begin(), path.end(), '.'));
      good = good && !path.empty() && dots < kFieldStepsMax;
    }
    if (!good)
      section.Fail(
          name, absl::StrFormat("\"%s\" needs at most %d paths like \"attempt.code\"", name, kFieldPathsMax));
  }
  return section.Finish();
}

absl::Status ReadSource(std::string_view file, const toml::table& table, SourceConfig* source) {
  TomlTable section(file, "", &table);
  size_t kind = 0, format = 0, start_at = 0, auth = 0;
  section.Text("name", &source->name);
  section.Choice("kind", kKinds, &kind);
  section.Texts("paths", &source->paths);
  section.Text("directory", &source->directory);
  section.Text("timezone", &source->timezone);
  const std::vector<std::string_view> formats = FormatNames();
  section.Choice("format", formats, &format);
  section.Choice("start_at", kStartAt, &start_at);
  section.Text("provider", &source->provider);
  section.Choice("auth", kAuth, &auth);
  section.Texts("secrets", &source->secrets);
  source->kind = static_cast<SourceKind>(kind);
  source->format = formats[format];
  source->start_at = static_cast<StartAt>(start_at);
  if (source->kind == SourceKind::kWebhook) source->auth = kAuth[auth];
  if (!IsSourceName(source->name)) {
    section.Fail("name", "a source needs a \"name\" of a-z, 0-9, '-' and '_', at most 64 characters");
  }
  absl::TimeZone zone;
  if (!source->timezone.empty() && !absl::LoadTimeZone(source->timezone, &zone)) {
    section.Fail("timezone", absl::StrFormat("\"%s\" is no time zone known here", source->timezone));
  }
  for (const std::string& secret : source->secrets) {
    if (secret.starts_with("file:/") || secret.starts_with("credential:")) continue;
    section.Fail("secrets", "a secret is not written here: name it \"file:/path\" or \"credential:name\"");
  }
  CheckKeysOfKind(*source, &section);
  const toml::table* fields = Section(&section, "fields");
  RETURN_IF_ERROR(section.Finish());
  return ReadFields(file, fields, source);
}

absl::Status ReadSources(std::string_view file, const toml::node* node, TomlTable* root, Config* config) {
  if (node == nullptr) return absl::OkStatus();
  const toml::array* array = node->as_array();
  if (array == nullptr) {
    root->FailAt(node, "must be written [[source]]");
    return root->Finish();
  }
  std::set<std::string> names;
  for (const toml::node& entry : *array) {
    const toml::table* table = entry.as_table();
    if (table == nullptr || config->sources.size() >= kMaxSources) {
      root->FailAt(&entry, table == nullptr ? "must be written [[source]]" : "too many sources");
      return root->Finish();
    }
    SourceConfig source;
    RETURN_IF_ERROR(ReadSource(file, *table, &source));
    if (!names.insert(source.name).second) {
      root->FailAt(table->get("name"), absl::StrFormat("a second source named \"%s\"", source.name));
      return root->Finish();
    }
    config->sources.push_back(std::move(source));
  }
  return absl::OkStatus();
}

// Debian 12 writes mail logs to the journal alone unless rsyslog is installed.
SourceConfig DefaultSource() {
  constexpr char kMailLog[] = "/var/log/mail.log";
  SourceConfig source;
  source.name = "mail";
  struct stat info;
  if (::stat(kMailLog, &info) == 0) {
    source.paths = {kMailLog};
  } else {
    source.kind = SourceKind::kJournal;
  }
  return source;
}

}  // namespace

absl::StatusOr<Config> Config::Parse(std::string_view text, std::string_view file_name) {
  toml::table file;
  try {
    file = toml::parse(text);
  } catch (const toml::parse_error& error) {
    const toml::source_position at = error.source().begin;
    return absl::InvalidArgumentError(
        absl::StrFormat("%s:%d:%d: %s", file_name, at.line, at.column, error.description()));
  }
  Config config;
  TomlTable root(file_name, "", &file);
  RETURN_IF_ERROR(ReadStorage(file_name, Section(&root, "storage"), &config));
  RETURN_IF_ERROR(ReadHttp(file_name, Section(&root, "http"), &config));
  RETURN_IF_ERROR(ReadRules(file_name, Section(&root, "rules"), &config));
  RETURN_IF_ERROR(ReadIdentity(file_name, Section(&root, "identity"), &config.identity));
  RETURN_IF_ERROR(ReadIncidents(file_name, Section(&root, "incidents"), &config));
  RETURN_IF_ERROR(ReadAlertmanager(file_name, Section(&root, "alertmanager"), &config));
  RETURN_IF_ERROR(ReadSources(file_name, root.Take("source"), &root, &config));
  RETURN_IF_ERROR(root.Finish());
  if (config.sources.empty()) config.sources.push_back(DefaultSource());
  return config;
}

absl::StatusOr<Config> Config::Load(const std::string& path) {
  if (path.empty()) return Parse("", "defaults");
  std::ifstream in(path, std::ios::binary);
  if (!in) return absl::NotFoundError(absl::StrFormat("%s: cannot open the configuration", path));
  std::string text(kMaxFileBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(in.gcount()));
  if (in.bad() || text.size() > kMaxFileBytes) {
    return absl::InvalidArgumentError(absl::StrFormat("%s:1:1: not a configuration file", path));
  }
  return Parse(text, path);
}

}  // namespace bouncewatch

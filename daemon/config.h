// Config: the TOML configuration file, strict. Keys and defaults are listed in docs/formats.md and
// deploy/bouncewatch.toml. Every scalar key can be overridden by an environment variable: [storage].path is
// BOUNCEWATCH_STORAGE_PATH. Immutable after Load.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "classifier/decode/formats.h"
#include "storage/retention.h"

namespace bouncewatch {

enum class SourceKind : uint8_t { kFile, kJournal, kStdin, kWebhook };
enum class StartAt : uint8_t { kBeginning, kEnd };

struct SourceConfig {
  std::string name;
  SourceKind kind = SourceKind::kFile;
  std::vector<std::string> paths;       // globs
  std::string directory;                // of a journal; "": the system's
  std::string timezone;                 // IANA name; "": the machine's
  std::string format = "auto";
  FieldMap fields;                      // of formats whose field names are the operator's choice
  StartAt start_at = StartAt::kBeginning;
  std::string provider, auth;           // webhooks
  std::vector<std::string> secrets;     // "file:/path" or "credential:name"
};

struct IdentityConfig {
  std::vector<std::string> ips;                    // addresses and CIDR networks
  std::vector<std::string> domains;
  std::map<std::string, std::string> transports;   // Postfix syslog_name -> source IP
  bool discover_postfix = true;                    // ask postconf(1) for more of them
};

struct Config {
  std::string storage_path = "/var/lib/bouncewatch";
  std::string http_listen = "127.0.0.1:9899";
  bool http_enable_reload = false;       // POST /-/reload
  Retention retention;                   // of minutes, hours and days
  int commit_interval_ms = 500;          // longest time a line waits for its commit while following
  std::string rules_directory = "/etc/bouncewatch/rules.d";  // the overlay; may be missing
  int top_domains = 200;                 // domains with series of their own on /metrics
  std::vector<SourceConfig> sources;
  IdentityConfig identity;
  double incidents_dispersion = 4.0;     // negative-binomial r, > 0.75
  std::vector<std::string> alertmanager_urls;

  // `path` "": the defaults, i.e. /var/log/mail.log where it exists, else the journal. Environment overrides apply.
  // Errors read "file:line:column: what".
  static absl::StatusOr<Config> Load(const std::string& path);
  static absl::StatusOr<Config> Parse(std::string_view text, std::string_view file_name);
};

}  // namespace bouncewatch

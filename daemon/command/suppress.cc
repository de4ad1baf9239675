#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "classifier/status_macros.h"
#include "daemon/command/command.h"
#include "daemon/command/progress.h"
#include "daemon/dead_addresses.h"
#include "daemon/json_text.h"
#include "daemon/log_events.h"
#include "daemon/rule_files.h"
#include "daemon/utc_text.h"

namespace bouncewatch {
namespace {

struct SuppressArguments {
  LogFiles files;
  std::string config;
  bool json = false;
};

void AppendAddressJson(const DeadAddress& dead, std::string* out) {
  *out += '{';
  AppendJsonKey("address", out);
  AppendJsonString(dead.address, out);
  AppendJsonKey("cause", out);
  AppendJsonString(dead.cause, out);
  AppendJsonKey("rule", out);
  AppendJsonString(dead.rule, out);
  AppendJsonKey("t", out);
  AppendJsonString(UtcStamp(dead.time_s), out);
  *out += '}';
}

absl::Status Print(const DeadAddresses& addresses, bool json) {
  std::string out;
  for (const DeadAddress& dead : addresses.List()) {
    if (json) {
      AppendAddressJson(dead, &out);
    } else {
      out += dead.address;
    }
    out += '\n';
  }
  const bool written = std::fwrite(out.data(), 1, out.size(), stdout) == out.size();
  if (!written || std::fflush(stdout) != 0) return absl::InternalError("cannot write to standard output");
  return absl::OkStatus();
}

// On standard error, so that the list can be piped on.
void PrintSummary(const DeadAddresses& addresses, size_t dead) {
  const DeadAddressCounters& counters = addresses.counters();
  std::string text = absl::StrFormat("%d bounces, %d dead addresses\n", counters.bounces, dead);
  if (!counters.kept_for.empty()) {
    text += "bounces that condemn no address:";
    for (const auto& [category, count] : counters.kept_for) {
      text += absl::StrFormat(" %s=%d", category, count);
    }
    text += '\n';
  }
  if (counters.revived > 0) {
    text += absl::StrFormat("%d addresses left out: delivered to after the bounce\n", counters.revived);
  }
  if (counters.unprintable > 0) {
    text += absl::StrFormat("%d bounces left out: unprintable addresses\n", counters.unprintable);
  }
  std::fputs(text.c_str(), stderr);
}

absl::Status RunSuppress(const SuppressArguments& arguments) {
  ASSIGN_OR_RETURN(std::shared_ptr<const RuleSet> rules, LoadConfiguredRules(arguments.config));
  DeadAddresses addresses(std::move(rules));
  Progress progress;
  uint64_t events = 0;
  ASSIGN_OR_RETURN(const LogEventsResult result,
                   VisitLogEvents(
                       arguments.files,
                       [&](const DeliveryEvent& event) {
                         ++events;
                         return addresses.Add(event);
                       },
                       [&](const SourceStats& stats) {
                         progress.Show({stats.bytes_total - stats.lag_bytes, stats.bytes_total, events});
                       }));
  progress.Finish();
  RETURN_IF_ERROR(Print(addresses, arguments.json));
  PrintSummary(addresses, addresses.List().size());
  for (const absl::Status& unread : result.unread) Fail(unread);
  return result.unread.empty() ? absl::OkStatus()
                               : absl::DataLossError("not all files could be read to their end");
}

}  // namespace

CommandBody SetUpSuppress(CLI::App* app) {
  auto arguments = std::make_shared<SuppressArguments>();
  app->add_option("--config", arguments->config, "Configuration file, for [rules]");
  app->add_option("--format", arguments->files.format, "Format of the log (default: auto)");
  app->add_option("--year", arguments->files.year,
                  "Year of the first stamp of each file, for stamps without a year")
      ->check(CLI::Range(1970, 2200));
  app->add_option("--timezone", arguments->files.zone, "Zone of stamps without one (default: the machine's)");
  app->add_flag("--json", arguments->json, "Print an object a line: address, cause, rule, t");
  app->add_option("FILE", arguments->files.paths, "Log files; .gz .zst .xz .bz2 too")->required();
  app->footer(
      "Prints the addresses that bounced because they are dead, one a line, and were not delivered to "
      "afterwards. Never those that bounced for the sender, a policy, the content or the receiver's trouble. "
      "Stores nothing.");
  return [arguments]() -> int {
    const absl::Status status = RunSuppress(*arguments);
    return status.ok() ? kExitDone : Fail(status);
  };
}

}  // namespace bouncewatch

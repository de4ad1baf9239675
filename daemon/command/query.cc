#include <CLI/CLI.hpp>
#include <cstdio>
#include <ctime>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "classifier/status_macros.h"
#include "daemon/command/command.h"
#include "daemon/query_arguments.h"
#include "daemon/query_client.h"
#include "daemon/query_output.h"
#include "daemon/rule_files.h"
#include "daemon/unmapped_report.h"

namespace bouncewatch {
namespace {

struct QueryArguments {
  QueryPlace place;
  QueryWords words;
  bool json = false, csv = false;
  bool unmapped = false;
};

absl::StatusOr<QueryResult> Ask(const QueryArguments& arguments, const QuerySpec& spec) {
  return QueryClient(arguments.place).Ask(arguments.words, spec);
}

// Whether a group has an entry is asked here, by the rules of today, so all groups are wanted first.
absl::StatusOr<QueryResult> AskUnmapped(QueryArguments arguments, QuerySpec spec) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const RuleSet> rules, LoadConfiguredRules(arguments.place.config));
  const size_t limit = spec.limit;
  spec.limit = 0;
  arguments.words.limit = "0";
  ASSIGN_OR_RETURN(QueryResult result, Ask(arguments, spec));
  return KeepUnmapped(std::move(result), rules->providers(), limit);
}

int RunQuery(const QueryArguments& arguments) {
  const absl::StatusOr<QuerySpec> spec = ParseQuery(arguments.words, std::time(nullptr));
  if (!spec.ok()) return Fail(spec.status(), kExitUsage);
  if (arguments.unmapped && spec->by != std::vector<Key>{Key::kProvider}) {
    return Fail("--unmapped needs --by provider and no other key", kExitUsage);
  }
  const absl::StatusOr<QueryResult> result =
      arguments.unmapped ? AskUnmapped(arguments, *spec) : Ask(arguments, *spec);
  if (!result.ok()) return Fail(result.status());
  const std::string text = arguments.json  ? QueryJson(*result) + "\n"
                           : arguments.csv ? QueryCsv(*spec, *result)
                                           : QueryTable(*spec, *result);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return std::fflush(stdout) == 0 ? kExitDone : Fail("cannot write the answer");
}

}  // namespace

CommandBody SetUpQuery(CLI::App* app) {
  auto arguments = std::make_shared<QueryArguments>();
  std::string keys;
  for (int i = 0; i < kKeyCount; ++i) absl::StrAppendFormat(&keys, " %s", KeyName(static_cast<Key>(i)));
  app->add_option("--by", arguments->words.by, "Keys of the series, comma-separated:" + keys);
  app->add_option("--where", arguments->words.where, "KEY=VALUE[,VALUE]; VALUE* is a prefix; may be repeated")
      ->expected(1)
      ->take_all();
  app->add_option("--from", arguments->words.from,
                  "First moment: 2026-11-23[T03:16:00Z], Unix seconds, -6h, -2d");
  app->add_option("--to", arguments->words.to, "Moment after the last (default: now)");
  app->add_option("--step", arguments->words.step, "1m, 1h, 1d or all (default)");
  app->add_option("--sort", arguments->words.sort,
                  "Rank by failures (default), attempts, delivered, deferred, bounced or expired");
  app->add_option("--limit", arguments->words.limit, "Series shown; 0: all (default: 100)");
  app->add_option("--offset", arguments->words.offset, "Series left out before the first one shown");
  app->add_flag("--unmapped", arguments->unmapped,
                "With --by provider: only groups without a [[provider]] entry, most attempts first");
  CLI::Option* json = app->add_flag("--json", arguments->json, "Print JSON");
  app->add_flag("--csv", arguments->csv, "Print CSV")->excludes(json);
  AddPlaceOptions(app, &arguments->place);
  return [arguments] { return RunQuery(*arguments); };
}

}  // namespace bouncewatch

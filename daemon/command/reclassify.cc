#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>

#include "absl/strings/str_format.h"
#include "classifier/status_macros.h"
#include "daemon/command/command.h"
#include "daemon/config.h"
#include "daemon/json_text.h"
#include "daemon/open_store.h"
#include "daemon/reclassify.h"
#include "daemon/rule_files.h"

namespace bouncewatch {
namespace {

constexpr int64_t kWindowS = int64_t{30} * 86'400;

struct ReclassifyArguments {
  std::string config, data;
  bool dry_run = false, undo = false, json = false;
};

struct Relabelled {
  Reclassification answers;
  Point before, after;  // of the last 30 days of the store
};

absl::StatusOr<Point> TotalOfWindow(Reader* reader) {
  QuerySpec spec;
  spec.to_s = reader->newest_event_s() + 60;
  spec.from_s = std::max<int64_t>(spec.to_s - kWindowS, 0) / 86'400 * 86'400;
  ASSIGN_OR_RETURN(const QueryResult result, reader->Query(spec));
  return result.series.empty() || result.series[0].points.empty() ? Point() : result.series[0].points[0];
}

absl::StatusOr<Relabelled> RelabelStore(const ReclassifyArguments& arguments) {
  ASSIGN_OR_RETURN(const Config config, Config::Load(arguments.config));
  const std::string path = arguments.data.empty() ? config.storage_path : arguments.data;
  ASSIGN_OR_RETURN(const std::unique_ptr<Store> store, OpenStore(path, config));
  ASSIGN_OR_RETURN(const std::shared_ptr<const RuleSet> rules,
                   LoadRules(config.rules_directory, StoreRuleCache(path)));
  ASSIGN_OR_RETURN(const std::unique_ptr<Reader> reader, store->NewReader());
  Relabelled outcome;
  ASSIGN_OR_RETURN(outcome.before, TotalOfWindow(reader.get()));
  if (!arguments.undo) {
    ASSIGN_OR_RETURN(outcome.answers, Reclassify(reader.get(), *rules));
  }
  if (!arguments.dry_run) {
    RETURN_IF_ERROR(store->Commit(Rollup(store->hash_seed()), {EncodeRelabelling(outcome.answers.causes)}));
  }
  ASSIGN_OR_RETURN(outcome.after, TotalOfWindow(reader.get()));
  return outcome;
}

std::string OutcomeText(const Relabelled& outcome, bool dry_run) {
  std::string text =
      absl::StrFormat("%d kinds of replies, %d of them with another cause%s\n", outcome.answers.looked_at,
                      outcome.answers.causes.size(), dry_run ? "; nothing was written" : "");
  for (const auto& [move, answers] : outcome.answers.moves) {
    absl::StrAppendFormat(&text, "%8d  %s -> %s\n", answers, move.first, move.second);
  }
  absl::StrAppendFormat(
      &text, "the last 30 days: %d attempts before, %d after; %d failures before, %d after\n",
      outcome.before.attempts, outcome.after.attempts, outcome.before.failures(), outcome.after.failures());
  return text;
}

std::string OutcomeJson(const Relabelled& outcome) {
  std::string out = "{";
  AppendJsonKey("looked_at", &out);
  absl::StrAppendFormat(&out, "%d", outcome.answers.looked_at);
  AppendJsonKey("moved", &out);
  absl::StrAppendFormat(&out, "%d", outcome.answers.causes.size());
  AppendJsonKey("moves", &out);
  out += '[';
  for (const auto& [move, answers] : outcome.answers.moves) {
    out += out.back() == '[' ? "{" : ",{";
    AppendJsonKey("from", &out);
    AppendJsonString(move.first, &out);
    AppendJsonKey("to", &out);
    AppendJsonString(move.second, &out);
    AppendJsonKey("replies", &out);
    absl::StrAppendFormat(&out, "%d}", answers);
  }
  out += ']';
  for (const auto& [name, point] :
       {std::pair("before", &outcome.before), std::pair("after", &outcome.after)}) {
    AppendJsonKey(name, &out);
    absl::StrAppendFormat(&out, "{\"attempts\":%d,\"failures\":%d}", point->attempts, point->failures());
  }
  return out + "}\n";
}

int RunReclassify(const ReclassifyArguments& arguments) {
  const absl::StatusOr<Relabelled> outcome = RelabelStore(arguments);
  if (!outcome.ok()) return Fail(outcome.status());
  const std::string text = arguments.json ? OutcomeJson(*outcome) : OutcomeText(*outcome, arguments.dry_run);
  std::fputs(text.c_str(), stdout);
  return std::fflush(stdout) == 0 ? kExitDone : Fail("cannot write the answer");
}

}  // namespace

CommandBody SetUpReclassify(CLI::App* app) {
  auto arguments = std::make_shared<ReclassifyArguments>();
  app->add_option("--data", arguments->data, "Directory of the store (default: [storage].path)");
  app->add_option("--config", arguments->config, "Configuration file, for [storage] and [rules]");
  app->add_flag("--dry-run", arguments->dry_run, "Show what would move, write nothing");
  app->add_flag("--undo", arguments->undo, "Show the causes again that were given when the replies came");
  app->add_flag("--json", arguments->json, "Print JSON");
  app->footer("Works on a store that no daemon has open. Counts stay; only their causes change.");
  return [arguments] { return RunReclassify(*arguments); };
}

}  // namespace bouncewatch

#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "classifier/status_macros.h"
#include "daemon/command/command.h"
#include "daemon/command/progress.h"
#include "daemon/committer.h"
#include "daemon/config.h"
#include "daemon/identity.h"
#include "daemon/ingest.h"
#include "daemon/open_store.h"
#include "daemon/rule_files.h"
#include "daemon/source/replay_source.h"
#include "daemon/stream.h"
#include "daemon/worker.h"
#include "storage/store.h"

namespace bouncewatch {
namespace {

// A replay reads faster than it needs to be durable: what a kill would cost is reading these seconds again.
constexpr std::chrono::seconds kCommitInterval(5);

struct ReplayArguments {
  std::string config, data, format = "auto", zone;
  int year = 0;
  std::vector<std::string> files;
};

struct ReplayResult {
  uint64_t files = 0, files_known = 0, bytes = 0, lines = 0, events = 0, rows = 0, read_errors = 0;
  uint64_t classified = 0, unclassified = 0;
  std::map<std::string, uint64_t> unparsed;
  double seconds = 0;
};

ReplayResult Collect(const Ingest& ingest, const Stream& stream, const ReplaySource& source) {
  IngestSnapshot snapshot;
  ingest.Fill(&snapshot);
  const SourceSnapshot& numbers = snapshot.sources[source.name()];
  ReplayResult result;
  result.files_known = source.files_known();
  result.bytes = numbers.bytes;
  result.lines = numbers.lines;
  result.events = stream.decoder().counters().events;
  result.unparsed = numbers.unparsed;
  result.read_errors = ingest.read_errors();
  result.classified = snapshot.classified;
  result.unclassified = snapshot.unclassified;
  return result;
}

// The field map of the first source that has one: a replay reads what a source would.
FieldMap FieldsOf(const Config& config) {
  for (const SourceConfig& source : config.sources) {
    if (!source.fields.empty()) return source.fields;
  }
  return {};
}

absl::StatusOr<ReplayResult> Replay(const ReplayArguments& arguments) {
  ASSIGN_OR_RETURN(const Config config, Config::Load(arguments.config));
  ASSIGN_OR_RETURN(const Identity identity, Identity::Make(config.identity));
  ASSIGN_OR_RETURN(const absl::TimeZone zone, FindTimeZone(arguments.zone));
  const std::string path = arguments.data.empty() ? config.storage_path : arguments.data;
  ASSIGN_OR_RETURN(const std::unique_ptr<Store> store, OpenStore(path, config));
  ASSIGN_OR_RETURN(std::shared_ptr<const RuleSet> rules,
                   LoadRules(config.rules_directory, StoreRuleCache(path)));

  ASSIGN_OR_RETURN(const SavedStates positions, LoadStates(*store, "position/"));
  ReplayOptions options;
  options.paths = arguments.files;
  options.year = arguments.year;
  options.timezone = zone;
  options.tell_formats = arguments.format == "auto";
  ASSIGN_OR_RETURN(std::unique_ptr<ReplaySource> opened, ReplaySource::Open(std::move(options), positions));
  const ReplaySource& source = *opened;
  DecoderOptions decoder_options;
  decoder_options.timezone = zone;
  decoder_options.hash_seed = store->hash_seed();
  decoder_options.fields = FieldsOf(config);
  ASSIGN_OR_RETURN(std::unique_ptr<Decoder> decoder, NewDecoder(arguments.format, decoder_options));
  std::vector<std::unique_ptr<Stream>> streams(1);
  ASSIGN_OR_RETURN(streams[0], Stream::Open(*store, std::move(opened), std::move(decoder)));

  Worker worker(std::move(rules), identity, store->hash_seed());
  EvidenceLog evidence;
  RETURN_IF_ERROR(evidence.Load(*store));
  worker.KeepEvidence();
  Progress progress;
  ReplayResult result;
  {
    Committer committer(store.get(), [](const Rollup&) {});
    IngestOptions ingest_options;
    ingest_options.commit_interval = kCommitInterval;
    ingest_options.evidence = &evidence;
    ingest_options.tick = [&] {
      const SourceStats stats = source.stats();
      progress.Show({stats.bytes_total - stats.lag_bytes, stats.bytes_total, worker.counters().events});
    };
    Ingest ingest(&worker, &committer, &streams, std::move(ingest_options));
    const absl::Status status = ingest.Run(std::stop_token());
    progress.Finish();
    RETURN_IF_ERROR(status);
    result = Collect(ingest, *streams[0], source);
  }
  RETURN_IF_ERROR(store->FoldAll());
  result.files = arguments.files.size();
  result.rows = store->stats().rows;
  result.seconds = progress.elapsed_s();
  return result;
}

void PrintSummary(const ReplayResult& result) {
  if (result.bytes == 0 && result.read_errors == 0) {
    std::printf("%s", absl::StrFormat("nothing new in %d file(s)\n", result.files).c_str());
    return;
  }
  std::string text =
      absl::StrFormat("%d file(s), %s, %d lines, %d events, %d new rows in %.1f s\n", result.files,
                      FormatBytes(result.bytes), result.lines, result.events, result.rows, result.seconds);
  if (result.files_known > 0)
    text += absl::StrFormat("%d of the files had nothing new\n", result.files_known);
  text += absl::StrFormat("%d replies classified, %d of them without a known cause\n", result.classified,
                          result.unclassified);
  std::string shapes;
  for (const auto& [shape, count] : result.unparsed) {
    if (count > 0) shapes += absl::StrFormat(" %s=%d", shape, count);
  }
  if (!shapes.empty()) text += absl::StrFormat("lines left out:%s\n", shapes);
  if (result.read_errors > 0)
    text += absl::StrFormat("%d file(s) could not be read to the end\n", result.read_errors);
  std::fputs(text.c_str(), stdout);
}

}  // namespace

CommandBody SetUpReplay(CLI::App* app) {
  auto arguments = std::make_shared<ReplayArguments>();
  app->add_option("--config", arguments->config,
                  "Configuration file, for [storage], [identity] and [source.fields]");
  app->add_option("--data", arguments->data, "Directory of the store (default: [storage].path)");
  app->add_option("--format", arguments->format, "Format of all files (default: auto, each file's own)");
  app->add_option("--year", arguments->year,
                  "Year of the first stamp of each file, for stamps without a year")
      ->check(CLI::Range(1970, 2200));
  app->add_option("--timezone", arguments->zone, "Zone of stamps without one (default: the machine's)");
  app->add_option("FILE", arguments->files, "Log files; .gz .zst .xz .bz2 too")->required();
  return [arguments]() -> int {
    const absl::StatusOr<ReplayResult> result = Replay(*arguments);
    if (!result.ok()) return Fail(result.status());
    PrintSummary(*result);
    return result->read_errors > 0 ? kExitFailed : kExitDone;
  };
}

}  // namespace bouncewatch

#include "daemon/pipeline.h"

#include <unistd.h>

#include <utility>

#include "absl/strings/str_format.h"
#include "classifier/status_macros.h"
#include "daemon/log.h"
#include "daemon/source/file_source.h"
#include "daemon/source/journal_source.h"
#include "daemon/source/stdin_source.h"

namespace bouncewatch {
namespace {

absl::StatusOr<std::unique_ptr<Source>> OpenSource(const SourceConfig& config, const SavedStates& positions) {
  switch (config.kind) {
    case SourceKind::kFile: {
      FileSourceOptions options;
      options.name = config.name;
      options.paths = config.paths;
      options.start_at = config.start_at;
      options.tell_formats = config.format == "auto";
      return std::make_unique<FileSource>(std::move(options), positions);
    }
    case SourceKind::kJournal: {
      JournalOptions options;
      options.name = config.name;
      options.directory = config.directory;
      options.start_at = config.start_at;
      return JournalSource::Open(std::move(options), positions);
    }
    case SourceKind::kStdin:
      return std::make_unique<StdinSource>(config.name, STDIN_FILENO);
    case SourceKind::kWebhook:
      break;
  }
  return absl::UnimplementedError(
      absl::StrFormat("source \"%s\": this version does not receive webhooks", config.name));
}

absl::StatusOr<std::unique_ptr<Decoder>> NewSourceDecoder(const SourceConfig& config, uint64_t hash_seed) {
  DecoderOptions options;
  ASSIGN_OR_RETURN(options.timezone, FindTimeZone(config.timezone));
  options.hash_seed = hash_seed;
  options.fields = config.fields;
  return NewDecoder(config.format, options);
}

}  // namespace

absl::Status CheckSources(const Config& config) {
  RETURN_IF_ERROR(Identity::Make(config.identity).status());
  for (const SourceConfig& source : config.sources) {
    if (source.kind == SourceKind::kWebhook) return OpenSource(source, {}).status();
    RETURN_IF_ERROR(NewSourceDecoder(source, 0).status());
  }
  return absl::OkStatus();
}

Pipeline::Pipeline(PipelineParts parts, Identity identity)
    : parts_(std::move(parts)),
      identity_(std::move(identity)),
      worker_(parts_.rules, identity_, parts_.store->hash_seed()),
      committer_(parts_.store, parts_.committed) {}

Pipeline::~Pipeline() = default;

absl::StatusOr<std::unique_ptr<Pipeline>> Pipeline::Open(const Config& config, PipelineParts parts) {
  RETURN_IF_ERROR(CheckSources(config));
  ASSIGN_OR_RETURN(Identity identity, Identity::Make(config.identity, parts.transports));
  ASSIGN_OR_RETURN(const SavedStates positions, LoadStates(*parts.store, "position/"));
  std::unique_ptr<Pipeline> pipeline(new Pipeline(std::move(parts), std::move(identity)));
  RETURN_IF_ERROR(pipeline->evidence_.Load(*pipeline->parts_.store));
  pipeline->worker_.KeepEvidence();
  for (const SourceConfig& source : config.sources) RETURN_IF_ERROR(pipeline->AddStream(source, positions));
  const std::chrono::milliseconds interval(config.commit_interval_ms);
  pipeline->thread_ = std::jthread(
      [running = pipeline.get(), interval](const std::stop_token& stop) { running->Run(stop, interval); });
  return pipeline;
}

absl::Status Pipeline::AddStream(const SourceConfig& config, const SavedStates& positions) {
  ASSIGN_OR_RETURN(std::unique_ptr<Decoder> decoder, NewSourceDecoder(config, parts_.store->hash_seed()));
  ASSIGN_OR_RETURN(std::unique_ptr<Source> source, OpenSource(config, positions));
  ASSIGN_OR_RETURN(std::unique_ptr<Stream> stream,
                   Stream::Open(*parts_.store, std::move(source), std::move(decoder)));
  streams_.push_back(std::move(stream));
  return absl::OkStatus();
}

void Pipeline::Run(const std::stop_token& stop, std::chrono::milliseconds commit_interval) {
  IngestOptions options;
  options.commit_interval = commit_interval;
  options.evidence = &evidence_;
  const Ingest* running = nullptr;
  options.tick = [this, &running] { Publish(*running); };
  Ingest ingest(&worker_, &committer_, &streams_, std::move(options));
  running = &ingest;
  if (const absl::Status status = ingest.Run(stop); !status.ok()) {
    LogError("stopped with uncommitted counts", {{"reason", status.ToString()}});
  }
  Publish(ingest);
  done_ = true;
}

void Pipeline::Publish(const Ingest& ingest) {
  IngestSnapshot snapshot;
  ingest.Fill(&snapshot);
  const StoreStats store = parts_.store->stats();
  for (auto& [name, source] : snapshot.sources) {
    if (source.lines > 0) source.last_event_s = store.newest_event_s;
  }
  snapshot.commits = store.commits;
  snapshot.committed_rows = store.rows;
  snapshot.commit_failures = store.failures;
  snapshot.folded_hours = store.folded_hours;
  snapshot.open_rows = store.open_rows;
  snapshot.dictionary_entries = store.dictionary_entries;
  snapshot.late_events = store.late_events;
  snapshot.future_events = store.future_events;
  snapshot.disk_bytes = store.disk_bytes;
  snapshot.damaged_values = store.damaged_values;
  snapshot.stalled = !committer_.stalled_reason().empty();
  parts_.publish(snapshot);
}

}  // namespace bouncewatch

// Pipeline: everything between the sources of one configuration and the store, running: sources and decoders
// on one thread, the committer on another. A reload replaces the pipeline; the store and the metrics stay.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "daemon/committer.h"
#include "daemon/config.h"
#include "daemon/identity.h"
#include "daemon/ingest.h"
#include "daemon/stream.h"
#include "daemon/worker.h"
#include "metrics/self_metrics.h"
#include "storage/store.h"

namespace bouncewatch {

// What a pipeline borrows; all of it outlives the pipeline.
struct PipelineParts {
  std::map<std::string, std::string> transports;  // discovered, beside [identity.transports]
  Store* store = nullptr;
  std::shared_ptr<const RuleSet> rules;
  std::function<void(const Rollup&)> committed;        // on the committing thread
  std::function<void(const IngestSnapshot&)> publish;  // on the ingest thread, a few times a second
};

// What Open would refuse, found out without touching anything: sources that this version cannot read.
absl::Status CheckSources(const Config& config);

class Pipeline {
 public:
  // Opens every source and begins to read.
  static absl::StatusOr<std::unique_ptr<Pipeline>> Open(const Config& config, PipelineParts parts);
  // Stops reading and commits what was read, in bounded time.
  ~Pipeline();

  // True when no source can ever have more (standard input at its end).
  bool done() const { return done_.load(); }
  // Why counting stands still; "" when it does not.
  std::string stalled_reason() { return committer_.stalled_reason(); }

 private:
  Pipeline(PipelineParts parts, Identity identity);
  absl::Status AddStream(const SourceConfig& config, const SavedStates& positions);
  void Run(const std::stop_token& stop, std::chrono::milliseconds commit_interval);
  void Publish(const Ingest& ingest);

  PipelineParts parts_;
  Identity identity_;
  std::vector<std::unique_ptr<Stream>> streams_;
  Worker worker_;
  EvidenceLog evidence_;
  Committer committer_;
  std::atomic<bool> done_{false};
  std::jthread thread_;  // last: stops before anything it uses
};

}  // namespace bouncewatch

// Ingest: the loop that reads streams, counts what they say and hands the counts over to be committed,
// together with the positions they came from. The same for a replay and for the daemon. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "daemon/committer.h"
#include "daemon/log.h"
#include "daemon/evidence_log.h"
#include "daemon/stream.h"
#include "daemon/worker.h"
#include "metrics/self_metrics.h"

namespace bouncewatch {

struct IngestOptions {
  std::chrono::milliseconds commit_interval{500};  // longest time a line waits for its commit
  // Called at most ten times a second, also while nothing is read.
  std::function<void()> tick = [] {};
  EvidenceLog* evidence = nullptr;  // where the worker's replies go; nullptr: nowhere
};

class Ingest {
 public:
  // Everything given is borrowed and outlives the loop.
  Ingest(Worker* worker, Committer* committer, std::vector<std::unique_ptr<Stream>>* streams,
         IngestOptions options);

  // Reads until every stream is done or a stop is asked for, then commits. Unavailable: what was read last
  // could not be committed; nothing is lost, it will be read again.
  absl::Status Run(std::stop_token stop);

  // Numbers for /metrics, without those of the store. Call from tick or after Run.
  void Fill(IngestSnapshot* snapshot) const;
  uint64_t read_errors() const;

 private:
  bool ReadSome(Stream* stream);  // false: nothing to read just now
  void Commit(const std::stop_token& stop);
  void TellDurable();
  void WaitForStore(const std::stop_token& stop);
  void Wait() const;
  void Tick();

  Worker* worker_;
  Committer* committer_;
  std::vector<std::unique_ptr<Stream>>* streams_;
  IngestOptions options_;
  LogLimiter limiter_;
  bool failed_ = false;  // a commit was given up
  uint64_t saves_ = 0;   // calls of SaveState of each source
  // Commits that are not known to be durable, with the number of saves they hold.
  std::deque<std::pair<uint64_t, uint64_t>> in_flight_;
  std::optional<std::chrono::steady_clock::time_point> uncommitted_since_;
  std::chrono::steady_clock::time_point last_collect_, last_tick_;
};

}  // namespace bouncewatch

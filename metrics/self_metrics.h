// SelfMetrics: the daemon about itself, on prometheus-cpp. Values are set from snapshots that the owning
// threads publish; nothing here is on the path of a log line. Thread-safe.
//
//   bouncewatch_build_info{version,rules_version} 1
//   bouncewatch_source_bytes_total{source}
//   bouncewatch_source_lines_total{source}
//   bouncewatch_source_errors_total{source}
//   bouncewatch_source_lag_bytes{source}
//   bouncewatch_source_rotations_total{source}
//   bouncewatch_source_truncations_total{source}
//   bouncewatch_source_lost_total{source,what}      what = bytes|files|messages|gaps: lost before it could be
//   read bouncewatch_source_altered_total{source,what}   what = cut|nul_bytes|unterminated: read, but not as
//   it was sent bouncewatch_source_last_event_timestamp_seconds{source}
//   bouncewatch_queue_join_misses_total{source}
//   bouncewatch_unparsed_lines_total{source,reason}
//   bouncewatch_classified_total
//   bouncewatch_unclassified_total
//   bouncewatch_classifier_cache_hits_total
//   bouncewatch_classifier_cache_misses_total
//   bouncewatch_misdated_events_total{reason="late"|"future"}
//   bouncewatch_ingest_stalled 0|1
//   bouncewatch_commits_total
//   bouncewatch_committed_rows_total
//   bouncewatch_commit_failures_total
//   bouncewatch_store_folds_total
//   bouncewatch_store_open_rows
//   bouncewatch_store_dictionary_entries
//   bouncewatch_store_disk_bytes
//   bouncewatch_rules_info{version} 1
//   bouncewatch_rules_last_reload_successful
//   bouncewatch_store_damaged_values
//   bouncewatch_config_last_reload_successful
//   bouncewatch_config_last_reload_success_timestamp_seconds
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "metrics/exposition.h"

namespace bouncewatch {

struct SourceSnapshot {
  uint64_t bytes = 0, lines = 0, lag_bytes = 0, errors = 0, join_misses = 0;
  int64_t last_event_s = 0;
  uint64_t rotations = 0, truncations = 0;
  std::map<std::string, uint64_t> unparsed;       // by reason
  std::map<std::string, uint64_t> lost, altered;  // by what; SourceStats says what is counted
};

struct IngestSnapshot {
  std::map<std::string, SourceSnapshot> sources;
  uint64_t cache_hits = 0, cache_misses = 0, classified = 0, unclassified = 0;
  uint64_t commits = 0, committed_rows = 0, commit_failures = 0, folded_hours = 0;
  uint64_t open_rows = 0, dictionary_entries = 0, damaged_values = 0, disk_bytes = 0;
  uint64_t late_events = 0, future_events = 0;
  bool stalled = false;
};

class SelfMetrics {
 public:
  SelfMetrics(const std::string& version, const std::string& rules_version);
  ~SelfMetrics();

  void Set(const IngestSnapshot& snapshot);  // totals since start; counters are raised to them
  void SetReload(bool successful, int64_t now_s);
  void SetRules(const std::string& rules_version);  // those in use from now on; the last load of rules worked
  void SetRulesRefused();                           // it did not, the old ones stay in use
  void Write(std::string* out, ExpositionFormat format = ExpositionFormat::kText) const;  // appends

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bouncewatch

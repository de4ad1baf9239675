// Power losses while a log is read: the real pieces of the pipeline (file source, decoder, classifier,
// rollup, store) on a SimulatedDisk that loses what was not synced, at random moments of opening, committing,
// folding and resting. The log grows and is rotated meanwhile.
//
// The draws depend on the seed alone. RocksDB's own threads take part in the order of what is written, so two
// runs with one seed are alike but not the same.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"

namespace bouncewatch {

struct PowerLossOptions {
  uint64_t seed = 1;
  int count = 50;  // losses
};

struct PowerLossReport {
  int in_opening = 0, in_commit = 0, in_fold = 0, at_rest = 0;  // where the losses fell
  uint64_t commits = 0, folds = 0;                              // acknowledged; commits that folded an hour
  uint64_t bytes = 0;                                           // of the log
  uint64_t points = 0;  // (minute, domain, cause, outcome) that were compared
  uint64_t events = 0;
};

// DataLoss: after all losses the totals are not those of a run without any, or a commit that was acknowledged
// is gone; the message has the first difference.
absl::StatusOr<PowerLossReport> RunPowerLosses(const PowerLossOptions& options);

}  // namespace bouncewatch

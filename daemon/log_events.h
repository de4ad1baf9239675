// Reading log files for their events alone, without a store: what `check --sample` and `suppress` do. One
// thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "classifier/decode/decoder.h"
#include "daemon/source/source.h"

namespace bouncewatch {

struct LogFiles {
  std::vector<std::string> paths;
  std::string format = "auto";
  std::string zone;  // of stamps without one; "": the machine's
  int year = 0;      // of the first stamp of each file; 0: by the file's modification time
};

struct LogEventsResult {
  DecoderCounters decoded;
  std::vector<absl::Status> unread;  // files that could not be read to their end
};

// Every event of the files, as one stream ordered by their first stamps, until `visit` returns an error.
// `progress` may be null; it is called now and then. Fails when a file cannot be opened: before anything was
// read.
absl::StatusOr<LogEventsResult> VisitLogEvents(const LogFiles& files,
                                               const std::function<absl::Status(const DeliveryEvent&)>& visit,
                                               const std::function<void(const SourceStats&)>& progress);

}  // namespace bouncewatch

// Plan: where the rows are that a question asks for: which table, at which resolution, over which buckets.
//
// Minutes hold every name of a row and are kept for a short time; hours and days hold one name each
// (storage/marginal.h) and are kept for long. Rows not folded yet lie in deltas, which are always read.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/keys.h"
#include "storage/reader.h"
#include "storage/records.h"

namespace bouncewatch {

// Buckets [begin, end) of a marginal: hours or days since 1970.
struct BucketRange {
  Resolution resolution = Resolution::kHour;
  uint32_t begin = 0, end = 0;
};
struct MinuteRange {
  int64_t begin = 0, end = 0;  // minutes since 1970
};

struct Plan {
  // The range of the question in minutes, widened to whole hours or days where no minutes are kept.
  int64_t begin = 0, end = 0;
  Marginal marginal = Marginal::kHost;
  std::vector<BucketRange> buckets;  // of `marginal`
  std::vector<MinuteRange> minutes;
};

// InvalidArgument: the step is no whole minutes, or what is asked for is not kept for so long; the message
// says from when on it is.
absl::StatusOr<Plan> MakePlan(const Meta& meta, const QuerySpec& spec);

}  // namespace bouncewatch

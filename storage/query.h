// Runs one question on one state of a store.
//
// Rows are counted by tuples of ids; only what the answer shows is turned into text, at the end.
#pragma once

#include "absl/status/statusor.h"
#include "storage/reader.h"
#include "storage/snapshot.h"

namespace bouncewatch {

// InvalidArgument: as MakePlan says.
absl::StatusOr<QueryResult> RunQuery(const Snapshot& snapshot, const QuerySpec& spec);

}  // namespace bouncewatch

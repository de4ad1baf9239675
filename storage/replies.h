// The kinds of failed attempts that a store has seen, as they were classified.
#pragma once

#include "absl/status/status.h"
#include "storage/reader.h"
#include "storage/snapshot.h"

namespace bouncewatch {

// See Reader::VisitReplies.
absl::Status VisitReplies(const Snapshot& snapshot, const ReplyVisitor& visit);

}  // namespace bouncewatch

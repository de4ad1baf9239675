// ReplyUses: how often each reply that a store knows was given, by whom, and when first and last.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "classifier/event.h"
#include "storage/reader.h"

namespace bouncewatch {

// A template at one group of receivers.
struct ReplyUse {
  uint64_t template_id = 0;
  std::string provider;             // "" when not known
  uint64_t count = 0;               // deferred and bounced attempts
  int64_t first_s = 0, last_s = 0;  // start of the day, or of a shorter time by Refine
  Phase phase = Phase::kUnknown;
  std::string text, example;  // as StoredReply has them
};

inline constexpr size_t kMaxReplyUses = 50'000;

// Most frequent first, at most kMaxReplyUses.
absl::StatusOr<std::vector<ReplyUse>> CountReplies(Reader* reader);

// Tells first_s and last_s by `step_s` (60 or 3600) where they lie in the last two days of the store. Memory
// grows with uses x steps.
absl::Status RefineTimes(Reader* reader, int64_t step_s, std::vector<ReplyUse>* uses);

}  // namespace bouncewatch

// RuleHits: how often each rule would win over the replies that a store holds, and when last. Counted anew
// with the rules of now, so a new rule has hits from the first day and a mended one its true ones.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "classifier/rules/rule_set.h"
#include "storage/reader.h"

namespace bouncewatch {

struct RuleHits {
  uint64_t hits = 0;   // deferred and bounced attempts
  int64_t last_s = 0;  // start of the hour within two days of the newest event, else of the day; 0: never
};

// By index of rules.rules(). Looks at the kMaxReplyUses most frequent replies.
absl::StatusOr<std::vector<RuleHits>> CountRuleHits(Reader* reader, const RuleSet& rules);

}  // namespace bouncewatch

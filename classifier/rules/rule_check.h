// RuleCheck: proves a whole set of rules by its samples. What it finds, a person must mend; it changes
// nothing. Pure; some seconds of work for thousands of rules.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "classifier/rules/rule.h"

namespace bouncewatch {

struct RuleFinding {
  enum class Kind : uint8_t {
    kNoSample,    // nothing proves the rule
    kSampleLost,  // one of its `match` is not won by it
    kNearMiss,    // one of its `nomatch` is matched by it
    kDead,        // no reply can match it
    kShadowed,    // another rule matches wherever it does, and outranks it
    kDuplicate,   // another rule has the same conditions
    kMask,        // it reads what the mask takes out or the parser takes off
    kRegex,       // syntax that was meant as text
    kDisable,     // `disable` names a rule that there is not
  };
  RuleLocation location;
  std::string rule;  // id
  Kind kind = Kind::kNoSample;
  std::string what;   // with the reason
  std::string other;  // id of the rule that goes first, or says the same; "" where no other takes part

  std::string ToString() const;  // "file:line:column: rule: what"
};
std::string_view FindingName(RuleFinding::Kind kind);  // "no-sample", "sample-lost", ...

// `content`: everything that is loaded together, with its samples; `disabled` as ApplyOverlay leaves it.
// In the order of the rules' ids, one finding for a sample. InvalidArgument with the place: rules that do not
// compile, which nothing can be proved of (a duplicate id among them).
absl::StatusOr<std::vector<RuleFinding>> CheckRules(RuleFileContent content);

}  // namespace bouncewatch

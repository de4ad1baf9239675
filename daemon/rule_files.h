// Rule files: the rules that are compiled into the program, made ready for matching. Their compiled form
// comes with the program; on a CPU for which it does not serve, it is made anew, which takes half a second,
// and kept in a cache file. A cache that cannot be read, written or used is ignored.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "classifier/rules/rule_set.h"

namespace bouncewatch {

// `cache_path` "": no cache.
absl::StatusOr<std::shared_ptr<const RuleSet>> LoadShippedRules(const std::string& cache_path);

// Where the cache lies beside a store, and where it lies for a command without one ("" when there is no
// home).
std::string StoreRuleCache(const std::string& storage_path);
std::string UserRuleCache();

// The fingerprint as people see it: 16 hex digits.
std::string RulesVersion(const RuleSet& rules);

}  // namespace bouncewatch

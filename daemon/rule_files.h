// Rule files: the rules that are compiled into the program, made ready for matching. Compiling them takes
// half a second, so the compiled form is kept in a cache file; a cache that cannot be read, written or used
// is ignored.
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

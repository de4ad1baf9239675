// Rule files: the rules that are compiled into the program, with those of a site's overlay directory over
// them, made ready for matching.
//
// The shipped rules come with the program in compiled form. With an overlay, or on a CPU for which that form
// does not serve, they are compiled anew, which takes half a second, and the result is kept in a cache file.
// A cache that cannot be read, written or used is ignored.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "classifier/rules/rule_set.h"

namespace bouncewatch {

// `overlay_directory`: all its files *.toml, loaded after the shipped rules (classifier/rules/overlay.h); one
// that does not exist is an empty one, as is "". `cache_path` "": no cache. Errors are "file:line:column:
// what".
absl::StatusOr<std::shared_ptr<const RuleSet>> LoadRules(const std::string& overlay_directory,
                                                         const std::string& cache_path);

// What a command without a store of its own uses: the overlay of the configuration file ("": the default
// one), and the user's cache.
absl::StatusOr<std::shared_ptr<const RuleSet>> LoadConfiguredRules(const std::string& config_path);

// The rules of these files and directories, as an overlay; every one of them must exist.
absl::StatusOr<RuleFileContent> ReadOverlay(const std::vector<std::string>& paths);
// The same of a directory that may be missing.
absl::StatusOr<RuleFileContent> ReadOverlayDirectory(const std::string& directory);

// Where the cache lies beside a store, and where it lies for a command without one ("" when there is no
// home).
std::string StoreRuleCache(const std::string& storage_path);
std::string UserRuleCache();

// The fingerprint as people see it: 16 hex digits.
std::string RulesVersion(const RuleSet& rules);

}  // namespace bouncewatch

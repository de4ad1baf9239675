// Reads rule files: TOML text to RuleFileContent. Strict: an unknown key, a wrong type, an unknown cause, a
// bad code pattern or an empty rule is an error "file:line:column: what". Pure; no I/O.
#pragma once

#include <span>
#include <string_view>

#include "absl/status/statusor.h"
#include "classifier/embedded_file.h"
#include "classifier/rules/rule.h"

namespace bouncewatch {

absl::StatusOr<RuleFileContent> ParseRuleFile(std::string_view text, std::string_view file_name);

// All files together, the shipped ones or all of an overlay (overlay.h). A duplicate rule id across files is
// an error that names both places.
absl::StatusOr<RuleFileContent> ParseRuleFiles(std::span<const EmbeddedFile> files);

}  // namespace bouncewatch

// CompactRules: the shipped rules as bytes made at build time, so that a start parses no TOML. Conditions, ids
// and places are kept; samples are not, they stay in the TOML files for those who prove the rules.
//
// Both sides walk the same list of fields, and a field that Rule gains does not compile until it is on it.
// The bytes belong to the build that made them: causes and phases go by number. Pure; no I/O.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "classifier/rules/rule.h"

namespace bouncewatch {

std::string EncodeRules(const RuleFileContent& content);

// What EncodeRules was given, without samples. DataLoss when the bytes are no such thing.
absl::StatusOr<RuleFileContent> DecodeRules(std::string_view bytes);

}  // namespace bouncewatch

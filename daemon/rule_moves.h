// RuleMoves: which of the replies that a store knows mean something else under other rules; told before the
// other rules are put to use.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "classifier/rules/rule_set.h"
#include "storage/reader.h"

namespace bouncewatch {

struct RuleMove {
  std::string from, to;  // ids of causes
  std::string provider;  // "" when not known
  std::string text;      // the template
  uint64_t template_id = 0;

  auto operator<=>(const RuleMove&) const = default;
};

struct RuleMoves {
  std::vector<RuleMove> first;  // by cause, provider and text; kMovesShown at most
  size_t moved = 0;             // replies: templates by provider and SMTP stage
  size_t looked_at = 0;         // of those seen first last, kRepliesCompared at most
};

inline constexpr size_t kMovesShown = 20;
inline constexpr size_t kRepliesCompared = 50'000;  // a second's work

// The replies stand in the store as templates, cut at kMaxTemplateText; both sets read the same text.
absl::StatusOr<RuleMoves> CompareRules(Reader* reader, const RuleSet& before, const RuleSet& after);

}  // namespace bouncewatch

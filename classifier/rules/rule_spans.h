// Which bytes of a reply made a rule match; for `explain`. Pure.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "classifier/rules/rule.h"

namespace bouncewatch {

struct RuleSpan {
  size_t begin = 0, end = 0;
  std::string_view key;  // "token", "list", "any", "all" or "regex"
  bool operator==(const RuleSpan&) const = default;
};

// Each word of the rule where it stands first in `text` (masked, as the rules see it), and its regex where it
// is found; in the order of the text. Linear in text for each word. A regex whose dialect RE2 does not share
// goes without a span.
std::vector<RuleSpan> FindRuleSpans(const Rule& rule, std::string_view text);

}  // namespace bouncewatch

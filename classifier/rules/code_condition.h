// Reads one alternative of a rule's `codes`: a basic code, then optionally an enhanced code.
//
//   "550"  "55x"  "5xx"  "*"        basic; x stands for any digit
//   "5.7.1"  "5.7.x"  "x.7.1"  "*"  enhanced; x or * stands for any class or any detail
//   "-"                             in place of the enhanced code: the reply must have none
#pragma once

#include <optional>
#include <string_view>

#include "classifier/rules/rule.h"

namespace bouncewatch {

// Empty when `text` is no such pattern.
std::optional<CodeCondition> ParseCodeCondition(std::string_view text);

// How much of the codes the condition fixes: "550 5.7.1" weighs more than "5xx *", and an enhanced code, even
// one with a wildcard ("* x.4.2"), more than any basic code. Less than kMaxCodeWeight.
inline constexpr int kMaxCodeWeight = 16;
int CodeWeight(const CodeCondition& condition);

}  // namespace bouncewatch

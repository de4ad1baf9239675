// A verdict as JSON: what `classify` prints and POST /api/v1/classify answers. Pure functions.
//
//   {"cause","category","scope","permanence","suppress","retry","action","provider","code","enhanced","rule",
//    "template","facts"}
#pragma once

#include <string>
#include <string_view>

#include "classifier/classifier.h"
#include "classifier/rules/rule_set.h"

namespace bouncewatch {

// Appends one object, without a line end.
void AppendVerdictJson(const Verdict& verdict, const RuleSet& rules, std::string* out);

// One line of input: a bare reply, or {"text": ..., "provider"?: ..., "relay"?: ...}.
struct ReplyLine {
  std::string text;
  ProviderIndex provider = kNoProvider;
};
// A line that begins with '{' but is no such object is taken as a bare reply.
ReplyLine ParseReplyLine(std::string_view line, const ProviderMap& providers);

// "later" when the basic code asks for another try, else "no".
std::string_view RetryName(int code);

}  // namespace bouncewatch

// A verdict with its facts as JSON: what `classify` prints and POST /api/v1/classify answers. Pure functions.
//
//   {"cause","category","scope","permanence","suppress","retry","action","provider","code","enhanced","rule",
//    "template","speaker","facts":{...}}
#pragma once

#include <string>
#include <string_view>

#include "classifier/classifier.h"
#include "classifier/facts/facts.h"
#include "classifier/rules/rule_set.h"
#include "daemon/identity.h"

namespace bouncewatch {

// Appends the object up to `"facts":`. The same for every text of a template, so a caller may keep it.
void AppendVerdictHead(const Verdict& verdict, const RuleSet& rules, std::string* out);
// Appends the facts as an object of their own; what the reply does not say is left out. `identity` tells of
// each thing named whether it is ours; what it knows nothing about goes without "ours".
void AppendFactsJson(const Facts& facts, const Identity& identity, std::string* out);
// Appends the whole, without a line end.
void AppendVerdictJson(const Verdict& verdict, const RuleSet& rules, const Facts& facts,
                       const Identity& identity, std::string* out);

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

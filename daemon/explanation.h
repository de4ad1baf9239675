// Everything there is to say about one reply: what was parsed, which rule won by which words, which rules
// lost and why, what follows, and what to do. As text for people and as JSON (docs/formats.md). One thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "classifier/classifier.h"
#include "classifier/facts/facts.h"
#include "classifier/reply.h"
#include "classifier/rules/remedies.h"
#include "classifier/rules/rule_set.h"
#include "classifier/rules/rule_spans.h"
#include "daemon/identity.h"

namespace bouncewatch {

struct Explanation {
  Reply reply;          // as written
  std::string masked;   // the template
  std::string matched;  // the part of it that the rules see: the innermost reply, masked
  ProviderIndex given = kNoProvider;
  Verdict verdict;
  std::vector<RuleSpan> spans;            // of the winning rule, in `matched`
  std::vector<RuleCandidate> candidates;  // the others that saw a word of theirs, best first
  Facts facts;
  Remedy remedy;
};

// `provider`: as the relay host tells it, kNoProvider where it is not known.
Explanation Explain(const std::shared_ptr<const RuleSet>& rules, const Remedies& remedies,
                    const std::string& text, ProviderIndex provider);

std::string ExplanationText(const Explanation& explanation, const RuleSet& rules, const Identity& identity);
std::string ExplanationJson(const Explanation& explanation, const RuleSet& rules, const Identity& identity);

}  // namespace bouncewatch

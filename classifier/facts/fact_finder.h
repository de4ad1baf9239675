// FactFinder: reads the facts out of one reply.
//
//   FactFinder finder(rules);
//   const Facts facts = finder.Find(text, classifier.Classify(text, provider));
//
// Made for questions (classify, explain, the API, an incident's evidence), not for every line of a log.
// Expressions of rules are compiled when their rule first wins. One thread per FactFinder; the RuleSet is
// shared.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "classifier/classifier.h"
#include "classifier/facts/extract.h"
#include "classifier/facts/facts.h"
#include "classifier/rules/rule_set.h"

namespace bouncewatch {

class FactFinder {
 public:
  explicit FactFinder(std::shared_ptr<const RuleSet> rules);

  // `text` as written; `verdict` of the same text by the same rules. Work is linear in min(text,
  // kMaxFactsInput).
  Facts Find(std::string_view text, const Verdict& verdict);

 private:
  using RuleExtractors = std::vector<std::pair<IdentityKind, Extractor>>;
  const RuleExtractors& ExtractorsOf(uint32_t rule);
  void FindNamed(std::string_view text, std::string_view lower, const Verdict& verdict, Facts* facts);

  std::shared_ptr<const RuleSet> rules_;
  std::unordered_map<uint32_t, RuleExtractors> extractors_;  // only of rules that won
};

// Whether every `extract` of the rules compiles; the error names file, line and column. An expression that
// does not is passed over when facts are looked for.
absl::Status CheckExtracts(const std::vector<Rule>& rules);

}  // namespace bouncewatch

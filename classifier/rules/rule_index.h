// RuleIndex: the conditions of all rules against the patterns that a scan found, and which rules are worth a
// look.
//
// Every rule with words is filed under the patterns of one condition that must hold (its anchor); a rule
// without words under the basic codes it takes. Immutable after Build.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "classifier/provider.h"
#include "classifier/reply.h"
#include "classifier/rules/pattern_set.h"
#include "classifier/rules/rule.h"

namespace bouncewatch {

// What one rule said about one reply.
struct RuleScore {
  enum class Failed : uint8_t {
    kNothing,
    kProvider,
    kCodes,
    kPhase,
    kToken,
    kList,
    kAll,
    kAny,
    kRegex,
    kNone
  };
  Failed failed = Failed::kNothing;
  size_t failed_word = 0;  // index into Rule::all or Rule::none
  size_t length = 0;  // bytes matched: the longest of each "any of", the sum over `all`, the regex as written
  int weight = 0;     // of the code, phase and provider that the rule insists on

  bool matched() const { return failed == Failed::kNothing; }
};

class RuleIndex {
 public:
  // The rules must be sorted by id. Adds their words to `builder`, in that order; `providers` knows all their
  // names.
  void Build(const std::vector<Rule>& rules, const ProviderMap& providers, PatternSet::Builder* builder);

  RuleScore Score(uint32_t rule, const Reply& reply, ProviderIndex provider, const PatternHits& hits) const;
  // Whether the rule asks for a provider, and matches all else.
  bool WaitsForProvider(uint32_t rule, const Reply& reply, const PatternHits& hits) const;
  // Whether a rule with a regex could still win over a rule of this standing, `hits` holding the words alone.
  // *provider_matters becomes true when that may be otherwise for another provider.
  bool NeedsRegexes(int standing, const Reply& reply, ProviderIndex provider, const PatternHits& hits,
                    bool* provider_matters) const;
  // Whether any word or regex of the rule, `none` aside, is in the text.
  bool SawWord(uint32_t rule, const PatternHits& hits) const;

  // The order of candidates by all that decides; true when (a, a_score) goes before (b, b_score).
  bool Outranks(uint32_t a, const RuleScore& a_score, uint32_t b, const RuleScore& b_score) const;

  // Rules whose anchor is this pattern; empty for ids of patterns that are none.
  std::span<const uint32_t> AnchoredAt(PatternId id) const;
  // Rules without words that may take this basic code, best first.
  std::span<const uint32_t> WordlessFor(int code) const;
  int standing(uint32_t rule) const { return rules_[rule].standing; }  // specificity, then priority

 private:
  struct Compiled {
    int standing = 0;
    const Rule* rule = nullptr;
    std::vector<ProviderIndex> providers;
    std::vector<PatternId> tokens, lists, any, all, none, regex;  // regex: one or none
  };
  static constexpr size_t kCodeClasses = 6;  // no code (0), then 2yz to 5yz

  void FileRule(uint32_t index);

  std::vector<Compiled> rules_;
  std::vector<size_t> lengths_;                  // by PatternId
  std::vector<std::vector<uint32_t>> anchored_;  // by PatternId
  std::array<std::vector<uint32_t>, kCodeClasses> wordless_;
  std::vector<uint32_t> with_regex_;  // highest standing first
};

}  // namespace bouncewatch

// RuleSet: all rules compiled for matching in one pass. Build -> compile -> immutable (compare RE2::Set).
//
// Every phrase, token, list name and regex of every rule is one Vectorscan pattern in one database; equal
// patterns are shared. A scan yields the set of patterns that are in the text; conditions on code, enhanced
// code, phase and provider are checked beside it, and the winner is decided by specificity, priority, matched
// length (bytes of the words and regexes that held), how exactly the rule fixes provider, codes and phase,
// and last the id: never by file order.
//
// Where the provider is not given, the longest fingerprint phrase in the text names it; of two equally long
// ones that of the provider whose name comes first.
//
// RuleSet is immutable after Compile and may be shared by threads. Scratch is per thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "classifier/provider.h"
#include "classifier/reply.h"
#include "classifier/rules/rule.h"

namespace bouncewatch {

inline constexpr uint32_t kNoRule = 0xffffffff;

struct RuleMatch {
  uint32_t rule = kNoRule;               // index into RuleSet::rules()
  ProviderIndex provider = kNoProvider;  // as given, or as the text betrays it
  CauseIndex cause = 0;                  // the rule's, or unknown.unspecified
  bool provider_matters = true;          // false: every provider given would have had the same answer
};

// Why a rule that saw some of its words did not win; for `explain`.
struct RuleCandidate {
  uint32_t rule = kNoRule;
  std::string failed;  // "" for a rule that matched but was outranked; else e.g. "codes", "provider", "all:
                       // 'x' absent"
};

class RuleSet {
 public:
  // Thread-local working memory for Match; cheap to keep, costly to make. Serves only the set that made it.
  class Scratch {
   public:
    ~Scratch();

   private:
    friend class RuleSet;
    struct State;
    explicit Scratch(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
  };

  // Compiles with Vectorscan, or loads what Serialize() made earlier: of `serialized` the first that fits
  // these very rules, this library and this CPU. Errors name the rule's file:line:column: a duplicate id, a
  // provider without a
  // [[provider]] entry, a bad regex, one phrase as the mark of two providers.
  static absl::StatusOr<std::shared_ptr<const RuleSet>> Compile(
      RuleFileContent content, std::span<const std::string_view> serialized = {});
  ~RuleSet();
  RuleSet(const RuleSet&) = delete;
  RuleSet& operator=(const RuleSet&) = delete;

  std::unique_ptr<Scratch> NewScratch() const;

  // Decides one parsed, masked reply. `provider`: from the relay host, kNoProvider when not known.
  RuleMatch Match(const Reply& reply, ProviderIndex provider, Scratch* scratch) const;
  // The same decision with every rule that saw at least one of its words, best first.
  RuleMatch Explain(const Reply& reply, ProviderIndex provider, Scratch* scratch,
                    std::vector<RuleCandidate>* candidates) const;

  const std::vector<Rule>& rules() const;  // sorted by id
  const ProviderMap& providers() const;
  uint64_t fingerprint() const;   // names this very rule set: hash of all rules; shown as the rules version
  bool loaded() const;            // a serialized database was used, nothing was compiled
  std::string Serialize() const;  // for the `serialized` argument of a later Compile

 private:
  struct Impl;
  explicit RuleSet(std::unique_ptr<Impl> impl);
  std::unique_ptr<const Impl> impl_;
};

}  // namespace bouncewatch

// NearestRules: for a reply that no rule took, the rule that came closest, and what kept it. A phrase of a
// rule is close when the reply has most of its words, rare ones counting more: "our system has detected" and
// "Gmail has detected" are close, though neither holds the other.
//
// Made once for a set, which costs about as much as a thousand answers. Immutable; share freely.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "classifier/provider.h"
#include "classifier/reply.h"
#include "classifier/rules/rule_set.h"
#include "classifier/text.h"

namespace bouncewatch {

struct NearestRule {
  uint32_t rule = kNoRule;
  std::string why;  // what kept it: `"our system has detected" lacks "our", "system"`, "codes"
};

class NearestRules {
 public:
  explicit NearestRules(std::shared_ptr<const RuleSet> rules);

  // `reply`: masked and parsed, as rules read it. nullopt: no rule has half of its words in it.
  std::optional<NearestRule> Find(const Reply& reply, ProviderIndex provider) const;

 private:
  struct Phrase {
    uint32_t rule = 0;
    double weight = 0;      // of all its words
    std::string text;       // as the rule has it
    bool is_regex = false;  // not every word of it need be there
    std::vector<uint32_t> words;
  };

  void AddPhrase(uint32_t rule, const std::string& text, bool is_regex);
  std::string WhyNot(const Phrase& phrase, const std::vector<bool>& in_reply, const Reply& reply,
                     ProviderIndex provider) const;

  std::shared_ptr<const RuleSet> rules_;
  std::vector<Phrase> phrases_;
  StringMap<uint32_t> word_ids_;
  std::vector<std::string> words_;                   // by id
  std::vector<double> rarity_;                       // by id
  std::vector<std::vector<uint32_t>> phrases_with_;  // by id of a word
};

}  // namespace bouncewatch

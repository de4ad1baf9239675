// RuleConditions: the conditions of one rule in a form that can be compared with another's, for the proofs of
// rule_check.h. What it says yes to is certain; a no may only mean that it cannot tell. Immutable.
#pragma once

#include <string>
#include <vector>

#include "classifier/rules/rule.h"
#include "classifier/rules/word.h"

namespace bouncewatch {

class RuleConditions {
 public:
  explicit RuleConditions(const Rule& rule);

  // Whether `other` matches every reply that this rule matches.
  bool Imply(const RuleConditions& other) const;
  // Whether no reply at all can match: what must be there brings along what must not.
  bool Impossible() const;
  // Equal for two rules with the same conditions, however they are ordered and capitalised.
  const std::string& key() const { return key_; }

 private:
  using Group = std::vector<Word>;  // at least one of them is there

  std::vector<std::string> providers_;  // empty: any
  std::vector<CodeCondition> codes_;    // never empty
  std::vector<Phase> phases_;           // empty: any
  std::vector<Group> groups_;           // of token, list, any, and one for each phrase of all
  Group none_;
  std::string regex_;
  std::string key_;
};

}  // namespace bouncewatch

// NaiveRules: decides a reply by asking every rule in turn, with plain searches and std::regex. Slow and
// obvious: the oracle that RuleSet is compared with.
#pragma once

#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "classifier/reply.h"
#include "classifier/rules/rule.h"

namespace bouncewatch {

class NaiveRules {
 public:
  explicit NaiveRules(RuleFileContent content);

  struct Decision {
    std::string rule;      // id, "" when none matched
    std::string provider;  // name, "" when not known
    bool operator==(const Decision&) const = default;
  };
  Decision Decide(const Reply& reply, std::string_view provider) const;

 private:
  struct Rank;
  std::string Betrayed(const std::string& text) const;
  std::optional<Rank> Match(size_t rule, const Reply& reply, const std::string& text,
                            std::string_view provider) const;

  RuleFileContent content_;
  std::vector<std::optional<std::regex>> regexes_;
};

}  // namespace bouncewatch

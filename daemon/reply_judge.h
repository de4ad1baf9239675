// ReplyJudge: what a set of rules says of the replies that a store knows. One thread.
#pragma once

#include <memory>

#include "classifier/reply.h"
#include "classifier/rules/rule_set.h"
#include "storage/reader.h"

namespace bouncewatch {

class ReplyJudge {
 public:
  // `rules` outlive the judge.
  explicit ReplyJudge(const RuleSet& rules) : rules_(rules), scratch_(rules.NewScratch()) {}

  // A stored reply as the rules read it: masked, at its stage.
  static Reply Parse(const StoredReply& stored) {
    Reply reply = ParseReply(stored.text);
    if (reply.phase == Phase::kUnknown) reply.phase = stored.phase;
    return reply;
  }
  RuleMatch Judge(const Reply& parsed, std::string_view provider) {
    return rules_.Match(parsed, rules_.providers().FindName(provider), scratch_.get());
  }

 private:
  const RuleSet& rules_;
  const std::unique_ptr<RuleSet::Scratch> scratch_;
};

}  // namespace bouncewatch

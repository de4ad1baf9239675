#include "daemon/rule_hits.h"

#include <algorithm>

#include "classifier/status_macros.h"
#include "daemon/reply_judge.h"
#include "daemon/reply_uses.h"

namespace bouncewatch {

absl::StatusOr<std::vector<RuleHits>> CountRuleHits(Reader* reader, const RuleSet& rules) {
  ASSIGN_OR_RETURN(std::vector<ReplyUse> uses, CountReplies(reader));
  RETURN_IF_ERROR(RefineTimes(reader, 3600, &uses));
  std::vector<RuleHits> all(rules.rules().size());
  ReplyJudge judge(rules);
  for (const ReplyUse& use : uses) {
    const StoredReply stored = {use.template_id, use.text, use.provider, use.phase, use.example};
    const RuleMatch match = judge.Judge(ReplyJudge::Parse(stored), use.provider);
    if (match.rule == kNoRule) continue;
    all[match.rule].hits += use.count;
    all[match.rule].last_s = std::max(all[match.rule].last_s, use.last_s);
  }
  return all;
}

}  // namespace bouncewatch

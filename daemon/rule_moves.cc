#include "daemon/rule_moves.h"

#include <set>
#include <tuple>

#include "classifier/status_macros.h"
#include "classifier/taxonomy.h"
#include "daemon/reply_judge.h"

namespace bouncewatch {

absl::StatusOr<RuleMoves> CompareRules(Reader* reader, const RuleSet& before, const RuleSet& after) {
  RuleMoves result;
  ReplyJudge old_judge(before), new_judge(after);
  std::set<std::tuple<uint64_t, std::string, Phase>> seen;
  std::set<RuleMove> first;
  RETURN_IF_ERROR(reader->VisitReplies([&](const StoredReply& stored) {
    if (!seen.emplace(stored.template_id, std::string(stored.provider), stored.phase).second) return true;
    const Reply reply = ReplyJudge::Parse(stored);
    const std::string_view from = Causes()[old_judge.Judge(reply, stored.provider).cause].id;
    const std::string_view to = Causes()[new_judge.Judge(reply, stored.provider).cause].id;
    if (from != to) {
      ++result.moved;
      first.insert({std::string(from), std::string(to), std::string(stored.provider),
                    std::string(stored.text), stored.template_id});
      if (first.size() > kMovesShown) first.erase(std::prev(first.end()));
    }
    return ++result.looked_at < kRepliesCompared;
  }));
  result.first.assign(first.begin(), first.end());
  return result;
}

}  // namespace bouncewatch

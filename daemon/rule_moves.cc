#include "daemon/rule_moves.h"

#include <memory>
#include <set>
#include <tuple>

#include "classifier/reply.h"
#include "classifier/status_macros.h"
#include "classifier/taxonomy.h"

namespace bouncewatch {
namespace {

// What one set says of masked replies.
class Opinion {
 public:
  explicit Opinion(const RuleSet& rules) : rules_(rules), scratch_(rules.NewScratch()) {}

  std::string_view CauseOf(const Reply& reply, std::string_view provider) {
    return Causes()[rules_.Match(reply, rules_.providers().FindName(provider), scratch_.get()).cause].id;
  }

 private:
  const RuleSet& rules_;
  const std::unique_ptr<RuleSet::Scratch> scratch_;
};

}  // namespace

absl::StatusOr<RuleMoves> CompareRules(Reader* reader, const RuleSet& before, const RuleSet& after) {
  RuleMoves result;
  Opinion old_opinion(before), new_opinion(after);
  std::set<std::tuple<uint64_t, std::string, Phase>> seen;
  std::set<RuleMove> first;
  RETURN_IF_ERROR(reader->VisitReplies([&](const StoredReply& stored) {
    if (!seen.emplace(stored.template_id, std::string(stored.provider), stored.phase).second) return true;
    Reply reply = ParseReply(stored.text);
    if (reply.phase == Phase::kUnknown) reply.phase = stored.phase;
    const std::string_view from = old_opinion.CauseOf(reply, stored.provider);
    const std::string_view to = new_opinion.CauseOf(reply, stored.provider);
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

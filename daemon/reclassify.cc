#include "daemon/reclassify.h"

#include <memory>

#include "classifier/reply.h"
#include "classifier/status_macros.h"
#include "classifier/taxonomy.h"

namespace bouncewatch {

absl::StatusOr<Reclassification> Reclassify(Reader* reader, const RuleSet& rules) {
  Reclassification result;
  const std::unique_ptr<RuleSet::Scratch> scratch = rules.NewScratch();
  RETURN_IF_ERROR(reader->VisitReplies([&](const StoredReply& stored) {
    Reply reply = ParseReply(stored.text);
    if (reply.phase == Phase::kUnknown) reply.phase = stored.phase;
    const std::string_view cause =
        Causes()[rules.Match(reply, rules.providers().FindName(stored.provider), scratch.get()).cause].id;
    ++result.looked_at;
    if (cause == stored.cause) return true;
    result.causes[stored.answer] = cause;
    ++result.moves[{std::string(stored.cause), std::string(cause)}];
    return true;
  }));
  return result;
}

}  // namespace bouncewatch

#include "storage/replies.h"

#include <optional>

#include "classifier/status_macros.h"
#include "storage/entries.h"
#include "storage/records.h"

namespace bouncewatch {

absl::Status VisitReplies(const Snapshot& snapshot, const ReplyVisitor& visit) {
  ASSIGN_OR_RETURN(const Meta meta, snapshot.GetMeta());
  Entries entries(snapshot);
  for (uint32_t id = meta.next_id[static_cast<size_t>(Kind::kAnswer)] - 1; id > 0; --id) {
    ASSIGN_OR_RETURN(const std::string_view answer_bytes, entries.Find(Kind::kAnswer, id));
    const std::optional<AnswerRecord> answer = DecodeAnswer(answer_bytes);
    if (!answer.has_value()) return absl::DataLossError("store: damaged answer");
    if (answer->template_id == 0) continue;
    ASSIGN_OR_RETURN(const std::string_view template_bytes,
                     entries.Find(Kind::kTemplate, answer->template_id));
    const std::optional<StoredTemplate> stored = DecodeTemplate(template_bytes);
    if (!stored.has_value()) return absl::DataLossError("store: damaged template");
    ASSIGN_OR_RETURN(const std::string_view provider, entries.Find(Kind::kProvider, answer->provider));
    if (!visit({stored->id, stored->text, provider, answer->phase, stored->example, id, answer->cause})) break;
  }
  return absl::OkStatus();
}

}  // namespace bouncewatch

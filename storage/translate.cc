#include "storage/translate.h"

#include <string>

#include "classifier/status_macros.h"
#include "classifier/taxonomy.h"
#include "storage/coding.h"
#include "storage/records.h"

namespace bouncewatch {

Translation::Translation(const Rollup& rollup, Dictionary* dictionary)
    : rollup_(rollup),
      dictionary_(dictionary),
      lanes_(rollup.lanes().size()),
      templates_(rollup.templates().size()),
      answers_(rollup.answers().size()) {
  for (size_t i = 0; i < kNameCount; ++i) names_[i].resize(rollup.names(static_cast<Name>(i)).size());
}

absl::StatusOr<PackedRow> Translation::Translate(const Row& row) {
  uint32_t domain = names_[static_cast<size_t>(Name::kDomain)][row.domain];
  if (domain == 0 && row.domain != 0) {
    ASSIGN_OR_RETURN(domain, NameId(Name::kDomain, row.domain));
  }
  uint32_t lane = lanes_[row.lane];
  if (lane == 0 && row.lane != 0) {
    ASSIGN_OR_RETURN(lane, LaneId(row.lane));
  }
  uint32_t answer = answers_[row.answer];
  if (answer == 0) {
    ASSIGN_OR_RETURN(answer, AnswerId(row.answer));
  }
  return PackedRow::Of(domain, row.minute % 60, lane, answer, 0);
}

absl::StatusOr<uint32_t> Translation::NameId(Name name, uint32_t local) {
  if (local == 0) return 0u;
  uint32_t& id = names_[static_cast<size_t>(name)][local];
  if (id == 0) {
    const std::string_view text = rollup_.names(name).text(local);
    ASSIGN_OR_RETURN(id, dictionary_->Id(KindOf(name), text, text));
  }
  return id;
}

absl::StatusOr<uint32_t> Translation::LaneId(uint32_t local) {
  const LaneKey& key = rollup_.lanes()[local];
  LaneRecord lane;
  ASSIGN_OR_RETURN(lane.ip, NameId(Name::kIp, key.ip));
  ASSIGN_OR_RETURN(lane.sender, NameId(Name::kSender, key.sender));
  ASSIGN_OR_RETURN(lane.customer, NameId(Name::kCustomer, key.customer));
  ASSIGN_OR_RETURN(lane.host, NameId(Name::kHost, key.host));
  const std::string bytes = EncodeLane(lane);
  ASSIGN_OR_RETURN(lanes_[local], dictionary_->Id(Kind::kLane, bytes, bytes));
  return lanes_[local];
}

absl::StatusOr<uint32_t> Translation::TemplateId(uint32_t local) {
  if (local == 0) return 0u;
  uint32_t& id = templates_[local];
  if (id == 0) {
    const TemplateRecord& record = rollup_.templates()[local];
    std::string identity;
    PutFixed(&identity, record.id);
    const std::string value = EncodeTemplate({record.id, record.text, record.rule});
    ASSIGN_OR_RETURN(id, dictionary_->Id(Kind::kTemplate, identity, value));
  }
  return id;
}

absl::StatusOr<uint32_t> Translation::AnswerId(uint32_t local) {
  const AnswerKey& key = rollup_.answers()[local];
  AnswerRecord answer;
  ASSIGN_OR_RETURN(answer.template_id, TemplateId(key.template_ref));
  ASSIGN_OR_RETURN(answer.provider, NameId(Name::kProvider, key.provider));
  answer.enhanced = key.enhanced;
  answer.code = key.code;
  answer.outcome = key.outcome;
  answer.origin = key.origin;
  answer.phase = key.phase;
  answer.cause = Causes()[key.cause < Causes().size() ? key.cause : UnspecifiedCause()].id;
  const std::string bytes = EncodeAnswer(answer);
  ASSIGN_OR_RETURN(answers_[local], dictionary_->Id(Kind::kAnswer, bytes, bytes));
  return answers_[local];
}

}  // namespace bouncewatch

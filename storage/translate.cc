// Everything is looked up in the order of local ids before any row is: the hash of an entry is then known
// well before its slot in the dictionary's cache is needed, and the miss is hidden.
#include "storage/translate.h"

#include <algorithm>
#include <string>

#include "classifier/status_macros.h"
#include "classifier/taxonomy.h"
#include "storage/coding.h"
#include "storage/records.h"

namespace bouncewatch {
namespace {

constexpr uint32_t kAhead = 8;  // look-ups under way; a power of two

}  // namespace

void Translation::Clear() {
  *this = Translation();
}

absl::Status Translation::Extend(const Rollup& rollup, Dictionary* dictionary) {
  if (ids_ != rollup.ids()) {
    Clear();
    ids_ = rollup.ids();
  }
  const LocalIds::Sizes sizes = rollup.sizes();
  for (size_t i = 0; i < kNameCount; ++i) {
    RETURN_IF_ERROR(AddNames(static_cast<Name>(i), sizes.names[i], dictionary));
  }
  RETURN_IF_ERROR(AddLanes(sizes.lanes, dictionary));
  RETURN_IF_ERROR(AddTemplates(sizes.templates, dictionary));
  // The answer without content has an outcome and a cause all the same, and so an entry if any row uses it.
  const bool first_is_used =
      std::any_of(rollup.rows().begin(), rollup.rows().end(), [](const Row& row) { return row.answer == 0; });
  return AddAnswers(sizes.answers, first_is_used, dictionary);
}

absl::Status Translation::AddNames(Name name, uint32_t end, Dictionary* dictionary) {
  const Interner& texts = ids_->names(name);
  std::vector<uint32_t>& ids = names_[static_cast<size_t>(name)];
  if (ids.empty()) ids.push_back(0);
  std::array<uint64_t, kAhead> hashes{};
  const auto expect = [&](size_t local) {
    if (local >= end) return;
    hashes[local % kAhead] = dictionary->Expect(KindOf(name), texts.text(static_cast<uint32_t>(local)));
  };
  for (size_t local = ids.size(), ahead = local + kAhead; local < ahead; ++local) expect(local);
  while (ids.size() < end) {
    const size_t local = ids.size();
    ASSIGN_OR_RETURN(const uint32_t id, dictionary->Id(KindOf(name), hashes[local % kAhead],
                                                       texts.text(static_cast<uint32_t>(local))));
    ids.push_back(id);
    expect(local + kAhead);
  }
  return absl::OkStatus();
}

absl::Status Translation::AddLanes(uint32_t end, Dictionary* dictionary) {
  if (lanes_.empty()) lanes_.push_back(0);
  std::array<uint64_t, kAhead> hashes{};
  std::array<std::string, kAhead> lanes;
  const auto expect = [&](size_t local) {
    if (local >= end) return;
    const LaneKey& key = ids_->lane(static_cast<uint32_t>(local));
    LaneRecord lane;
    lane.ip = NameId(Name::kIp, key.ip);
    lane.sender = NameId(Name::kSender, key.sender);
    lane.customer = NameId(Name::kCustomer, key.customer);
    lane.host = NameId(Name::kHost, key.host);
    lanes[local % kAhead] = EncodeLane(lane);
    hashes[local % kAhead] = dictionary->Expect(Kind::kLane, lanes[local % kAhead]);
  };
  for (size_t local = lanes_.size(), ahead = local + kAhead; local < ahead; ++local) expect(local);
  while (lanes_.size() < end) {
    const size_t local = lanes_.size();
    ASSIGN_OR_RETURN(const uint32_t id,
                     dictionary->Id(Kind::kLane, hashes[local % kAhead], lanes[local % kAhead]));
    lanes_.push_back(id);
    expect(local + kAhead);
  }
  return absl::OkStatus();
}

absl::Status Translation::AddTemplates(uint32_t end, Dictionary* dictionary) {
  if (templates_.empty()) templates_.push_back(0);
  while (templates_.size() < end) {
    const TemplateRecord& record = ids_->template_record(static_cast<uint32_t>(templates_.size()));
    const std::string value = EncodeTemplate({record.id, record.text, record.rule, record.example});
    const std::string_view identity = std::string_view(value).substr(0, kTemplateIdentitySize);
    const uint64_t hash = dictionary->Expect(Kind::kTemplate, identity);
    ASSIGN_OR_RETURN(const uint32_t id, dictionary->Id(Kind::kTemplate, hash, value));
    templates_.push_back(id);
  }
  return absl::OkStatus();
}

absl::StatusOr<uint32_t> Translation::AnswerId(const AnswerKey& key, Dictionary* dictionary) const {
  AnswerRecord answer;
  answer.template_id = templates_[key.template_ref];
  answer.provider = NameId(Name::kProvider, key.provider);
  answer.enhanced = key.enhanced;
  answer.code = key.code;
  answer.outcome = key.outcome;
  answer.origin = key.origin;
  answer.phase = key.phase;
  answer.cause = Causes()[key.cause < Causes().size() ? key.cause : UnspecifiedCause()].id;
  const std::string bytes = EncodeAnswer(answer);
  return dictionary->Id(Kind::kAnswer, dictionary->Expect(Kind::kAnswer, bytes), bytes);
}

absl::Status Translation::AddAnswers(uint32_t end, bool first_is_used, Dictionary* dictionary) {
  if (answers_.empty()) answers_.push_back(0);
  if (first_is_used && answers_[0] == 0) {
    ASSIGN_OR_RETURN(answers_[0], AnswerId(ids_->answer(0), dictionary));
  }
  while (answers_.size() < end) {
    const AnswerKey& key = ids_->answer(static_cast<uint32_t>(answers_.size()));
    ASSIGN_OR_RETURN(const uint32_t id, AnswerId(key, dictionary));
    answers_.push_back(id);
  }
  return absl::OkStatus();
}

}  // namespace bouncewatch

// Everything is looked up in the order of local ids before any row is: the hash of an entry is then known
// well before its slot in the dictionary's cache is needed, and the miss is hidden.
#include "storage/translate.h"

#include <algorithm>
#include <span>
#include <string>

#include "classifier/status_macros.h"
#include "classifier/taxonomy.h"
#include "storage/coding.h"
#include "storage/records.h"

namespace bouncewatch {
namespace {

constexpr uint32_t kAhead = 8;  // look-ups under way; a power of two

}  // namespace

absl::StatusOr<Translation> Translation::Make(const Rollup& rollup, Dictionary* dictionary) {
  Translation translation(rollup);
  for (int i = 0; i < kNameCount; ++i) {
    RETURN_IF_ERROR(translation.AddNames(static_cast<Name>(i), dictionary));
  }
  RETURN_IF_ERROR(translation.AddLanes(dictionary));
  RETURN_IF_ERROR(translation.AddTemplates(dictionary));
  RETURN_IF_ERROR(translation.AddAnswers(dictionary));
  return translation;
}

absl::Status Translation::AddNames(Name name, Dictionary* dictionary) {
  const Interner& texts = rollup_.names(name);
  std::vector<uint32_t>& ids = names_[static_cast<size_t>(name)];
  ids.assign(texts.size(), 0);
  std::array<uint64_t, kAhead> hashes{};
  const auto expect = [&](uint32_t local) {
    if (local < texts.size()) hashes[local % kAhead] = dictionary->Expect(KindOf(name), texts.text(local));
  };
  for (uint32_t local = 1; local <= kAhead; ++local) expect(local);
  for (uint32_t local = 1; local < texts.size(); ++local) {
    ASSIGN_OR_RETURN(ids[local], dictionary->Id(KindOf(name), hashes[local % kAhead], texts.text(local)));
    expect(local + kAhead);
  }
  return absl::OkStatus();
}

absl::Status Translation::AddLanes(Dictionary* dictionary) {
  const std::span<const LaneKey> keys = rollup_.lanes();
  lanes_.assign(keys.size(), 0);
  std::array<uint64_t, kAhead> hashes{};
  std::array<std::string, kAhead> lanes;
  const auto expect = [&](uint32_t local) {
    if (local >= keys.size()) return;
    const LaneKey& key = keys[local];
    LaneRecord lane;
    lane.ip = NameId(Name::kIp, key.ip);
    lane.sender = NameId(Name::kSender, key.sender);
    lane.customer = NameId(Name::kCustomer, key.customer);
    lane.host = NameId(Name::kHost, key.host);
    lanes[local % kAhead] = EncodeLane(lane);
    hashes[local % kAhead] = dictionary->Expect(Kind::kLane, lanes[local % kAhead]);
  };
  for (uint32_t local = 1; local <= kAhead; ++local) expect(local);
  for (uint32_t local = 1; local < keys.size(); ++local) {
    ASSIGN_OR_RETURN(lanes_[local],
                     dictionary->Id(Kind::kLane, hashes[local % kAhead], lanes[local % kAhead]));
    expect(local + kAhead);
  }
  return absl::OkStatus();
}

absl::Status Translation::AddTemplates(Dictionary* dictionary) {
  templates_.assign(rollup_.templates().size(), 0);
  for (size_t local = 1; local < templates_.size(); ++local) {
    const TemplateRecord& record = rollup_.templates()[local];
    const std::string value = EncodeTemplate({record.id, record.text, record.rule});
    const std::string_view identity = std::string_view(value).substr(0, kTemplateIdentitySize);
    const uint64_t hash = dictionary->Expect(Kind::kTemplate, identity);
    ASSIGN_OR_RETURN(templates_[local], dictionary->Id(Kind::kTemplate, hash, value));
  }
  return absl::OkStatus();
}

absl::Status Translation::AddAnswers(Dictionary* dictionary) {
  answers_.assign(rollup_.answers().size(), 0);
  // The answer without content has an outcome and a cause all the same, and so an entry if any row uses it.
  const bool first_is_used = std::any_of(rollup_.rows().begin(), rollup_.rows().end(),
                                         [](const Row& row) { return row.answer == 0; });
  for (size_t local = first_is_used ? 0 : 1; local < answers_.size(); ++local) {
    const AnswerKey& key = rollup_.answers()[local];
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
    ASSIGN_OR_RETURN(answers_[local],
                     dictionary->Id(Kind::kAnswer, dictionary->Expect(Kind::kAnswer, bytes), bytes));
  }
  return absl::OkStatus();
}

}  // namespace bouncewatch

// Translation: local ids to those of the store. Every id is looked up once, however many commits refer to it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "storage/dictionary.h"
#include "storage/packed_row.h"
#include "storage/rollup.h"

namespace bouncewatch {

class Translation {
 public:
  // Looks up what `rollup` may refer to and is not known yet. Entries that are new go to the store with the
  // dictionary's next Flush. After an error, and when a batch did not land, call Clear.
  absl::Status Extend(const Rollup& rollup, Dictionary* dictionary);
  void Clear();

  // The row with ids of the store. Its count and hour stay the caller's business.
  PackedRow Translate(const Row& row) const {
    return PackedRow::Of(names_[0][row.domain], row.minute % 60, lanes_[row.lane], answers_[row.answer], 0);
  }

 private:
  absl::Status AddNames(Name name, uint32_t end, Dictionary* dictionary);
  absl::Status AddLanes(uint32_t end, Dictionary* dictionary);
  absl::Status AddTemplates(uint32_t end, Dictionary* dictionary);
  absl::Status AddAnswers(uint32_t end, bool first_is_used, Dictionary* dictionary);
  absl::StatusOr<uint32_t> AnswerId(const AnswerKey& key, Dictionary* dictionary) const;
  uint32_t NameId(Name name, uint32_t local) const { return names_[static_cast<size_t>(name)][local]; }

  std::shared_ptr<const LocalIds> ids_;  // what the tables below translate
  // Local id -> id of the store.
  std::array<std::vector<uint32_t>, kNameCount> names_;
  std::vector<uint32_t> lanes_, templates_, answers_;
};
static_assert(Name::kDomain == Name{0}, "Translate takes domains from the first of the names");

}  // namespace bouncewatch

// Translation: the ids of one Rollup to those of the store.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/dictionary.h"
#include "storage/packed_row.h"
#include "storage/rollup.h"

namespace bouncewatch {

class Translation {
 public:
  // Looks everything up. Entries that are new go to the store with the dictionary's next Flush. The rollup
  // outlives the translation.
  static absl::StatusOr<Translation> Make(const Rollup& rollup, Dictionary* dictionary);

  // The row with ids of the store. Its count and hour stay the caller's business.
  PackedRow Translate(const Row& row) const {
    return PackedRow::Of(names_[0][row.domain], row.minute % 60, lanes_[row.lane], answers_[row.answer], 0);
  }

 private:
  explicit Translation(const Rollup& rollup) : rollup_(rollup) {}

  absl::Status AddNames(Name name, Dictionary* dictionary);
  absl::Status AddLanes(Dictionary* dictionary);
  absl::Status AddTemplates(Dictionary* dictionary);
  absl::Status AddAnswers(Dictionary* dictionary);
  uint32_t NameId(Name name, uint32_t local) const { return names_[static_cast<size_t>(name)][local]; }

  const Rollup& rollup_;
  // Local id -> id of the store.
  std::array<std::vector<uint32_t>, kNameCount> names_;
  std::vector<uint32_t> lanes_, templates_, answers_;
};
static_assert(Name::kDomain == Name{0}, "Translate takes domains from the first of the names");

}  // namespace bouncewatch

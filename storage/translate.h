// Translation: the ids of one Rollup to those of the store, each looked up when a row first uses it.
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
  // Both outlive the translation. Entries that are new go to the store with the dictionary's next Flush.
  Translation(const Rollup& rollup, Dictionary* dictionary);

  // The row with ids of the store. Its count and hour stay the caller's business.
  absl::StatusOr<PackedRow> Translate(const Row& row);

 private:
  absl::StatusOr<uint32_t> NameId(Name name, uint32_t local);
  absl::StatusOr<uint32_t> LaneId(uint32_t local);
  absl::StatusOr<uint32_t> TemplateId(uint32_t local);
  absl::StatusOr<uint32_t> AnswerId(uint32_t local);

  const Rollup& rollup_;
  Dictionary* dictionary_;
  // Local id -> id of the store; 0: not looked up yet.
  std::array<std::vector<uint32_t>, kNameCount> names_;
  std::vector<uint32_t> lanes_, templates_, answers_;
};

}  // namespace bouncewatch

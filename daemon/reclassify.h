// What rules of today say of the replies of a store: the relabelling, and what it moves.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "classifier/rules/rule_set.h"
#include "storage/reader.h"
#include "storage/relabelling.h"

namespace bouncewatch {

struct Reclassification {
  Relabelling causes;    // of the answers whose cause is another than the stored one
  size_t looked_at = 0;  // answers with a template
  std::map<std::pair<std::string, std::string>, size_t> moves;  // (cause stored, cause now) -> answers
};

// Templates are matched as they are stored, cut at kMaxTemplateText; masking once more changes nothing.
absl::StatusOr<Reclassification> Reclassify(Reader* reader, const RuleSet& rules);

}  // namespace bouncewatch

// Overlay: a site's own rule files over the shipped ones.
#pragma once

#include "absl/status/statusor.h"
#include "classifier/rules/rule.h"

namespace bouncewatch {

// The rules of both:
//   - a rule of the overlay takes the place of the shipped rule with its id;
//   - `disable` takes shipped rules out. An id that no shipped rule has (any more) does no harm and stays in
//     the result's `disabled`, so that callers can say so;
//   - hosts of a [[provider]] and phrases of a [[fingerprint]] are added; one that the shipped files give to
//     another provider goes over to the overlay's.
// InvalidArgument, with the place: the overlay both brings and disables a rule.
absl::StatusOr<RuleFileContent> ApplyOverlay(RuleFileContent shipped, RuleFileContent overlay);

}  // namespace bouncewatch

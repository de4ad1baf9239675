// Extract: a rule's expression that reads an identity out of a reply. RE2, so time is linear in the text
// whatever the expression; exactly one capture group; compared without regard to case, byte by byte.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace re2 {
class RE2;
}  // namespace re2

namespace bouncewatch {

class Extractor {
 public:
  // InvalidArgument: the expression is bad, or has not exactly one group.
  static absl::StatusOr<Extractor> Compile(std::string_view pattern);
  Extractor(Extractor&& other) noexcept;
  Extractor& operator=(Extractor&& other) noexcept;
  ~Extractor();

  // What the group holds where the expression is found first; empty when it is not. A view into `text`.
  std::string_view Find(std::string_view text) const;

 private:
  explicit Extractor(std::unique_ptr<const re2::RE2> pattern);
  std::unique_ptr<const re2::RE2> pattern_;
};

// Where an expression of any form is found first, whatever its groups; empty when it is not, or is bad.
std::string_view FindExpression(std::string_view pattern, std::string_view text);

}  // namespace bouncewatch

#include "classifier/facts/extract.h"

#include <re2/re2.h>

#include <utility>

#include "absl/strings/str_format.h"

namespace bouncewatch {
namespace {

constexpr int64_t kMaxMemory = 1 << 20;  // of one expression with its automata

re2::RE2::Options MakeOptions() {
  re2::RE2::Options options;
  options.set_encoding(re2::RE2::Options::EncodingLatin1);  // replies are bytes
  options.set_case_sensitive(false);
  options.set_log_errors(false);
  options.set_max_mem(kMaxMemory);
  return options;
}

}  // namespace

absl::StatusOr<Extractor> Extractor::Compile(std::string_view pattern) {
  auto compiled =
      std::make_unique<const re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), MakeOptions());
  if (!compiled->ok()) {
    return absl::InvalidArgumentError(absl::StrFormat("bad expression '%s': %s", pattern, compiled->error()));
  }
  if (compiled->NumberOfCapturingGroups() != 1) {
    return absl::InvalidArgumentError(
        absl::StrFormat("expression '%s' has %d groups; it must have exactly one", pattern,
                        compiled->NumberOfCapturingGroups()));
  }
  return Extractor(std::move(compiled));
}

Extractor::Extractor(std::unique_ptr<const re2::RE2> pattern) : pattern_(std::move(pattern)) {}
Extractor::Extractor(Extractor&& other) noexcept = default;
Extractor& Extractor::operator=(Extractor&& other) noexcept = default;
Extractor::~Extractor() = default;

std::string_view Extractor::Find(std::string_view text) const {
  re2::StringPiece groups[2];
  const re2::StringPiece input(text.data(), text.size());
  if (!pattern_->Match(input, 0, input.size(), re2::RE2::UNANCHORED, groups, 2) ||
      groups[1].data() == nullptr)
    return {};
  return {groups[1].data(), groups[1].size()};
}

std::string_view FindExpression(std::string_view pattern, std::string_view text) {
  const re2::RE2 compiled(re2::StringPiece(pattern.data(), pattern.size()), MakeOptions());
  re2::StringPiece whole;
  const re2::StringPiece input(text.data(), text.size());
  if (!compiled.ok() || !compiled.Match(input, 0, input.size(), re2::RE2::UNANCHORED, &whole, 1)) return {};
  return {whole.data(), whole.size()};
}

}  // namespace bouncewatch

// KumoImport: bounce classifier files of KumoMTA as rules of ours.
//
// Such a file is a TOML table of class -> list of regexes, with [rules] above it or without. KumoMTA matches
// a regex against the whole reply; ours read codes and masked words, so each regex is taken apart
// (foreign_regex.h) and gets a sample of its own. Imported rules go behind all shipped ones: they answer
// where those have no answer, and never instead of them. Pure; some seconds of work.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "classifier/rules/rule.h"

namespace bouncewatch {

struct KumoImport {
  struct Left {
    RuleLocation location;
    std::string regex, why;
  };
  std::string toml;  // a rule file with the rules that carry over; passes `rules check` beside `shipped`
  size_t carried = 0;
  std::vector<Left> left;  // what does not, and why
};

// `prefix` begins the rules' ids; `shipped` comes with its samples. InvalidArgument, "file:line:column:
// what": not such a file.
absl::StatusOr<KumoImport> ImportKumoRules(std::string_view text, std::string_view file_name,
                                           std::string_view prefix, const RuleFileContent& shipped);

}  // namespace bouncewatch

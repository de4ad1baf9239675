// TemplateReport: the templates that a store knows, with what the rules of now make of them. Of the
// unclassified it tells what a new rule needs: the nearest rule, why it missed, and a skeleton to begin with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "classifier/rules/rule_set.h"
#include "storage/reader.h"

namespace bouncewatch {

enum class TemplateChoice : uint8_t { kUnclassified, kAll };

struct TemplateQuestion {
  TemplateChoice choice = TemplateChoice::kUnclassified;
  std::string provider;  // "": all
  std::string id;        // 16 hex digits; "": all
  size_t limit = 20;     // templates; 0: all
};

struct TemplateUse {
  uint64_t id = 0;
  std::string text, example;
  std::string cause, rule;  // where it is said most; rule "" when none
  uint64_t count = 0;
  int64_t first_s = 0, last_s = 0;
  std::map<std::string, uint64_t> providers;  // how often at each
  std::string nearest, why;                   // of the unclassified: a rule's id, "" when none is near
  std::string skeleton;                       // of the unclassified: TOML
};

// How much of what a group of receivers says has no cause.
struct ProviderShare {
  uint64_t failures = 0, unclassified = 0;
};

struct TemplateReport {
  std::vector<TemplateUse> templates;  // most frequent first
  size_t total = 0;                    // before `limit`
  std::map<std::string, ProviderShare> providers;
};

// `now_s` dates the skeletons. A template that only some receivers' rules know is unclassified at the others.
absl::StatusOr<TemplateReport> ReportTemplates(Reader* reader, std::shared_ptr<const RuleSet> rules,
                                               const TemplateQuestion& question, int64_t now_s);

}  // namespace bouncewatch

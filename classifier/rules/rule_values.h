// RuleValues: the typed values of one rule file. Each reads a TOML node into *out, or says what is wrong with
// it as "file:line:column: what". The keys that need them are the loader's. Pure; no I/O.
#pragma once

#include <toml++/toml.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "classifier/rules/rule.h"

namespace bouncewatch {

class RuleValues {
 public:
  explicit RuleValues(std::string_view file_name) : file_(file_name) {}

  absl::Status Text(std::string_view key, const toml::node& node, std::string* out) const;
  // One string, or an array of strings.
  absl::Status List(std::string_view key, const toml::node& node, std::vector<std::string>* out) const;
  // The same of phrases and tokens (word.h); one that would match anything is an error.
  absl::Status Words(std::string_view key, const toml::node& node, std::vector<std::string>* out) const;
  absl::Status Date(std::string_view key, const toml::node& node, std::string* out) const;
  absl::Status Codes(const toml::node& node, std::vector<CodeCondition>* out) const;
  absl::Status Phases(const toml::node& node, std::vector<Phase>* out) const;
  absl::Status CauseId(const toml::node& node, CauseIndex* out) const;
  absl::Status Priority(const toml::node& node, int* out) const;
  // { kind = 'expression', kind = ['expression', ...] }. The expressions are not looked at: see
  // CheckExtracts.
  absl::Status Extracts(const toml::node& node, std::vector<Extract>* out) const;

  RuleLocation Locate(const toml::source_position& position) const {
    return {file_, static_cast<int>(position.line), static_cast<int>(position.column)};
  }
  RuleLocation Locate(const toml::node& node) const { return Locate(node.source().begin); }
  absl::Status Fail(const toml::node& node, std::string_view what) const { return Fail(Locate(node), what); }
  absl::Status Fail(const RuleLocation& location, std::string_view what) const;

 private:
  std::string file_;
};

}  // namespace bouncewatch

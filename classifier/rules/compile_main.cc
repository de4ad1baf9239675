// Compiles the shipped rules at build time, so that a daemon starts in milliseconds: writes what EncodeRules
// and RuleSet::Serialize give to the two files named. A rule, an expression of `extract` or a remedy that is
// wrong fails the build: what is read only on demand is proved here.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <string>

#include "classifier/embedded_file.h"
#include "classifier/facts/fact_finder.h"
#include "classifier/rules/compact_rules.h"
#include "classifier/rules/loader.h"
#include "classifier/rules/remedies.h"
#include "classifier/rules/rule_set.h"
#include "classifier/status_macros.h"

using namespace bouncewatch;

namespace {

absl::Status WriteFile(const char* path, const std::string& bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << bytes;
  out.close();
  return out ? absl::OkStatus() : absl::InternalError(std::string("cannot write ") + path);
}

absl::Status Compile(const char* rules_path, const char* database_path) {
  ASSIGN_OR_RETURN(RuleFileContent content, ParseRuleFiles(EmbeddedRuleFiles()));
  RETURN_IF_ERROR(CheckExtracts(content.rules));
  RETURN_IF_ERROR(Remedies::Shipped().status());
  // As RuleSet wants them, so that no start has to sort.
  std::sort(content.rules.begin(), content.rules.end(),
            [](const Rule& a, const Rule& b) { return a.id < b.id; });
  RETURN_IF_ERROR(WriteFile(rules_path, EncodeRules(content)));
  ASSIGN_OR_RETURN(const auto rules, RuleSet::Compile(std::move(content)));
  return WriteFile(database_path, rules->Serialize());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: compile_rules RULES DATABASE\n", stderr);
    return 2;
  }
  const absl::Status status = Compile(argv[1], argv[2]);
  if (status.ok()) return 0;
  std::fprintf(stderr, "compile_rules: %s\n", status.ToString().c_str());
  return 1;
}

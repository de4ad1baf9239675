// Compiles the shipped rules at build time, so that a daemon starts in milliseconds: writes what
// RuleSet::Serialize gives to the file named. A rule that does not compile fails the build.
#include <cstdio>
#include <fstream>

#include "classifier/rules/loader.h"
#include "classifier/rules/rule_set.h"

using namespace bouncewatch;

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: compile_rules OUT\n", stderr);
    return 2;
  }
  absl::StatusOr<RuleFileContent> content = ParseRuleFiles(EmbeddedRuleFiles());
  absl::Status status = content.status();
  if (status.ok()) {
    const auto rules = RuleSet::Compile(*std::move(content));
    status = rules.status();
    if (status.ok()) {
      std::ofstream out(argv[1], std::ios::binary | std::ios::trunc);
      out << (*rules)->Serialize();
      out.close();
      if (out) return 0;
      status = absl::InternalError("cannot write the output");
    }
  }
  std::fprintf(stderr, "compile_rules: %s\n", status.ToString().c_str());
  return 1;
}

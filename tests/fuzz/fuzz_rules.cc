// Rule files are edited by people and may hold any bytes: an error that names the file, or content that is
// within its limits. Never a crash.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "classifier/rules/loader.h"
#include "classifier/rules/word.h"
#include "classifier/taxonomy.h"

namespace bouncewatch {

namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace
}  // namespace bouncewatch

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bouncewatch;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const absl::StatusOr<RuleFileContent> content = ParseRuleFile(text, "fuzz.toml");
  if (!content.ok()) {
    Require(content.status().ToString().find("fuzz.toml:") != std::string::npos);
    return 0;
  }
  for (const Rule& rule : content->rules) {
    Require(!rule.id.empty());
    Require(rule.cause < Causes().size());
    Require(rule.priority >= -100 && rule.priority <= 100);
    for (const auto* words : {&rule.tokens, &rule.lists, &rule.any, &rule.all, &rule.none}) {
      for (const std::string& word : *words) Require(!ParseWord(Word::Kind::kPhrase, word).text.empty());
    }
  }
  return 0;
}

#include "classifier/rules/rule_spans.h"

#include <algorithm>
#include <string>
#include <tuple>

#include "classifier/facts/extract.h"
#include "classifier/rules/word.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

void AddWord(Word::Kind kind, std::string_view key, const std::string& written, std::string_view text,
             std::string_view lower, std::vector<RuleSpan>* spans) {
  const Word word = ParseWord(kind, written);
  for (size_t at = lower.find(word.text); at != std::string_view::npos; at = lower.find(word.text, at + 1)) {
    const size_t end = at + word.text.size();
    if (!BoundsHold(word, text, at, end)) continue;
    spans->push_back({at, end, key});
    return;
  }
}

}  // namespace

std::vector<RuleSpan> FindRuleSpans(const Rule& rule, std::string_view text) {
  const std::string lower = AsciiLower(text);
  std::vector<RuleSpan> spans;
  const struct {
    Word::Kind kind;
    std::string_view key;
    const std::vector<std::string>& words;
  } groups[] = {{Word::Kind::kToken, "token", rule.tokens},
                {Word::Kind::kPhrase, "list", rule.lists},
                {Word::Kind::kPhrase, "any", rule.any},
                {Word::Kind::kPhrase, "all", rule.all}};
  for (const auto& group : groups) {
    for (const std::string& word : group.words) AddWord(group.kind, group.key, word, text, lower, &spans);
  }
  const std::string_view found = rule.regex.empty() ? std::string_view() : FindExpression(rule.regex, text);
  if (!found.empty()) {
    const auto begin = static_cast<size_t>(found.data() - text.data());
    spans.push_back({begin, begin + found.size(), "regex"});
  }
  std::sort(spans.begin(), spans.end(), [](const RuleSpan& a, const RuleSpan& b) {
    return std::tie(a.begin, a.end, a.key) < std::tie(b.begin, b.end, b.key);
  });
  return spans;
}

}  // namespace bouncewatch

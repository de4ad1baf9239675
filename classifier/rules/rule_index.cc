#include "classifier/rules/rule_index.h"

#include <algorithm>
#include <utility>

#include "classifier/rules/code_condition.h"

namespace bouncewatch {
namespace {

using Failed = RuleScore::Failed;

constexpr int kProviderWeight = 2 * kMaxCodeWeight;  // more than codes and phase together
constexpr int kPhaseWeight = 1;

// Length of the longest pattern of `ids` that was found; 0 when none was.
size_t LongestHit(const std::vector<PatternId>& ids, const std::vector<size_t>& lengths,
                  const PatternHits& hits) {
  size_t longest = 0;
  for (PatternId id : ids) {
    if (hits.Contains(id)) longest = std::max(longest, lengths[id]);
  }
  return longest;
}

bool ContainsAny(const std::vector<PatternId>& ids, const PatternHits& hits) {
  return std::any_of(ids.begin(), ids.end(), [&](PatternId id) { return hits.Contains(id); });
}

// Weight of the most exact alternative that holds; -1 when none does.
int MatchCodes(const std::vector<CodeCondition>& codes, const Reply& reply) {
  int best = codes.empty() ? 0 : -1;
  for (const CodeCondition& condition : codes) {
    if (condition.Matches(reply.code, reply.enhanced)) best = std::max(best, CodeWeight(condition));
  }
  return best;
}

size_t CodeClass(int code) {
  return static_cast<size_t>(std::clamp(code / 100, 0, 5));
}

}  // namespace

void RuleIndex::Build(const std::vector<Rule>& rules, const ProviderMap& providers,
                      PatternSet::Builder* builder) {
  const auto add_words = [&](const Rule& rule, Word::Kind kind, const std::vector<std::string>& written) {
    std::vector<PatternId> ids;
    for (const std::string& text : written) {
      const Word word = ParseWord(kind, text);
      ids.push_back(builder->AddWord(word, rule.location));
      lengths_.resize(std::max<size_t>(lengths_.size(), ids.back() + 1));
      lengths_[ids.back()] = word.text.size();
    }
    return ids;
  };
  for (const Rule& rule : rules) {
    Compiled& compiled = rules_.emplace_back();
    compiled.rule = &rule;
    compiled.standing = static_cast<int>(rule.specificity()) * 1000 + rule.priority;
    for (const std::string& name : rule.providers) compiled.providers.push_back(providers.FindName(name));
    compiled.tokens = add_words(rule, Word::Kind::kToken, rule.tokens);
    compiled.lists = add_words(rule, Word::Kind::kPhrase, rule.lists);
    compiled.any = add_words(rule, Word::Kind::kPhrase, rule.any);
    compiled.all = add_words(rule, Word::Kind::kPhrase, rule.all);
    compiled.none = add_words(rule, Word::Kind::kPhrase, rule.none);
    if (!rule.regex.empty()) {
      compiled.regex.push_back(builder->AddRegex(rule.regex, rule.location));
      lengths_.resize(std::max<size_t>(lengths_.size(), compiled.regex[0] + 1));
      lengths_[compiled.regex[0]] = rule.regex.size();
    }
  }
  anchored_.resize(lengths_.size());
  for (uint32_t index = 0; index < rules_.size(); ++index) {
    FileRule(index);
    if (!rules_[index].regex.empty()) with_regex_.push_back(index);
  }
  const auto higher = [&](uint32_t a, uint32_t b) { return standing(a) > standing(b); };
  for (std::vector<uint32_t>& bucket : wordless_) std::stable_sort(bucket.begin(), bucket.end(), higher);
  std::stable_sort(with_regex_.begin(), with_regex_.end(), higher);
}

void RuleIndex::FileRule(uint32_t index) {
  const Compiled& rule = rules_[index];
  std::vector<PatternId> longest_of_all;  // one phrase of `all` suffices, and the longest is the rarest
  if (!rule.all.empty()) {
    longest_of_all.push_back(
        *std::max_element(rule.all.begin(), rule.all.end(),
                          [&](PatternId a, PatternId b) { return lengths_[a] < lengths_[b]; }));
  }
  for (const std::vector<PatternId>* group :
       {&rule.tokens, &rule.lists, &std::as_const(longest_of_all), &rule.regex, &rule.any}) {
    if (group->empty()) continue;
    for (PatternId id : *group) anchored_[id].push_back(index);
    return;
  }
  for (size_t code_class = 0; code_class < kCodeClasses; ++code_class) {
    const int low = static_cast<int>(code_class) * 100;
    const auto overlaps = [&](const CodeCondition& c) { return c.code_min < low + 100 && c.code_max >= low; };
    const std::vector<CodeCondition>& codes = rule.rule->codes;
    if (codes.empty() || std::any_of(codes.begin(), codes.end(), overlaps))
      wordless_[code_class].push_back(index);
  }
}

RuleScore RuleIndex::Score(uint32_t index, const Reply& reply, ProviderIndex provider,
                           const PatternHits& hits) const {
  const Compiled& compiled = rules_[index];
  const Rule& rule = *compiled.rule;
  RuleScore score;
  const auto fail = [&score](Failed failed, size_t word = 0) {
    score.failed = failed;
    score.failed_word = word;
    return score;
  };
  if (!compiled.providers.empty()) {
    const auto& names = compiled.providers;
    if (std::find(names.begin(), names.end(), provider) == names.end()) return fail(Failed::kProvider);
    score.weight += kProviderWeight;
  }
  const int code_weight = MatchCodes(rule.codes, reply);
  if (code_weight < 0) return fail(Failed::kCodes);
  score.weight += code_weight;
  if (!rule.phases.empty()) {
    const bool in_phase = std::find(rule.phases.begin(), rule.phases.end(), reply.phase) != rule.phases.end();
    if (!in_phase) return fail(Failed::kPhase);
    score.weight += kPhaseWeight;
  }
  const struct {
    const std::vector<PatternId>& ids;
    Failed failed;
  } groups[] = {{compiled.tokens, Failed::kToken},
                {compiled.lists, Failed::kList},
                {compiled.any, Failed::kAny},
                {compiled.regex, Failed::kRegex}};
  for (const auto& group : groups) {
    if (group.ids.empty()) continue;
    const size_t longest = LongestHit(group.ids, lengths_, hits);
    if (longest == 0) return fail(group.failed);
    score.length += longest;
  }
  for (size_t i = 0; i < compiled.all.size(); ++i) {
    if (!hits.Contains(compiled.all[i])) return fail(Failed::kAll, i);
    score.length += lengths_[compiled.all[i]];
  }
  for (size_t i = 0; i < compiled.none.size(); ++i) {
    if (hits.Contains(compiled.none[i])) return fail(Failed::kNone, i);
  }
  return score;
}

bool RuleIndex::WaitsForProvider(uint32_t index, const Reply& reply, const PatternHits& hits) const {
  const std::vector<ProviderIndex>& providers = rules_[index].providers;
  return !providers.empty() && Score(index, reply, providers.front(), hits).matched();
}

bool RuleIndex::NeedsRegexes(int best, const Reply& reply, ProviderIndex provider, const PatternHits& hits,
                             bool* provider_matters) const {
  for (uint32_t rule : with_regex_) {
    if (standing(rule) < best) return false;
    // Score looks at a regex after codes, provider, phase and most words: what fails there no regex can save.
    const Failed failed = Score(rule, reply, provider, hits).failed;
    if (failed == Failed::kRegex) return true;
    if (failed == Failed::kProvider) *provider_matters = true;
  }
  return false;
}

bool RuleIndex::SawWord(uint32_t index, const PatternHits& hits) const {
  const Compiled& rule = rules_[index];
  return ContainsAny(rule.tokens, hits) || ContainsAny(rule.lists, hits) || ContainsAny(rule.any, hits) ||
         ContainsAny(rule.all, hits) || ContainsAny(rule.regex, hits);
}

bool RuleIndex::Outranks(uint32_t a, const RuleScore& a_score, uint32_t b, const RuleScore& b_score) const {
  if (standing(a) != standing(b)) return standing(a) > standing(b);
  if (a_score.length != b_score.length) return a_score.length > b_score.length;
  if (a_score.weight != b_score.weight) return a_score.weight > b_score.weight;
  return a < b;  // by id: the rules are sorted
}

std::span<const uint32_t> RuleIndex::AnchoredAt(PatternId id) const {
  if (id >= anchored_.size()) return {};  // a fingerprint's phrase, added after the rules'
  return anchored_[id];
}

std::span<const uint32_t> RuleIndex::WordlessFor(int code) const {
  return wordless_[CodeClass(code)];
}

}  // namespace bouncewatch

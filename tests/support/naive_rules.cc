// Before <regex>, in which g++ 12 sees uninitialized members when sanitizers are on (GCC bug 105562).
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include "tests/support/naive_rules.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace bouncewatch {
namespace {

std::string Lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool Inside(char c, std::string_view extra) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || extra.find(c) != extra.npos;
}

// Length of `written` (without stars) when it is in `text`, which is lower case; 0 when it is not.
size_t Find(const std::string& text, std::string_view written, std::string_view extra) {
  std::string phrase = Lower(written);
  bool left = true, right = true;
  if (phrase.front() == '*') {
    left = false;
    phrase.erase(0, 1);
  }
  if (phrase.back() == '*') {
    right = false;
    phrase.pop_back();
  }
  left = left && Inside(phrase.front(), extra);
  right = right && Inside(phrase.back(), extra);
  for (size_t at = text.find(phrase); at != text.npos; at = text.find(phrase, at + 1)) {
    const size_t end = at + phrase.size();
    if (left && at > 0 && Inside(text[at - 1], extra)) continue;
    if (right && end < text.size() && Inside(text[end], extra)) continue;
    return phrase.size();
  }
  return 0;
}

constexpr std::string_view kPhraseExtra = "_";
constexpr std::string_view kTokenExtra = "_-";

size_t Longest(const std::string& text, const std::vector<std::string>& phrases, std::string_view extra) {
  size_t longest = 0;
  for (const std::string& phrase : phrases) longest = std::max(longest, Find(text, phrase, extra));
  return longest;
}

// Parts that a pattern fixes: digits of the basic code count one, parts of the enhanced two, its absence one.
int Pins(const CodeCondition& code) {
  using Enhanced = CodeCondition::Enhanced;
  int pins = code.code_min / 100 == code.code_max / 100;
  pins += code.code_min / 10 == code.code_max / 10;
  pins += code.code_min == code.code_max;
  if (code.enhanced == Enhanced::kNone) return pins + 1;
  if (code.enhanced == Enhanced::kAny) return pins;
  return pins + 2 + 2 * !code.any_klass + 2 * !code.any_detail;
}

}  // namespace

struct NaiveRules::Rank {
  int specificity = 0, priority = 0;
  size_t length = 0;
  bool provider = false;
  int pins = 0;

  auto AsTuple() const { return std::make_tuple(specificity, priority, length, provider, pins); }
};

NaiveRules::NaiveRules(RuleFileContent content) : content_(std::move(content)) {
  for (const Rule& rule : content_.rules) {
    std::optional<std::regex>& regex = regexes_.emplace_back();
    if (!rule.regex.empty()) regex.emplace(rule.regex, std::regex::ECMAScript | std::regex::icase);
  }
}

NaiveRules::Decision NaiveRules::Decide(const Reply& reply, std::string_view provider) const {
  const std::string text = Lower(reply.text);
  Decision decision;
  decision.provider = provider.empty() ? Betrayed(text) : std::string(provider);
  std::optional<Rank> best;
  for (size_t i = 0; i < content_.rules.size(); ++i) {
    const std::optional<Rank> rank = Match(i, reply, text, decision.provider);
    if (!rank) continue;
    const std::string& id = content_.rules[i].id;
    if (!best || rank->AsTuple() > best->AsTuple() ||
        (rank->AsTuple() == best->AsTuple() && id < decision.rule)) {
      best = rank;
      decision.rule = id;
    }
  }
  return decision;
}

std::string NaiveRules::Betrayed(const std::string& text) const {
  std::string best;
  size_t best_length = 0;
  for (const ProviderFingerprint& fingerprint : content_.fingerprints) {
    const size_t length = Longest(text, fingerprint.any, kPhraseExtra);
    if (length > best_length || (length > 0 && length == best_length && fingerprint.provider < best)) {
      best = fingerprint.provider;
      best_length = length;
    }
  }
  return best;
}

std::optional<NaiveRules::Rank> NaiveRules::Match(size_t index, const Reply& reply, const std::string& text,
                                                  std::string_view provider) const {
  const Rule& rule = content_.rules[index];
  Rank rank;
  rank.specificity = static_cast<int>(rule.specificity());
  rank.priority = rule.priority;
  rank.provider = !rule.providers.empty();
  if (rank.provider && std::count(rule.providers.begin(), rule.providers.end(), provider) == 0)
    return std::nullopt;
  if (!rule.codes.empty()) {
    int pins = -1;
    for (const CodeCondition& code : rule.codes) {
      if (code.Matches(reply.code, reply.enhanced)) pins = std::max(pins, Pins(code));
    }
    if (pins < 0) return std::nullopt;
    rank.pins = pins;
  }
  if (!rule.phases.empty()) {
    if (std::count(rule.phases.begin(), rule.phases.end(), reply.phase) == 0) return std::nullopt;
    ++rank.pins;
  }
  for (const auto& [phrases, extra] :
       {std::pair(&rule.tokens, kTokenExtra), std::pair(&rule.lists, kPhraseExtra),
        std::pair(&rule.any, kPhraseExtra)}) {
    if (phrases->empty()) continue;
    const size_t longest = Longest(text, *phrases, extra);
    if (longest == 0) return std::nullopt;
    rank.length += longest;
  }
  for (const std::string& phrase : rule.all) {
    const size_t length = Find(text, phrase, kPhraseExtra);
    if (length == 0) return std::nullopt;
    rank.length += length;
  }
  if (Longest(text, rule.none, kPhraseExtra) > 0) return std::nullopt;
  if (regexes_[index]) {
    if (!std::regex_search(text, *regexes_[index])) return std::nullopt;
    rank.length += rule.regex.size();
  }
  return rank;
}

}  // namespace bouncewatch

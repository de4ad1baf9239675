// Every phrase is a bag of words. A phrase scores (weight of the words it shares) squared by (weight of all
// its words): both how much is shared and how little is missing count.
#include "classifier/rules/nearest_rule.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_format.h"

namespace bouncewatch {
namespace {

constexpr size_t kMinWord = 4;          // "to" and "the" tell nothing
constexpr double kMinShare = 0.5;       // of a phrase's weight
constexpr size_t kMinShared = 2;        // words; of a phrase of one word, that one
constexpr double kOtherProvider = 0.6;  // a rule of another provider says less
constexpr size_t kShown = 80;           // bytes of a phrase

bool IsWordByte(char c) {
  return IsAlnum(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

// Calls `visit` with each word, in lower case. In a regex the letters of \d or \b are no words.
template <typename Visit>
void ForEachWord(std::string_view text, Visit visit) {
  const std::string lower = AsciiLower(text);
  for (size_t i = 0; i < lower.size();) {
    if (lower[i] == '\\') {
      i += 2;
      continue;
    }
    size_t end = i;
    while (end < lower.size() && IsWordByte(lower[end])) ++end;
    if (end - i >= kMinWord) visit(lower.substr(i, end - i));
    i = std::max(end, i + 1);
  }
}

bool Serves(const RuleSet& rules, const Rule& rule, ProviderIndex provider) {
  if (rule.providers.empty()) return true;
  const std::string_view name = rules.providers().name(provider);
  return std::find(rule.providers.begin(), rule.providers.end(), name) != rule.providers.end();
}

std::string Joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : " ") + text;
  return out;
}

}  // namespace

NearestRules::NearestRules(std::shared_ptr<const RuleSet> rules) : rules_(std::move(rules)) {
  for (uint32_t index = 0; index < rules_->rules().size(); ++index) {
    const Rule& rule = rules_->rules()[index];
    for (const auto* list : {&rule.tokens, &rule.lists, &rule.any}) {
      for (const std::string& text : *list) AddPhrase(index, text, false);
    }
    AddPhrase(index, Joined(rule.all), false);
    AddPhrase(index, rule.regex, true);
  }
  rarity_.resize(words_.size());
  for (size_t word = 0; word < words_.size(); ++word) {
    rarity_[word] =
        std::log1p(static_cast<double>(phrases_.size()) / static_cast<double>(phrases_with_[word].size()));
  }
  for (Phrase& phrase : phrases_) {
    for (const uint32_t word : phrase.words) phrase.weight += rarity_[word];
  }
}

void NearestRules::AddPhrase(uint32_t rule, const std::string& text, bool is_regex) {
  Phrase phrase;
  phrase.rule = rule;
  phrase.text = text;
  phrase.is_regex = is_regex;
  const uint32_t number = static_cast<uint32_t>(phrases_.size());
  ForEachWord(text, [&](std::string word) {
    const auto [it, inserted] = word_ids_.try_emplace(std::move(word), static_cast<uint32_t>(words_.size()));
    if (inserted) {
      words_.push_back(it->first);
      phrases_with_.emplace_back();
    }
    std::vector<uint32_t>& users = phrases_with_[it->second];
    if (!users.empty() && users.back() == number) return;  // twice in one phrase
    users.push_back(number);
    phrase.words.push_back(it->second);
  });
  if (!phrase.words.empty()) phrases_.push_back(std::move(phrase));
}

std::optional<NearestRule> NearestRules::Find(const Reply& reply, ProviderIndex provider) const {
  std::vector<bool> in_reply(words_.size());
  std::vector<double> shared(phrases_.size());
  std::vector<size_t> words_shared(phrases_.size());
  ForEachWord(reply.text, [&](const std::string& word) {
    const auto found = word_ids_.find(std::string_view(word));
    if (found == word_ids_.end() || in_reply[found->second]) return;
    in_reply[found->second] = true;
    for (const uint32_t phrase : phrases_with_[found->second]) {
      shared[phrase] += rarity_[found->second];
      ++words_shared[phrase];
    }
  });
  const Phrase* best = nullptr;
  double best_score = 0;
  for (size_t i = 0; i < phrases_.size(); ++i) {
    const Phrase& phrase = phrases_[i];
    if (shared[i] < kMinShare * phrase.weight) continue;
    if (words_shared[i] < std::min(kMinShared, phrase.words.size())) continue;
    double score = shared[i] * shared[i] / phrase.weight;
    if (!Serves(*rules_, rules_->rules()[phrase.rule], provider)) score *= kOtherProvider;
    if (score <= best_score) continue;
    best = &phrase;
    best_score = score;
  }
  if (best == nullptr) return std::nullopt;
  return NearestRule{best->rule, WhyNot(*best, in_reply, reply, provider)};
}

// The words that are missing; where none is, the condition that failed.
std::string NearestRules::WhyNot(const Phrase& phrase, const std::vector<bool>& in_reply, const Reply& reply,
                                 ProviderIndex provider) const {
  std::string missing;
  for (const uint32_t word : phrase.words) {
    if (!in_reply[word]) missing += (missing.empty() ? "\"" : ", \"") + words_[word] + "\"";
  }
  const std::string_view shown = std::string_view(phrase.text).substr(0, kShown);
  if (!missing.empty() && !phrase.is_regex) return absl::StrFormat("\"%s\" lacks %s", shown, missing);
  const std::unique_ptr<RuleSet::Scratch> scratch = rules_->NewScratch();
  std::vector<RuleCandidate> candidates;
  rules_->Explain(reply, provider, scratch.get(), &candidates);
  for (const RuleCandidate& candidate : candidates) {
    if (candidate.rule == phrase.rule && !candidate.failed.empty()) return candidate.failed;
  }
  return phrase.is_regex ? "regex" : absl::StrFormat("the words of \"%s\" stand otherwise", shown);
}

}  // namespace bouncewatch

#include "classifier/rules/rule_conditions.h"

#include <algorithm>
#include <string_view>

#include "absl/strings/str_format.h"

namespace bouncewatch {
namespace {

// Whether `inner` is found in every text in which `outer` is. At the ends of `outer` its own bounds speak for
// what follows; those of a token are the stricter ones.
bool Brings(const Word& outer, const Word& inner) {
  const bool outer_is_stricter = outer.kind == inner.kind || outer.kind == Word::Kind::kToken;
  for (size_t at = outer.text.find(inner.text); at != outer.text.npos;
       at = outer.text.find(inner.text, at + 1)) {
    const size_t end = at + inner.text.size();
    if (!BoundsHold(inner, outer.text, at, end)) continue;
    if (at == 0 && inner.bound_left && !(outer.bound_left && outer_is_stricter)) continue;
    if (end == outer.text.size() && inner.bound_right && !(outer.bound_right && outer_is_stricter)) continue;
    return true;
  }
  return false;
}

bool BringsAny(const Word& outer, const std::vector<Word>& inner) {
  return std::any_of(inner.begin(), inner.end(), [&](const Word& word) { return Brings(outer, word); });
}

// Whether one of `inner` is there wherever all groups hold.
bool BringAny(const std::vector<std::vector<Word>>& groups, const std::vector<Word>& inner) {
  return std::any_of(groups.begin(), groups.end(), [&](const std::vector<Word>& group) {
    return std::all_of(group.begin(), group.end(), [&](const Word& word) { return BringsAny(word, inner); });
  });
}

bool Covers(const CodeCondition& wide, const CodeCondition& narrow) {
  using Enhanced = CodeCondition::Enhanced;
  if (narrow.code_min < wide.code_min || narrow.code_max > wide.code_max) return false;
  switch (wide.enhanced) {
    case Enhanced::kAny:
      return true;
    case Enhanced::kNone:
      return narrow.enhanced == Enhanced::kNone;
    case Enhanced::kEquals:
      return narrow.enhanced == Enhanced::kEquals && narrow.value == wide.value;
    case Enhanced::kSubject:
      return (narrow.enhanced == Enhanced::kEquals || narrow.enhanced == Enhanced::kSubject) &&
             narrow.value.subject == wide.value.subject &&
             (wide.any_klass || (!narrow.any_klass && narrow.value.klass == wide.value.klass)) &&
             (wide.any_detail || (!narrow.any_detail && narrow.value.detail == wide.value.detail));
  }
  __builtin_unreachable();
}

template <typename T>
bool IsWithin(const std::vector<T>& narrow, const std::vector<T>& wide) {
  if (wide.empty()) return true;
  return !narrow.empty() && std::all_of(narrow.begin(), narrow.end(), [&](const T& value) {
    return std::find(wide.begin(), wide.end(), value) != wide.end();
  });
}

std::vector<Word> ParseWords(Word::Kind kind, const std::vector<std::string>& written) {
  std::vector<Word> words;
  for (const std::string& text : written) words.push_back(ParseWord(kind, text));
  return words;
}

// Appends a list whose order does not matter, in a form that no other list has.
void AppendSorted(std::vector<std::string> parts, std::string* key) {
  std::sort(parts.begin(), parts.end());
  parts.erase(std::unique(parts.begin(), parts.end()), parts.end());
  absl::StrAppendFormat(key, "%d", parts.size());
  for (const std::string& part : parts) absl::StrAppendFormat(key, ",%d:%s", part.size(), part);
  *key += ';';
}

void AppendSorted(const std::vector<Word>& words, std::string* key) {
  std::vector<std::string> parts;
  for (const Word& word : words) {
    parts.push_back(absl::StrFormat("%d%d%s", word.bound_left, word.bound_right, word.text));
  }
  AppendSorted(std::move(parts), key);
}

std::string KeyOf(const Rule& rule) {
  std::string key;
  AppendSorted(rule.providers, &key);
  std::vector<std::string> parts;
  for (const CodeCondition& code : rule.codes) {
    parts.push_back(absl::StrFormat("%d-%d %d %d %d%d", code.code_min, code.code_max,
                                    static_cast<int>(code.enhanced), code.value.packed(), code.any_klass,
                                    code.any_detail));
  }
  AppendSorted(std::move(parts), &key);
  parts.clear();
  for (const Phase phase : rule.phases) parts.emplace_back(PhaseName(phase));
  AppendSorted(std::move(parts), &key);
  AppendSorted(ParseWords(Word::Kind::kToken, rule.tokens), &key);
  for (const auto* words : {&rule.lists, &rule.any, &rule.all, &rule.none}) {
    AppendSorted(ParseWords(Word::Kind::kPhrase, *words), &key);
  }
  return key + rule.regex;
}

}  // namespace

RuleConditions::RuleConditions(const Rule& rule)
    : providers_(rule.providers),
      codes_(rule.codes),
      phases_(rule.phases),
      none_(ParseWords(Word::Kind::kPhrase, rule.none)),
      regex_(rule.regex),
      key_(KeyOf(rule)) {
  if (codes_.empty()) codes_.emplace_back();
  if (!rule.tokens.empty()) groups_.push_back(ParseWords(Word::Kind::kToken, rule.tokens));
  if (!rule.lists.empty()) groups_.push_back(ParseWords(Word::Kind::kPhrase, rule.lists));
  if (!rule.any.empty()) groups_.push_back(ParseWords(Word::Kind::kPhrase, rule.any));
  for (const std::string& phrase : rule.all) groups_.push_back({ParseWord(Word::Kind::kPhrase, phrase)});
}

bool RuleConditions::Imply(const RuleConditions& other) const {
  if (!IsWithin(providers_, other.providers_) || !IsWithin(phases_, other.phases_)) return false;
  if (!other.regex_.empty() && other.regex_ != regex_) return false;
  const bool codes_within = std::all_of(codes_.begin(), codes_.end(), [&](const CodeCondition& narrow) {
    return std::any_of(other.codes_.begin(), other.codes_.end(),
                       [&](const CodeCondition& wide) { return Covers(wide, narrow); });
  });
  if (!codes_within) return false;
  const bool words_there = std::all_of(other.groups_.begin(), other.groups_.end(),
                                       [&](const Group& group) { return BringAny(groups_, group); });
  if (!words_there) return false;
  // What the other must not find, this must not find either.
  return std::all_of(other.none_.begin(), other.none_.end(),
                     [&](const Word& word) { return BringsAny(word, none_); });
}

bool RuleConditions::Impossible() const {
  return BringAny(groups_, none_);
}

}  // namespace bouncewatch

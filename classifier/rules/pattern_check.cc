#include "classifier/rules/pattern_check.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "absl/strings/str_format.h"
#include "classifier/mask.h"
#include "classifier/reply.h"
#include "classifier/rules/pattern_set.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

// A word may live at one place of a reply and not at another: "(A17" needs what closes it, a list's name may
// stand in a URL, a token after a colon.
constexpr std::string_view kPlaces[] = {
    "550 5.7.1 refused: %, sorry",   "550 5.7.1 %",          "550 %: refused",
    "550 refused (%) here",          "550 refused: [%]",     "550 see http://%/x",
    "550 see https://example.org/%", "550 refused, id=%; x", "% refused"};

// The characters of a class "[...]" at `begin`, and where it ends; nullopt when it does not.
std::optional<std::string_view> ClassAt(std::string_view regex, size_t begin, size_t* end) {
  size_t at = begin + 1;
  if (at < regex.size() && regex[at] == '^') ++at;
  if (at < regex.size() && regex[at] == ']') ++at;  // first in a class, it stands for itself
  for (; at < regex.size() && regex[at] != ']'; ++at) {
    if (regex[at] == '\\') ++at;
  }
  if (at >= regex.size()) return std::nullopt;
  *end = at + 1;
  return regex.substr(begin + 1, at - begin - 1);
}

// Nobody writes a class of capitals, or one character twice, where case does not matter.
bool LooksLikeText(std::string_view characters) {
  if (characters.size() < 3) return false;
  for (const char c : characters) {
    if (!IsAlnum(c) && c != '_' && c != ' ') return false;
  }
  const bool repeats = std::any_of(characters.begin(), characters.end(), [&](char c) {
    return std::count(characters.begin(), characters.end(), c) > 1;
  });
  return repeats || (IsUpper(characters[0]) && IsUpper(characters[1]));
}

// A group of nothing but text that no quantifier and no alternative needs.
bool IsIdleGroup(std::string_view regex, size_t begin) {
  size_t at = begin + 1;
  bool text = false;
  for (; at < regex.size() && regex[at] != ')'; ++at) {
    const char c = regex[at];
    if (c == '\\' && at + 1 < regex.size() && !IsAlnum(regex[at + 1])) {
      ++at;  // an escaped mark of punctuation
    } else if (!IsAlnum(c) && c != ' ' && c != '_' && c != '-') {
      return false;
    }
    text = true;
  }
  if (!text || at >= regex.size()) return false;
  const std::string_view rest = regex.substr(at + 1);
  return rest.empty() || std::string_view("?*+{").find(rest.front()) == std::string_view::npos;
}

// Vendor tokens are capitals in the wild, and the mask looks at that; rules may write them as they like. An
// end without a bound may go on.
std::vector<std::string> Spellings(const Word& word) {
  std::string upper = word.text;
  for (char& c : upper) c = IsLower(c) ? static_cast<char>(c - 'a' + 'A') : c;
  std::vector<std::string> all = {word.text, upper};
  if (!word.bound_right) all.insert(all.end(), {word.text + "abc", upper + "ABC", upper + "Abc"});
  if (!word.bound_left) all.insert(all.end(), {"abc" + word.text, "ABC" + upper});
  return all;
}

}  // namespace

bool FindsWord(const Word& word, std::string_view text) {
  const std::string lower = AsciiLower(text);
  for (size_t at = lower.find(word.text); at != lower.npos; at = lower.find(word.text, at + 1)) {
    if (BoundsHold(word, lower, at, at + word.text.size())) return true;
  }
  return false;
}

std::optional<std::string> MaskedAway(const Word& word) {
  std::optional<std::string> first;
  std::string masked;
  for (const std::string& written : Spellings(word)) {
    for (const std::string_view place : kPlaces) {
      std::string text(place);
      text.replace(text.find('%'), 1, written);
      Mask(text, &masked);
      const std::string parsed = ParseReply(masked).text;
      if (FindsWord(word, parsed)) return std::nullopt;
      if (!first) first = parsed;
    }
  }
  return first;
}

std::string SuspiciousSyntax(std::string_view regex) {
  for (size_t at = 0; at < regex.size(); ++at) {
    if (regex[at] == '\\') {
      ++at;
    } else if (regex[at] == '[') {
      size_t end = at + 1;
      const std::optional<std::string_view> characters = ClassAt(regex, at, &end);
      if (!characters) return "";  // Vectorscan says so better
      if (LooksLikeText(*characters)) {
        return absl::StrFormat("[%s] is one character out of %d; write \\[%s\\] for the text", *characters,
                               characters->size(), *characters);
      }
      at = end - 1;
    } else if (regex[at] == '(' && IsIdleGroup(regex, at)) {
      const std::string_view group = regex.substr(at, regex.find(')', at) + 1 - at);
      return absl::StrFormat("%s is a group, its brackets are not text; escape or drop them", group);
    }
  }
  return "";
}

std::string EscapeBrackets(std::string_view regex) {
  std::string out;
  for (size_t at = 0; at < regex.size(); ++at) {
    const bool bracket = std::string_view("[]()").find(regex[at]) != std::string_view::npos;
    if (bracket) out += '\\';
    out += regex[at];
    if (regex[at] == '\\' && at + 1 < regex.size()) out += regex[++at];
  }
  return out;
}

bool FindsRegex(const std::string& regex, std::string_view text, std::string* refusal) {
  PatternSet::Builder builder;
  const PatternId id = builder.AddRegex(regex, RuleLocation());
  const absl::StatusOr<std::unique_ptr<const PatternSet>> set = builder.Compile({}, 0);
  if (!set.ok()) {
    *refusal = std::string(set.status().message());
    const size_t reason = refusal->rfind("': ");  // behind the regex, which the caller knows
    if (reason != refusal->npos) refusal->erase(0, reason + 3);
    return false;
  }
  refusal->clear();
  const std::unique_ptr<PatternHits> hits = (*set)->NewHits();
  (*set)->ScanWords("", hits.get());
  (*set)->ScanRegexes(text, hits.get());
  return hits->Contains(id);
}

}  // namespace bouncewatch

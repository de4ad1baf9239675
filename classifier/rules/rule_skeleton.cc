#include "classifier/rules/rule_skeleton.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "classifier/mask.h"
#include "classifier/reply.h"
#include "classifier/rules/word.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

constexpr size_t kMaxPhrase = 90;
constexpr size_t kMinPhrase = 4;
constexpr size_t kMaxIdWords = 32;

// TOML 1.0, basic string.
std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  }
  return out + '"';
}

bool IsLetter(char c) {
  return IsAlpha(c) || static_cast<unsigned char>(c) >= 0x80;
}

// Letters, blanks, and what joins letters.
bool IsPhraseByte(std::string_view text, size_t at) {
  const char c = text[at];
  if (c != '-' && c != '\'') return c == ' ' || IsLetter(c);
  return at > 0 && at + 1 < text.size() && IsLetter(text[at - 1]) && IsLetter(text[at + 1]);
}

std::string_view TrimJoints(std::string_view text) {
  while (!text.empty() && std::string_view(" -'").find(text.front()) != text.npos) text.remove_prefix(1);
  while (!text.empty() && std::string_view(" -'").find(text.back()) != text.npos) text.remove_suffix(1);
  return text;
}

std::string_view CutAtWord(std::string_view text) {
  if (text.size() <= kMaxPhrase) return text;
  const size_t blank = text.rfind(' ', kMaxPhrase);
  return blank == text.npos ? std::string_view() : TrimJoints(text.substr(0, blank));
}

// The longest run of plain words. What touches a digit or a mark of the mask is left out: it is part of
// something longer.
std::string_view LongestPhrase(std::string_view text) {
  std::string_view best;
  for (size_t i = 0; i < text.size();) {
    size_t end = i;
    while (end < text.size() && IsPhraseByte(text, end)) ++end;
    std::string_view run = text.substr(i, end - i);
    const auto sticks = [](char c) {
      return IsDigit(c) || std::string_view("<>_@/.").find(c) != std::string_view::npos;
    };
    if (i > 0 && sticks(text[i - 1])) {
      const size_t blank = run.find(' ');
      run = blank == run.npos ? std::string_view() : run.substr(blank);
    }
    const bool ends_sentence =
        end < text.size() && text[end] == '.' && (end + 1 == text.size() || text[end + 1] == ' ');
    if (end < text.size() && sticks(text[end]) && !ends_sentence) {
      const size_t blank = run.rfind(' ');
      run = blank == run.npos ? std::string_view() : run.substr(0, blank);
    }
    run = CutAtWord(TrimJoints(run));
    if (run.size() > best.size()) best = run;
    i = std::max(end, i + 1);
  }
  return best.size() < kMinPhrase ? std::string_view() : best;
}

// "google-likely-unsolicited-1f3a": unique enough, and a name that may stay.
std::string MakeId(const SkeletonSource& source, std::string_view phrase) {
  std::string id(source.provider.empty() ? "site" : source.provider);
  std::string words;
  for (const char c : phrase) {
    const char lower = ToLower(c);
    if (IsLower(lower)) {
      words += lower;
    } else if (!words.empty() && words.back() != '-') {
      words += '-';
    }
  }
  if (words.size() > kMaxIdWords) words.resize(std::max<size_t>(1, words.rfind('-', kMaxIdWords)));
  while (words.ends_with('-')) words.pop_back();
  if (!words.empty()) id += "-" + words;
  return id + absl::StrFormat("-%04x", source.template_id & 0xffff);
}

std::string Codes(const Reply& reply) {
  if (reply.code == 0) return "";
  return absl::StrFormat("%d%s", reply.code, reply.enhanced.empty() ? "" : " " + reply.enhanced.ToString());
}

}  // namespace

std::string RuleSkeleton(const SkeletonSource& source) {
  const Reply reply = ParseReply(source.text);
  const std::string_view phrase = LongestPhrase(reply.text);
  const std::string codes = Codes(reply);
  if (phrase.empty() && codes.empty()) return "";
  // Redaction may have changed what the mask sees; the template itself is a reply of its own kind.
  std::string masked;
  Mask(source.example, &masked);
  const bool same = TemplateId(masked) == source.template_id;
  std::string out = absl::StrFormat("[[rule]]\nid = %s\nsince = %s\nchecked = %s\n",
                                    Quoted(MakeId(source, phrase)), source.first_seen, source.today);
  if (!source.provider.empty()) out += absl::StrFormat("provider = %s\n", Quoted(source.provider));
  if (!codes.empty()) out += absl::StrFormat("codes = %s\n", Quoted(codes));
  if (!phrase.empty()) out += absl::StrFormat("any = %s\n", Quoted(AsciiLower(phrase)));
  out += absl::StrFormat(
      "cause = %s  # %s\n", Quoted(source.cause.empty() ? "unknown.unspecified" : source.cause),
      source.cause.empty() ? "say what it means" : "as the nearest rule has it: make sure");
  return out + absl::StrFormat("match = %s\n", Quoted(same ? source.example : source.text));
}

}  // namespace bouncewatch

#include "classifier/rules/rule.h"

#include "absl/strings/str_format.h"

namespace bouncewatch {

std::string_view SpecificityName(Specificity specificity) {
  switch (specificity) {
    case Specificity::kCode:
      return "code";
    case Specificity::kPhrase:
      return "phrase";
    case Specificity::kList:
      return "list";
    case Specificity::kToken:
      return "token";
    case Specificity::kProviderPhrase:
      return "provider+phrase";
    case Specificity::kProviderToken:
      return "provider+token";
  }
  __builtin_unreachable();
}

bool CodeCondition::Matches(int code, EnhancedCode enhanced_code) const {
  if (code < code_min || code > code_max) return false;
  switch (enhanced) {
    case Enhanced::kAny:
      return true;
    case Enhanced::kNone:
      return enhanced_code.empty();
    case Enhanced::kEquals:
      return enhanced_code == value;
    case Enhanced::kSubject:
      return !enhanced_code.empty() && enhanced_code.subject == value.subject &&
             (any_klass || enhanced_code.klass == value.klass) &&
             (any_detail || enhanced_code.detail == value.detail);
  }
  __builtin_unreachable();
}

std::string RuleLocation::ToString() const {
  return absl::StrFormat("%s:%d:%d", file, line, column);
}

Specificity Rule::specificity() const {
  const bool has_words = !lists.empty() || !any.empty() || !all.empty() || !regex.empty();
  if (!tokens.empty()) return providers.empty() ? Specificity::kToken : Specificity::kProviderToken;
  if (!has_words) return Specificity::kCode;
  if (!providers.empty()) return Specificity::kProviderPhrase;
  return lists.empty() ? Specificity::kPhrase : Specificity::kList;
}

}  // namespace bouncewatch

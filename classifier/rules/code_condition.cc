#include "classifier/rules/code_condition.h"

#include <charconv>

#include "classifier/text.h"

namespace bouncewatch {
namespace {

bool IsWildcard(std::string_view part) {
  return part == "x" || part == "*";
}

bool ParseBasic(std::string_view text, CodeCondition* condition) {
  if (text == "*") return true;
  if (text.size() != 3 || text[0] < '2' || text[0] > '5') return false;
  int low = 0, high = 0;
  bool wild = false;
  for (char c : text) {
    if (c != 'x' && (wild || !IsDigit(c))) return false;  // "5x0" has no meaning as a range
    wild = c == 'x';
    low = low * 10 + (wild ? 0 : c - '0');
    high = high * 10 + (wild ? 9 : c - '0');
  }
  condition->code_min = low;
  condition->code_max = high;
  return true;
}

bool ParseNumber(std::string_view part, int max, int* number) {
  if (part.empty() || part.size() > 3 || !IsDigit(part[0]) || (part.size() > 1 && part[0] == '0'))
    return false;
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), *number);
  return error == std::errc() && end == part.data() + part.size() && *number <= max;
}

bool ParseEnhanced(std::string_view text, CodeCondition* condition) {
  using Enhanced = CodeCondition::Enhanced;
  if (text == "*" || text == "-") {
    condition->enhanced = text == "*" ? Enhanced::kAny : Enhanced::kNone;
    return true;
  }
  const size_t first = text.find('.');
  const size_t second = first == text.npos ? text.npos : text.find('.', first + 1);
  if (second == text.npos) return false;
  const std::string_view klass = text.substr(0, first);
  const std::string_view subject = text.substr(first + 1, second - first - 1);
  const std::string_view detail = text.substr(second + 1);
  int numbers[3] = {0, 0, 0};
  condition->any_klass = IsWildcard(klass);
  condition->any_detail = IsWildcard(detail);
  if (!condition->any_klass && (!ParseNumber(klass, 5, &numbers[0]) || numbers[0] < 2 || numbers[0] == 3)) {
    return false;
  }
  if (!ParseNumber(subject, 999, &numbers[1])) return false;
  if (!condition->any_detail && !ParseNumber(detail, 999, &numbers[2])) return false;
  condition->value.klass = static_cast<uint8_t>(numbers[0]);
  condition->value.subject = static_cast<uint16_t>(numbers[1]);
  condition->value.detail = static_cast<uint16_t>(numbers[2]);
  condition->enhanced =
      condition->any_klass || condition->any_detail ? Enhanced::kSubject : Enhanced::kEquals;
  return true;
}

}  // namespace

std::optional<CodeCondition> ParseCodeCondition(std::string_view text) {
  CodeCondition condition;
  const size_t blank = text.find(' ');
  if (!ParseBasic(text.substr(0, blank), &condition)) return std::nullopt;
  if (blank != text.npos && !ParseEnhanced(text.substr(blank + 1), &condition)) return std::nullopt;
  return condition;
}

int CodeWeight(const CodeCondition& condition) {
  using Enhanced = CodeCondition::Enhanced;
  const int range = condition.code_max - condition.code_min;
  const int basic = range == 0 ? 3 : range < 10 ? 2 : range < 100 ? 1 : 0;
  switch (condition.enhanced) {
    case Enhanced::kAny:
      return basic;
    case Enhanced::kNone:
      return basic + 1;
    case Enhanced::kEquals:
    case Enhanced::kSubject:
      return basic + 2 * (1 + !condition.any_klass + !condition.any_detail);
  }
  __builtin_unreachable();
}

}  // namespace bouncewatch

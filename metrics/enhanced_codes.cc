#include "metrics/enhanced_codes.h"

#include <algorithm>
#include <iterator>

namespace bouncewatch {
namespace {

struct Range {
  uint16_t subject, first_detail, last_detail;
};

// https://www.iana.org/assignments/smtp-enhanced-status-codes, then codes seen in the documents of Google,
// Microsoft, Yahoo and Apple.
constexpr Range kKnown[] = {
    {0, 0, 0},     {1, 0, 10},    {2, 0, 4},     {3, 0, 5},     {4, 0, 7},     {5, 0, 6},     {6, 0, 10},
    {7, 0, 40},    {0, 1, 1},     {0, 350, 350}, {1, 20, 20},   {2, 121, 122}, {3, 190, 190}, {4, 300, 319},
    {7, 57, 58},   {7, 60, 64},   {7, 100, 136}, {7, 193, 193}, {7, 230, 233}, {7, 320, 325}, {7, 350, 350},
    {7, 367, 369}, {7, 500, 516}, {7, 606, 649}, {7, 650, 655}, {7, 700, 708}, {7, 750, 750}, {7, 800, 860},
};

}  // namespace

bool IsKnownEnhancedCode(const EnhancedCode& code) {
  if (code.klass != 4 && code.klass != 5) return false;
  return std::any_of(std::begin(kKnown), std::end(kKnown), [&](const Range& range) {
    return code.subject == range.subject && code.detail >= range.first_detail &&
           code.detail <= range.last_detail;
  });
}

}  // namespace bouncewatch

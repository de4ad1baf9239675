#include "metrics/enhanced_codes.h"

#include "gtest/gtest.h"

namespace bouncewatch {
namespace {

TEST(EnhancedCodes, RegisteredAndVendorCodesAreKnown) {
  const struct {
    EnhancedCode code;
    bool known;
  } kCases[] = {
      {{5, 7, 1}, true},   {{4, 7, 0}, true},    {{5, 1, 1}, true},      {{5, 7, 26}, true},
      {{5, 7, 515}, true}, {{4, 2, 2}, true},    {{2, 0, 0}, false},     {{0, 0, 0}, false},
      {{5, 9, 1}, false},  {{5, 7, 999}, false}, {{5, 999, 999}, false}, {{4, 1, 11}, false},
  };
  for (const auto& c : kCases) EXPECT_EQ(IsKnownEnhancedCode(c.code), c.known) << c.code.ToString();
}

}  // namespace
}  // namespace bouncewatch

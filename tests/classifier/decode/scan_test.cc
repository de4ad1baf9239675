#include "classifier/decode/scan.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace bouncewatch {
namespace {

struct Found {
  std::vector<size_t> marks;
  uint64_t newlines = 0;
  bool operator==(const Found&) const = default;
};

template <typename Find>
Found FindAll(const std::string& text, Find find) {
  Found found;
  const char* begin = text.data();
  const char* end = begin + text.size();
  for (const char* p = begin + 1; p < end;) {
    const char* mark = find(p, end, &found.newlines);
    if (mark == end) break;
    found.marks.push_back(static_cast<size_t>(mark - begin));
    p = mark + 1;
  }
  return found;
}

TEST(FindAddressMark, FindsToAndFromAndNothingElse) {
  const std::string text = "x to=<a> from=<b> orig_to=<c> message-id=<d> helo=e proto=<f> =< o= <\n";
  const Found found = FindAll(text, FindAddressMark);
  EXPECT_EQ(found.marks, (std::vector<size_t>{4, 13, 25, 57}));
  EXPECT_EQ(found.newlines, 1u);
}

TEST(FindAddressMark, AgreesWithThePlainSearchOnRandomText) {
  std::mt19937 random(20261123);
  const std::string alphabet = "om=<=<\n abcdefgh=mo";
  for (int round = 0; round < 3000; ++round) {
    std::string text(1 + random() % 700, ' ');
    for (char& c : text) c = random() % 4 == 0 ? alphabet[random() % alphabet.size()] : 'x';
    EXPECT_EQ(FindAll(text, FindAddressMark), FindAll(text, FindAddressMarkPlain)) << "round " << round;
  }
}

TEST(FindAddressMark, CountsNewlinesBeyondOneByteCounter) {
  const std::string text = "x" + std::string(100'000, '\n');
  uint64_t newlines = 0;
  const char* end = text.data() + text.size();
  EXPECT_EQ(FindAddressMark(text.data() + 1, end, &newlines), end);
  EXPECT_EQ(newlines, 100'000u);
}

}  // namespace
}  // namespace bouncewatch

#include "daemon/source/line_buffer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "daemon/source/source.h"

namespace bouncewatch {
namespace {

// Feeds `input` in pieces; what comes out, and what Passed told.
struct Fed {
  std::string lines, passed;
  uint64_t too_long = 0;
};

Fed Feed(const std::string& input, size_t piece) {
  LineBuffer buffer;
  Fed fed;
  for (size_t at = 0; at < input.size();) {
    const std::span<char> space = buffer.Space();
    const size_t n = std::min({piece, space.size(), input.size() - at});
    std::memcpy(space.data(), input.data() + at, n);
    buffer.Filled(n);
    at += n;
    fed.lines += buffer.TakeLines();
    fed.passed += buffer.Passed();
  }
  fed.lines += buffer.TakeRest();
  fed.passed += buffer.Passed();
  fed.too_long = buffer.lines_too_long();
  return fed;
}

TEST(LineBuffer, CutsNoLineWhateverThePieces) {
  const std::string input = "one\n\ntwo two\r\nthree";
  for (const size_t piece : {1, 2, 3, 7, 100}) {
    const Fed fed = Feed(input, piece);
    EXPECT_EQ(fed.lines, input + "\n") << piece;
    EXPECT_EQ(fed.passed, input) << piece;
  }
}

TEST(LineBuffer, SkipsLinesThatAreTooLong) {
  const std::string input = "first\n" + std::string(3 * kMaxLineBytes, 'x') + "\nlast\n";
  for (const size_t piece : {size_t{1000}, size_t{100'000}, input.size()}) {
    const Fed fed = Feed(input, piece);
    EXPECT_EQ(fed.lines, "first\nlast\n") << piece;
    EXPECT_EQ(fed.passed, input) << piece;
    EXPECT_EQ(fed.too_long, 1u) << piece;
  }
}

TEST(LineBuffer, GoesOnSkippingAfterARestart) {
  LineBuffer buffer;
  buffer.set_skipping(true);
  const std::string input = "rest of a long line\nnext\n";
  std::memcpy(buffer.Space().data(), input.data(), input.size());
  buffer.Filled(input.size());
  EXPECT_EQ(buffer.TakeLines(), "next\n");
  EXPECT_FALSE(buffer.skipping());
}

}  // namespace
}  // namespace bouncewatch

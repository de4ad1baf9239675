#include "classifier/decode/exim_parts.h"

#include <gtest/gtest.h>

namespace bouncewatch {
namespace {

class EximParts : public testing::Test {
 protected:
  EximPart Join(std::string_view pid, std::string_view body) {
    record_ = {};
    return JoinEximParts(pid, body, &notes_, &arena_, &record_);
  }
  std::string notes_;
  TextArena arena_;
  std::string_view record_;
};

TEST_F(EximParts, JoinsByProcess) {
  EXPECT_EQ(Join("1", "[1/2] ab"), EximPart::kWaiting);
  EXPECT_EQ(Join("2", "[1/3] xx"), EximPart::kWaiting);
  EXPECT_EQ(Join("1", "[2/2] cd"), EximPart::kJoined);
  EXPECT_EQ(record_, "abcd");
  EXPECT_EQ(Join("2", "[2\\3] yy"), EximPart::kWaiting);
  EXPECT_EQ(Join("2", "[3/3] zz"), EximPart::kJoined);
  EXPECT_EQ(record_, "xxyy zz") << "a part that ends with a line of the record";
  EXPECT_TRUE(notes_.empty());
}

TEST_F(EximParts, WhatIsNoPartIsWhole) {
  for (const char* body :
       {"", "[", "[1/2]", "[1/2", "[0/2] x", "[3/2] x", "[1-2] x", "[a/2] x", "[1234/2] x", "text"}) {
    EXPECT_EQ(Join("1", body), EximPart::kWhole) << body;
    EXPECT_EQ(record_, body);
  }
}

TEST_F(EximParts, APartWithoutItsBeginningIsStray) {
  EXPECT_EQ(Join("1", "[2/2] x"), EximPart::kStray);
  EXPECT_EQ(Join("1", "[1/3] a"), EximPart::kWaiting);
  EXPECT_EQ(Join("1", "[3/3] c"), EximPart::kStray) << "the second is missing";
}

TEST_F(EximParts, ANewRecordOfTheProcessEndsTheOldOne) {
  Join("1", "[1/2] lost end");
  EXPECT_EQ(Join("1", "[1/2] new "), EximPart::kJoined);
  EXPECT_EQ(record_, "lost end");
  EXPECT_EQ(Join("1", "[2/2] one"), EximPart::kJoined);
  EXPECT_EQ(record_, "new one");
}

TEST_F(EximParts, KeepsABoundedNumberAndGivesOutTheOldest) {
  const std::string text(900, 'x');
  size_t given_out = 0;
  for (int i = 0; i < 500; ++i) {
    const EximPart result = Join(std::to_string(i), "[1/2] " + std::to_string(i) + text);
    if (result == EximPart::kWaiting) continue;
    EXPECT_EQ(record_, std::to_string(given_out) + text);
    ++given_out;
    ASSERT_LE(notes_.size(), 64u * 1024);
  }
  EXPECT_GT(given_out, 300u);
  EXPECT_LT(given_out, 480u);
}

TEST_F(EximParts, ForgetsDamagedNotes) {
  notes_ = std::string("\xff\xff\xff\xff\xff\xff\xff", 7);
  EXPECT_EQ(Join("1", "[1/2] ab"), EximPart::kWaiting);
  EXPECT_EQ(Join("1", "[2/2] cd"), EximPart::kJoined);
  EXPECT_EQ(record_, "abcd");
}

}  // namespace
}  // namespace bouncewatch

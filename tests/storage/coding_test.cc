#include "storage/coding.h"

#include <string>

#include "gtest/gtest.h"

namespace bouncewatch {
namespace {

TEST(Coding, VarintsRoundTrip) {
  for (uint64_t value : {uint64_t{0}, uint64_t{127}, uint64_t{128}, uint64_t{UINT32_MAX}, UINT64_MAX}) {
    std::string bytes;
    PutVarint(&bytes, value);
    Input in(bytes);
    uint64_t read = 1;
    ASSERT_TRUE(in.Varint(&read));
    EXPECT_EQ(read, value);
    EXPECT_TRUE(in.empty());
    for (size_t cut = 0; cut < bytes.size(); ++cut) {
      EXPECT_FALSE(Input(std::string_view(bytes).substr(0, cut)).Varint(&read));
    }
  }
}

TEST(Coding, RefusesNumbersThatAreTooWide) {
  uint64_t wide = 0;
  uint32_t narrow = 0;
  EXPECT_FALSE(Input(std::string(10, '\xff')).Varint(&wide));
  EXPECT_FALSE(Input(std::string(11, '\x80')).Varint(&wide));
  std::string bytes;
  PutVarint(&bytes, uint64_t{UINT32_MAX} + 1);
  EXPECT_FALSE(Input(bytes).Varint(&narrow));
}

TEST(Coding, BytesNeverReachPastTheEnd) {
  std::string bytes;
  PutBytes(&bytes, "abc");
  std::string_view read;
  ASSERT_TRUE(Input(bytes).Bytes(&read));
  EXPECT_EQ(read, "abc");
  EXPECT_FALSE(Input(std::string_view(bytes).substr(0, 3)).Bytes(&read));
  std::string huge;
  PutVarint(&huge, UINT64_MAX);
  EXPECT_FALSE(Input(huge).Bytes(&read));
}

TEST(Coding, BigEndianSortsAsNumbersDo) {
  std::string small, large;
  PutBig32(&small, 255);
  PutBig32(&large, 256);
  EXPECT_LT(small, large);
  uint32_t read = 0;
  ASSERT_TRUE(Input(large).Big32(&read));
  EXPECT_EQ(read, 256u);
}

}  // namespace
}  // namespace bouncewatch

#include "classifier/decode/opensmtpd.h"

#include <gtest/gtest.h>

#include "tests/support/decode_log.h"

namespace bouncewatch {
namespace {

constexpr char kHead[] =
    "Nov 23 03:37:53 mx7 smtpd[81]: 888af7c418ec3beb mta delivery evpid=bc153edd6924dd60 ";

struct Case {
  const char* name;
  const char* rest;
  Outcome outcome;
  Origin origin;
  const char* recipient;
  const char* relay_ip;
  const char* reply;
};

class OpenSmtpdLine : public testing::TestWithParam<Case> {};

TEST_P(OpenSmtpdLine, Parses) {
  const auto decoder = NewOpenSmtpdDecoder({});
  const auto events = DecodeAll(decoder.get(), std::string(kHead) + GetParam().rest + "\n");
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(OutcomeName(events[0].outcome), OutcomeName(GetParam().outcome));
  EXPECT_EQ(OriginName(events[0].origin), OriginName(GetParam().origin));
  EXPECT_EQ(events[0].recipient, GetParam().recipient);
  EXPECT_EQ(events[0].relay_ip, GetParam().relay_ip);
  EXPECT_EQ(events[0].reply, GetParam().reply);
}

// The fields of a line up to stat=, with a host that was reached.
#define REACHED(to, result)                                                   \
  "from=<s@b.test> to=<" to                                                   \
  "> rcpt=<-> source=\"192.0.2.1\" relay=\"192.0.2.9 (mx.a.test)\" delay=0s " \
  "result=\"" result "\" "

const Case kCases[] = {
    {"LoopIsABounce",
     R"x(from=<s@b.test> to=<u@a.test> rcpt=<-> source="-" relay="a.test" result="Loop" stat="Loop")x",
     Outcome::kBounced, Origin::kLocal, "u@a.test", "", "Loop"},
    {"LinesGluedTogetherArePutApart",
     REACHED("u@a.test",
             "TempFail") R"x(stat="421-4.7.28 an unusual rate of4.7.28 unsolicited mail4.7.28  from you")x",
     Outcome::kDeferred, Origin::kRemote, "u@a.test", "192.0.2.9",
     "421-4.7.28 an unusual rate of 421 4.7.28 unsolicited mail 421 4.7.28  from you"},
    {"OneLineKeepsItsNumbers", REACHED("u@a.test", "PermFail") R"x(stat="550 5.7.1 see5.7.1 x")x",
     Outcome::kBounced, Origin::kRemote, "u@a.test", "192.0.2.9", "550 5.7.1 see5.7.1 x"},
    {"StatThatLooksLikeTheLog",
     REACHED("u@a.test", "PermFail") R"x(stat="550 no" result="Ok" to=<x@y.test> stat="250 ok")x",
     Outcome::kBounced, Origin::kRemote, "u@a.test", "192.0.2.9",
     R"x(550 no" result="Ok" to=<x@y.test> stat="250 ok)x"},
    {"RecipientThatLooksLikeTheLog", REACHED(R"("u> result="@a.test)", "Ok") R"x(stat="250 ok")x",
     Outcome::kDelivered, Origin::kRemote, R"("u> result="@a.test)", "192.0.2.9", "250 ok"},
};
#undef REACHED
INSTANTIATE_TEST_SUITE_P(Lines, OpenSmtpdLine, testing::ValuesIn(kCases),
                         [](const auto& test) { return test.param.name; });

TEST(OpenSmtpd, CountsWhatItCannotRead) {
  const auto decoder = NewOpenSmtpdDecoder({});
  const std::string head = kHead;
  EXPECT_TRUE(DecodeAll(decoder.get(), head + "from=<s@b.test> to=<u@a.test> result=\"Maybe\" stat=\"x\"\n" +
                                           head + "result=\"Ok\" stat=\"250 ok\"\n" + head + "\n")
                  .empty());
  EXPECT_EQ(ShapeCount(*decoder, LineShape::kBadStatus), 2u);
  EXPECT_EQ(ShapeCount(*decoder, LineShape::kBadRecipient), 1u);
}

}  // namespace
}  // namespace bouncewatch

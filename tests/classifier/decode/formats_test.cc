#include "classifier/decode/formats.h"

#include <gtest/gtest.h>

#include <string>

namespace bouncewatch {
namespace {

constexpr char kPostfixLine[] =
    "Nov 23 03:16:50 mx postfix/smtp[309]: 9E6187D: to=<u@example.org>, relay=none, delay=3, delays=0/0/3/0, "
    "dsn=4.4.1, status=deferred (connect to mx.example.org[192.0.2.25]:25: Connection timed out)\n";

std::string Told(std::string_view head) {
  const Format* format = DetectFormat(head);
  return format == nullptr ? "" : std::string(format->name);
}

TEST(DetectFormat, TellsPostfixByOneDeliveryLine) {
  EXPECT_EQ(Told(kPostfixLine), "postfix");
  EXPECT_EQ(Told(std::string("Nov 23 03:16:49 mx dovecot: imap-login: Login: user=<u>\n") + kPostfixLine),
            "postfix");
}

TEST(DetectFormat, DoesNotGuess) {
  for (const char* head : {"", "\n\n", "hello\nworld\n", "{}\n{\"a\":1}\n", "a,b,c\n1,2,3\n",
                           "type,name\nd,x\n", "Nov 23 03:16:49 mx dovecot: imap-login: Login: user=<u>\n",
                           "Nov 23 03:16:49 mx sshd[1]: Accepted publickey for root\n"}) {
    EXPECT_EQ(Told(head), "") << head;
  }
}

TEST(DetectFormat, LooksOnlyAtWholeLines) {
  std::string line = kPostfixLine;
  line.pop_back();
  EXPECT_EQ(Told(line), "");
  EXPECT_EQ(Told(line + "\n"), "postfix");
}

TEST(DetectFormat, ManyHintsAreACertainty) {
  std::string head;
  for (int i = 0; i < kCertain - 1; ++i)
    head += "Nov 23 03:16:49 mx postfix/smtpd[1]: connect from unknown\n";
  EXPECT_EQ(Told(head), "");
  head += "Nov 23 03:16:49 mx postfix/smtpd[1]: connect from unknown\n";
  EXPECT_EQ(Told(head), "postfix");
}

TEST(DetectFormat, AnyBytesAreAllowed) {
  std::string head(300'000, '\0');
  for (size_t i = 0; i < head.size(); ++i) head[i] = static_cast<char>(i * 7 + i / 256);
  EXPECT_EQ(Told(head), "");
}

TEST(FindFormat, KnowsEveryNameInTheTable) {
  for (const Format& format : Formats()) {
    EXPECT_EQ(FindFormat(format.name), &format);
    EXPECT_NE(format.make_decoder(DecoderOptions()), nullptr);
  }
  EXPECT_EQ(FindFormat("pigeon"), nullptr);
  EXPECT_EQ(FindFormat(""), nullptr);
}

}  // namespace
}  // namespace bouncewatch

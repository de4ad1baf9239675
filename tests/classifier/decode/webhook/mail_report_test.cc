#include "classifier/decode/webhook/mail_report.h"

#include <gmock/gmock.h>

#include "absl/strings/str_format.h"
#include "classifier/decode/webhook/mail_date.h"
#include "classifier/decode/webhook/mime.h"
#include "classifier/decode/webhook/transfer_encoding.h"
#include "tests/support/webhook_text.h"

namespace bouncewatch {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Post(std::string message, std::string type = "message/rfc822") {
  WebhookPost post;
  post.provider = "mail_report";
  post.content_type = std::move(type);
  post.body = std::move(message);
  return PostText(post);
}

TEST(MailReport, NestingAndPartsAreBounded) {
  std::string nested =
      "Content-Type: message/delivery-status\n\nReporting-MTA: x\n\nFinal-Recipient: rfc822; a@one.test\n"
      "Action: failed\n";
  for (int depth = 0; depth < 20; ++depth) {
    const std::string boundary = absl::StrFormat("b%d", depth);
    nested = absl::StrFormat("Content-Type: multipart/mixed; boundary=%s\n\n--%s\n%s\n--%s--\n", boundary,
                             boundary, nested, boundary);
  }
  EXPECT_THAT(Post(nested), ElementsAre("unusable"));
  std::string many = "Content-Type: multipart/mixed; boundary=B\n\n";
  for (int part = 0; part < 10'000; ++part) many += "--B\n\nx\n";
  EXPECT_THAT(Post(many), ElementsAre("unusable"));
}

TEST(Mime, PartsOfACutMessageAndEmptyOnes) {
  std::vector<std::string> parts;
  const auto keep = [&parts](const MimePart& part) {
    parts.push_back(part.type + ":" + std::string(part.body));
  };
  EXPECT_TRUE(ForEachPart(
      "Content-Type: multipart/mixed; boundary=B\n\n--B\n--B\nContent-Type: TEXT/html; x=y\n\n1\n2", 9, 9,
      keep));
  EXPECT_THAT(parts, ElementsAre("text/plain:", "text/html:1\n2"));
}

TEST(Mime, FieldsUnfold) {
  const MimeHeader header("A: 1\r\nb:\r\n  2\r\n\t3\r\nB: 4\r\nno colon\r\n");
  EXPECT_EQ(header.Value("B"), "2 3");
  EXPECT_EQ(header.Value("a"), "1");
  EXPECT_EQ(header.Value("c"), "");
}

TEST(TransferEncoding, Decodes) {
  EXPECT_EQ(DecodeBase64("aGVs\r\nbG8="), "hello");
  EXPECT_EQ(DecodeBase64("!!aGVsbG8"), "hello");
  EXPECT_EQ(DecodeBase64(""), "");
  EXPECT_EQ(DecodeQuotedPrintable("a=3D=\r\nb=C3=a9 =ZZ = \nc="), "a=b\xC3\xA9 =ZZ c=");
}

TEST(MailDate, ReadsWhatMailersWrite) {
  const std::pair<const char*, int64_t> kDates[] = {
      {"Mon, 23 Nov 2026 03:00:00 +0100", 1795399200}, {"23 Nov 2026 02:00:00 GMT", 1795399200},
      {"Mon, 23 Nov 26 02:00:00 UTC", 1795399200},     {"Mon, 23 Nov 2026 02:00 +0000 (x)", 1795399200},
      {"Sun, 22 Nov 2026 18:00:00 PST", 1795399200},   {"23 November 2026 02:00:00", 1795399200},
  };
  for (const auto& [text, time_s] : kDates) EXPECT_EQ(ParseMailDate(text), time_s) << text;
  for (const char* bad : {"", "yesterday", "31 Feb 2026 00:00:00", "1 Foo 2026 00:00:00",
                          "1 Jan 1969 00:00:00", "1 Jan 2026 24:00:00", "Mon, 23 Nov"}) {
    EXPECT_FALSE(ParseMailDate(bad).has_value()) << bad;
  }
}

}  // namespace
}  // namespace bouncewatch

// What a body of JSON may do to a decoder without spoiling more than itself.
#include <gmock/gmock.h>

#include "absl/strings/str_format.h"
#include "classifier/decode/webhook/json_split.h"
#include "tests/support/webhook_text.h"

namespace bouncewatch {
namespace {

using ::testing::ElementsAre;

constexpr char kGood[] =
    R"({"event":"delivered","email":"a@one.test","timestamp":1790000000,"sg_event_id":"e"})";
constexpr char kGoodText[] = "time=1790000000 outcome=delivered origin=remote to=one.test";

std::vector<std::string> Post(std::string body, std::string type = "application/json") {
  WebhookPost post;
  post.provider = "sendgrid";
  post.content_type = std::move(type);
  post.body = std::move(body);
  return PostText(post);
}

std::string Event(const std::string& fields) {
  return "[{\"event\":\"bounce\",\"email\":\"a@one.test\",\"timestamp\":1790000000," + fields + "}]";
}

TEST(HostileJson, BodiesThatAreNothing) {
  for (const char* body : {"", " \n", "null", "42", "\"str\"", "true", "payload", "{", "[", "[{]",
                           "\xff\xfe[\0]\0", "{\"a\":1}", "[1,2]", "[[]]"}) {
    EXPECT_THAT(Post(body), ElementsAre("unusable")) << body;
  }
  EXPECT_THAT(Post("[]"), ElementsAre());
}

TEST(HostileJson, TrailingBytesMakeItUnusable) {
  EXPECT_THAT(Post(absl::StrFormat("[%s]x", kGood)), ElementsAre("unusable"));
  EXPECT_THAT(Post(absl::StrFormat("[%s][%s]", kGood, kGood)), ElementsAre("unusable"));
}

TEST(HostileJson, ByteOrderMarkIsPassedOver) {
  EXPECT_THAT(Post(absl::StrFormat("\xEF\xBB\xBF[%s]\r\n", kGood)), ElementsAre(kGoodText));
}

TEST(HostileJson, OneBadElementCostsOneElement) {
  EXPECT_THAT(Post(absl::StrFormat("[%s,{\"event\":\"bounce\",\"x\":\"\xff\"},%s]", kGood, kGood)),
              ElementsAre(kGoodText, kGoodText, "skipped bad-item 1"));
  EXPECT_THAT(Post(absl::StrFormat("[%s,{\"n\":1e400},{\"n\":99999999999999999999},7,%s]", kGood, kGood)),
              ElementsAre(kGoodText, kGoodText, "skipped bad-item 3"));
}

TEST(HostileJson, OneBadLineCostsOneLine) {
  const std::string lines =
      absl::StrFormat("%s\n{\"x\":\"\xff\"}\n{\"x\":\"open}\n\n%s\n%s", kGood, kGood, kGood);
  EXPECT_THAT(Post(lines, "application/x-ndjson"),
              ElementsAre(kGoodText, kGoodText, kGoodText, "skipped bad-item 2"));
  const std::string long_line = "{\"x\":\"" + std::string(70'000, 'x') + "\"}";
  EXPECT_THAT(
      Post(absl::StrFormat("%s\n%s\n%s", kGood, long_line, kGood), "application/x-ndjson; charset=utf-8"),
      ElementsAre(kGoodText, kGoodText, "skipped too-long 1"));
}

TEST(HostileJson, DepthIsBounded) {
  const std::string deep(1'000'000, '[');
  EXPECT_THAT(Post(deep), ElementsAre("unusable"));
  EXPECT_THAT(Post("[{\"x\":" + deep + std::string(1'000'000, ']') + "}]"),
              ElementsAre("skipped too-long 1"));
  const std::string fair = std::string(40, '[') + std::string(40, ']');
  EXPECT_THAT(Post(absl::StrFormat("[%s,{\"x\":%s}]", kGood, fair)),
              ElementsAre(kGoodText, "skipped bad-item 1"));
}

TEST(HostileJson, FirstOfEqualKeysCountsAndEscapedKeysAreKeys) {
  EXPECT_THAT(Post(R"([{"\u0065vent":"delivered","email":"a@one.test","email":"b@two.test","event":"bounce",
                      "timestamp":1790000000}])"),
              ElementsAre(kGoodText));
}

TEST(HostileJson, WrongTypesCostTheField) {
  EXPECT_THAT(Post(Event(R"("reason":["a"],"status":{},"ip":7,"sg_event_id":[],"category":{"x":1})")),
              ElementsAre("time=1790000000 outcome=bounced origin=local to=one.test reply=a"));
  EXPECT_THAT(Post(R"([{"event":"bounce","email":{},"timestamp":1}])"),
              ElementsAre("skipped no-recipient 1"));
  EXPECT_THAT(Post(R"([{"event":{},"email":"a@one.test"}])"), ElementsAre("unusable"));
}

TEST(HostileJson, TimesThatAreNoneAreTheTimeOfReceipt) {
  for (const char* time : {"true", "\"soon\"", "-5", "\"\"", "null", "[]"}) {
    const std::string body =
        absl::StrFormat(R"([{"event":"delivered","email":"a@one.test","timestamp":%s}])", time);
    EXPECT_THAT(Post(body), ElementsAre(absl::StrFormat("time=%d outcome=delivered origin=remote to=one.test",
                                                        kPostReceived)))
        << time;
  }
  for (const char* time :
       {"1790000000", "1790000000.9", "\"1790000000\"", "1790000000123", "\"2026-09-21T14:13:20Z\""}) {
    const std::string body =
        absl::StrFormat(R"([{"event":"delivered","email":"a@one.test","timestamp":%s}])", time);
    EXPECT_THAT(Post(body), ElementsAre(kGoodText)) << time;
  }
}

TEST(HostileJson, TextStaysOnOneLineAndWithinItsLimit) {
  EXPECT_THAT(
      Post(Event(R"("reason":"550 no\r\n  more\u0000\u001b[31m\u007f end")")),
      ElementsAre("time=1790000000 outcome=bounced origin=remote to=one.test reply=550 no more??[31m? end"));
  WebhookPost post;
  post.provider = "sendgrid";
  post.options.limits.text_max = 8;
  post.body = Event("\"reason\":\"550 no\xC3\xA9\xC3\xA9\"");
  EXPECT_THAT(PostText(post),
              ElementsAre("time=1790000000 outcome=bounced origin=remote to=one.test reply=550 no\xC3\xA9"));
}

TEST(HostileJson, NamesThatAreNoneAreLeftOut) {
  for (const char* address :
       {"a", "a@", "@", "a@b c", "a@b\\nc", "a@\\\"x\\\"", "a@[192.0.2.1", "\\u0000@\\u0000"}) {
    const std::string body =
        absl::StrFormat(R"([{"event":"delivered","email":"%s","timestamp":1790000000}])", address);
    const auto lines = Post(body);
    ASSERT_EQ(lines.size(), 1u) << address;
    if (std::string_view(address) == "a@[192.0.2.1") continue;  // an odd name, but a name
    EXPECT_EQ(lines[0], "skipped no-recipient 1") << address;
  }
  const std::string long_domain = "a@" + std::string(254, 'x');
  EXPECT_THAT(Post(R"([{"event":"delivered","email":")" + long_domain + R"("}])"),
              ElementsAre("skipped no-recipient 1"));
  EXPECT_THAT(Post(Event(R"("ip":"333.1.1.1")")),
              ElementsAre("time=1790000000 outcome=bounced origin=local to=one.test"));
}

TEST(HostileJson, ItemsBehindTheLimitAreOnlyCounted) {
  WebhookPost post;
  post.provider = "sendgrid";
  post.options.limits.events_max = 2;
  post.body = absl::StrFormat("[%s,%s,%s,%s]", kGood, kGood, kGood, kGood);
  EXPECT_THAT(PostText(post), ElementsAre(kGoodText, kGoodText, "skipped over-limit 2"));
  post.body += " ]";  // not JSON as a whole
  EXPECT_THAT(PostText(post), ElementsAre("unusable"));
  post.body = absl::StrFormat("%s\n%s\n%s", kGood, kGood, kGood);
  post.content_type = "application/x-ndjson";
  EXPECT_THAT(PostText(post), ElementsAre(kGoodText, kGoodText, "skipped over-limit 1"));
}

TEST(HostileJson, AnotherProvidersBodyIsUnusable) {
  for (const char* provider :
       {"mailgun", "sparkpost", "mailtrap", "amazon_ses", "postmark", "resend", "cloudevents"}) {
    EXPECT_THAT(PostText(provider, absl::StrFormat("[%s]", kGood)), ElementsAre("unusable")) << provider;
  }
}

std::vector<std::string> Split(bool (*split)(std::string_view, const OnJsonText&), std::string_view text) {
  std::vector<std::string> parts;
  if (!split(text, [&parts](std::string_view part) { parts.emplace_back(part); })) parts = {"no"};
  return parts;
}

TEST(JsonSplit, CutsAtTheTopOnly) {
  EXPECT_THAT(Split(SplitJsonArray, " [ {\"a\":[1,2]} , \"x,]\\\"\" ,3 ] "),
              ElementsAre("{\"a\":[1,2]}", "\"x,]\\\"\"", "3"));
  EXPECT_THAT(Split(SplitJsonArray, "[]"), ElementsAre());
  for (const char* bad : {"", "{}", "[", "[1", "[1 2]", "[,]", "[\"", "[1]]", "[{}"}) {
    EXPECT_THAT(Split(SplitJsonArray, bad), ElementsAre("no")) << bad;
  }
  EXPECT_THAT(Split(SplitJsonStream, "{}{\"a\":\"}{\"} [1]"), ElementsAre("{}", "{\"a\":\"}{\"}", "[1]"));
  for (const char* bad : {"{", "{}}", "\"", "{},{}"})
    EXPECT_THAT(Split(SplitJsonStream, bad), ElementsAre("no")) << bad;
}

}  // namespace
}  // namespace bouncewatch

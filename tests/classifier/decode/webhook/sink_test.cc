#include "classifier/decode/webhook/webhook_sink.h"

#include <gmock/gmock.h>

#include "classifier/decode/webhook/reply_text.h"
#include "tests/support/webhook_text.h"

namespace bouncewatch {
namespace {

using ::testing::ElementsAre;

TEST(ReplyText, Unwraps) {
  const std::pair<const char*, const char*> kReplies[] = {
      {"smtp;550 5.1.1 no", "550 5.1.1 no"},
      {" SMTP; 450 later ", "450 later"},
      {"RecipientError: 550 5.5.0 no", "550 5.5.0 no"},
      {"soft bounce (450 4.2.0 later)", "450 4.2.0 later"},
      {"550 5.1.1 said: 450 x", "550 5.1.1 said: 450 x"},
      {"host x said: 550-5.1.1 no", "550-5.1.1 no"},
      {"limit: 500000 bytes", "limit: 500000 bytes"},
      {"mailbox full", "mailbox full"},
      {"", ""},
  };
  for (const auto& [text, reply] : kReplies) EXPECT_EQ(UnwrapReply(text), reply) << text;
}

TEST(ReplyText, CodesInFront) {
  TextArena arena;
  EXPECT_EQ(WithCodes("550", "5.1.1", "no", &arena), "550 5.1.1 no");
  EXPECT_EQ(WithCodes("550", "5.1.1", "5.1.1 no", &arena), "550 5.1.1 no");
  EXPECT_EQ(WithCodes("550", "", "", &arena), "550");
  EXPECT_EQ(WithCodes("550", "5.1.1", "450 no", &arena), "450 no");
  EXPECT_EQ(WithCodes("605", "5.1.1", "no", &arena), "no");
  EXPECT_EQ(WithCodes("5.1.1", "5.1.1", "no", &arena), "no");
  EXPECT_EQ(EnhancedCodeAtFront("5.1.10 x"), "5.1.10");
  for (const char* bad : {"5.1", "5.1.", "1.1.1", "5.1.1.1", "5.1.1a", "5..1", "5.1234.1", ""}) {
    EXPECT_EQ(EnhancedCodeAtFront(bad), "") << bad;
  }
}

TEST(WebhookSink, LocalPartsEndHere) {
  const auto text =
      PostText("mailomat", R"({"eventType":"failure_perm","id":"e","recipient":"Jo <secret@one.test>",
      "messageUuid":"secret@x","payload":{"username":"secret@ours.test","delivery-status":{"code":550}}})");
  ASSERT_EQ(text.size(), 1u);
  EXPECT_EQ(text[0].find("secret"), std::string::npos) << text[0];
}

TEST(WebhookSink, RetriesHaveTheSameIdAndOtherEventsHaveOthers) {
  const auto ids = [](std::string body) {
    WebhookPost post;
    post.provider = "brevo";
    post.body = std::move(body);
    return DedupeIds(post);
  };
  const auto once =
      ids(R"([{"event":"deferred","email":"a@one.test","ts":1790000000,"message-id":"m","reason":"451 x"},
      {"event":"deferred","email":"a@one.test","ts":1790000060,"message-id":"m","reason":"451 x"},
      {"event":"deferred","email":"b@one.test","ts":1790000060,"message-id":"m","reason":"451 x"},
      {"event":"hard_bounce","email":"b@one.test","ts":1790000060,"message-id":"m","reason":"451 x"}])");
  ASSERT_EQ(once.size(), 4u);
  for (size_t i = 0; i < once.size(); ++i) {
    for (size_t j = 0; j < i; ++j) EXPECT_NE(once[i], once[j]) << i << " " << j;
  }
  EXPECT_THAT(
      ids(R"({"reason":"451 x","message-id":"m","ts":1790000060,"email":"a@one.test","event":"deferred"})"),
      ElementsAre(once[1]));
}

TEST(WebhookSink, KeepsBadItemsWithinTheirLimit) {
  WebhookOptions options;
  options.limits.bad_items_kept = 1;
  WebhookBatch batch;
  WebhookRequest request;
  request.body =
      R"([{"event":"delivered","email":"a@one.test"},{"event":"bounce","email":1},{"event":"bounce"}])";
  ASSERT_TRUE(FindWebhookFormat("sendgrid")->make(options)->Decode(request, &batch).ok());
  EXPECT_EQ(batch.items, 3u);
  EXPECT_EQ(batch.skips(WebhookSkip::kNoRecipient), 2u);
  ASSERT_EQ(batch.bad_items.size(), 1u);
  EXPECT_EQ(batch.bad_items[0].bytes, R"({"event":"bounce","email":1})");
}

}  // namespace
}  // namespace bouncewatch

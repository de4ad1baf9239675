#include "tests/support/webhook_text.h"

#include <gtest/gtest.h>

#include "absl/strings/str_format.h"
#include "tests/support/event_text.h"

namespace bouncewatch {
namespace {

absl::Status Decode(const WebhookPost& post, WebhookBatch* batch) {
  const WebhookFormat* format = FindWebhookFormat(post.provider);
  if (format == nullptr) return absl::NotFoundError(absl::StrFormat("no provider %s", post.provider));
  WebhookRequest request;
  request.body = post.body;
  request.content_type = post.content_type;
  request.query = post.query;
  request.headers = post.headers;
  request.received_s = kPostReceived;
  return format->make(post.options)->Decode(request, batch);
}

}  // namespace

std::vector<std::string> PostText(const WebhookPost& post) {
  WebhookBatch batch;
  const absl::Status status = Decode(post, &batch);
  std::vector<std::string> lines;
  if (!status.ok()) {
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << status.ToString();
    EXPECT_TRUE(batch.events.empty() && batch.bad_items.empty());
    return {"unusable"};
  }
  if (batch.kind != WebhookKind::kEvents) {
    lines.push_back(absl::StrFormat("kind %d topic=%s token=%s", static_cast<int>(batch.kind),
                                    std::string(batch.topic), std::string(batch.token)));
  }
  for (const WebhookEvent& event : batch.events) {
    std::string line = EventText(event.delivery);
    if (event.campaign != event.delivery.customer) line += " campaign=" + std::string(event.campaign);
    EXPECT_FALSE(event.dedupe_id.empty()) << line;
    EXPECT_TRUE(event.delivery.recipient.empty()) << line;
    lines.push_back(std::move(line));
  }
  for (int i = 0; i < kWebhookSkipCount; ++i) {
    const auto skip = static_cast<WebhookSkip>(i);
    if (batch.skips(skip) == 0) continue;
    lines.push_back(absl::StrFormat("skipped %s %d", std::string(WebhookSkipName(skip)), batch.skips(skip)));
  }
  return lines;
}

std::vector<std::string> PostText(std::string_view provider, std::string_view body) {
  WebhookPost post;
  post.provider = provider;
  post.body = body;
  return PostText(post);
}

std::vector<std::string> DedupeIds(const WebhookPost& post) {
  WebhookBatch batch;
  EXPECT_TRUE(Decode(post, &batch).ok());
  std::vector<std::string> ids;
  for (const WebhookEvent& event : batch.events) ids.emplace_back(event.dedupe_id);
  return ids;
}

}  // namespace bouncewatch

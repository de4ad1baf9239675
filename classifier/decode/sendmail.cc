#include "classifier/decode/sendmail.h"

#include <algorithm>

#include "classifier/decode/line_decoder.h"
#include "classifier/decode/log_line.h"
#include "classifier/decode/postfix_body.h"
#include "classifier/decode/sendmail_body.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

constexpr size_t kMinQueueId = 8, kMaxQueueId = 24;  // 14 characters since 8.12

// Takes "6AN3jTcZ000091: " off the front of *text; empty when it does not begin so.
std::string_view ConsumeQueueId(std::string_view* text) {
  size_t length = 0;
  while (length < text->size() && length <= kMaxQueueId && IsAlnum((*text)[length])) ++length;
  if (length < kMinQueueId || length > kMaxQueueId || !text->substr(length).starts_with(": ")) return {};
  const std::string_view id = text->substr(0, length);
  text->remove_prefix(length + 2);
  return id;
}

class SendmailDecoder final : public LineDecoder {
 public:
  explicit SendmailDecoder(const DecoderOptions& options)
      : LineDecoder(options.queue_slots, options.hash_seed), log_line_(options.timezone) {}

 private:
  LineResult DecodeLine(std::string_view line, FileState* file, EventBatch* batch) override;
  LineResult DecodeDelivery(std::string_view text, std::string_view id, const LogLine& head,
                            EventBatch* batch);
  LineResult DecodeNotice(std::string_view text, std::string_view id, const LogLine& head, EventBatch* batch);
  void AddRecipient(std::string_view recipient, const DeliveryEvent& line, EventBatch* batch);

  LogLineParser log_line_;
};

DeliveryEvent EventOf(std::string_view id, const LogLine& head) {
  DeliveryEvent event;
  event.time_s = head.time_s;
  event.repeat = head.repeat;
  event.host = head.host;
  event.tag = head.tag;
  event.queue_id = id;
  return event;
}

LineDecoder::LineResult SendmailDecoder::DecodeLine(std::string_view line, FileState* file,
                                                    EventBatch* batch) {
  LogLine head;
  LineShape shape;
  if (!log_line_.Parse(line, &file->anchor, &arena_, &head, &shape)) {
    if (shape != LineShape::kBadHeader || ScoreSendmailLine(line) == kCertain) Skip(shape);
    return LineResult::kTaken;
  }
  std::string_view text = head.body;
  const std::string_view id = ConsumeQueueId(&text);
  if (id.empty()) return LineResult::kTaken;
  if (text.starts_with("to=")) return DecodeDelivery(text.substr(3), id, head, batch);
  if (text.starts_with("from=")) {
    text.remove_prefix(5);
    if (text.find(", nrcpts=") != std::string_view::npos) {
      const std::string_view sender = ConsumeSendmailAddress(&text);
      queue_.Active(queue_.Hash(id), SenderDomain(sender), 0);
    }
    return LineResult::kTaken;
  }
  return DecodeNotice(text, id, head, batch);
}

LineDecoder::LineResult SendmailDecoder::DecodeDelivery(std::string_view text, std::string_view id,
                                                        const LogLine& head, EventBatch* batch) {
  DeliveryEvent event = EventOf(id, head);
  std::string_view recipients;
  switch (ParseSendmailBody(text, &arena_, &event, &recipients)) {
    case SendmailResult::kNoAttempt:
      return LineResult::kTaken;
    case SendmailResult::kBadRecipient:
      Skip(LineShape::kBadRecipient);
      return LineResult::kTaken;
    case SendmailResult::kBadStatus:
      Skip(LineShape::kBadStatus);
      return LineResult::kTaken;
    case SendmailResult::kAttempt:
      break;
  }
  // More recipients than a batch has room for wait for a batch of their own.
  const auto commas = static_cast<size_t>(std::count(recipients.begin(), recipients.end(), ','));
  if (batch->size != 0 && batch->size + commas + 1 > EventBatch::kMax) return LineResult::kNeedsRoom;
  while (!recipients.empty()) AddRecipient(ConsumeSendmailAddress(&recipients), event, batch);
  return LineResult::kTaken;
}

void SendmailDecoder::AddRecipient(std::string_view recipient, const DeliveryEvent& line, EventBatch* batch) {
  if (batch->size == EventBatch::kMax) {  // counted, but no longer named
    DeliveryEvent& last = batch->events[EventBatch::kMax - 1];
    last.recipient = {};
    last.repeat += line.repeat;
    return;
  }
  DeliveryEvent* event = Add(batch);
  *event = line;
  event->recipient = recipient;
  event->recipient_domain = AddressDomain(recipient);
  const uint64_t hash = queue_.Hash(line.queue_id);
  JoinSender(hash, event);
  if (line.outcome == Outcome::kDelivered || line.outcome == Outcome::kBounced) {
    queue_.Finished(hash, recipient);
  } else {
    queue_.Deferred(hash, recipient, event->recipient_domain);
  }
}

// "QID2: DSN: User unknown", "QID2: sender notify: Cannot send message for 5 days", "QID2: return to sender:
// ...".
LineDecoder::LineResult SendmailDecoder::DecodeNotice(std::string_view text, std::string_view id,
                                                      const LogLine& head, EventBatch* batch) {
  const std::string_view notice = ConsumeQueueId(&text);
  if (notice.empty()) return LineResult::kTaken;
  const size_t colon = text.find(": ");
  if (colon == std::string_view::npos) return LineResult::kTaken;
  const std::string_view kind = text.substr(0, colon), reason = text.substr(colon + 2);
  if (kind != "DSN" && kind != "sender notify" && kind != "return to sender" && kind != "postmaster notify") {
    return LineResult::kTaken;
  }
  const bool expired = reason.starts_with("Cannot send message ");
  if (expired && batch->size != 0) return LineResult::kNeedsRoom;
  if (expired) {
    DeliveryEvent event = EventOf(id, head);
    event.reply = reason;
    AddExpired(queue_.Hash(id), event, batch);
  }
  queue_.Active(queue_.Hash(notice), kNullSender, 0);
  return LineResult::kTaken;
}

}  // namespace

LineScore ScoreSendmailLine(std::string_view line) {
  const auto has = [line](std::string_view text) { return line.find(text) != std::string_view::npos; };
  if (has(": to=") && has(", delay=") && has(", mailer=") && has("stat=")) return kCertain;
  if (has(": from=") && has(", class=") && has(", nrcpts=")) return kCertain;
  return has(" sendmail[") || has(" sm-mta[") ? kHint : kNotTold;
}

std::unique_ptr<Decoder> NewSendmailDecoder(const DecoderOptions& options) {
  return std::make_unique<SendmailDecoder>(options);
}

}  // namespace bouncewatch

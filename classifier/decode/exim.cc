#include "classifier/decode/exim.h"

#include "classifier/decode/civil_stamp.h"
#include "classifier/decode/exim_body.h"
#include "classifier/decode/exim_parts.h"
#include "classifier/decode/line_decoder.h"
#include "classifier/decode/log_line.h"
#include "classifier/decode/postfix_body.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

bool IsAlnumRun(std::string_view text) {
  for (char c : text) {
    if (!IsAlnum(c)) return false;
  }
  return true;
}

// The message id at the front of `text`: 6-6-2, since 4.97 6-11-4, with a blank behind it. Empty when none.
std::string_view MessageId(std::string_view text) {
  for (const size_t middle : {6u, 11u}) {
    const size_t last = middle == 6 ? 2 : 4, size = 6 + 1 + middle + 1 + last;
    if (text.size() <= size || text[size] != ' ' || text[6] != '-' || text[7 + middle] != '-') continue;
    if (IsAlnumRun(text.substr(0, 6)) && IsAlnumRun(text.substr(7, middle)) &&
        IsAlnumRun(text.substr(8 + middle, last))) {
      return text.substr(0, size);
    }
  }
  return {};
}

// What the two characters behind the id say. False: no attempt.
bool OutcomeOfFlag(std::string_view flag, Outcome* outcome) {
  if (flag == "=>" || flag == "->" || flag == ">>") {
    *outcome = Outcome::kDelivered;
  } else if (flag == "==") {
    *outcome = Outcome::kDeferred;
  } else if (flag == "**") {
    *outcome = Outcome::kBounced;
  } else {
    return false;
  }
  return true;
}

// Takes "[pid] " off the front.
void SkipPid(std::string_view* text) {
  if (!text->starts_with('[')) return;
  size_t i = 1;
  while (i < text->size() && IsDigit((*text)[i])) ++i;
  if (text->substr(i).starts_with("] ")) text->remove_prefix(i + 2);
}

// "H=(c.test) [192.0.2.3] F=<s> rejected RCPT <u>: ...": what we said to somebody else.
bool IsInboundReject(std::string_view text) {
  return text.starts_with("H=") &&
         text.substr(0, text.find(": ")).find("rejected ") != std::string_view::npos;
}

class EximDecoder final : public LineDecoder {
 public:
  explicit EximDecoder(const DecoderOptions& options)
      : LineDecoder(options.queue_slots, options.hash_seed),
        stamp_(options.timezone),
        log_line_(options.timezone) {}

 private:
  LineResult DecodeLine(std::string_view line, FileState* file, EventBatch* batch) override;
  void DecodeRecord(std::string_view text, const LogLine& head, EventBatch* batch);
  void DecodeDelivery(std::string_view text, Outcome outcome, std::string_view id, const LogLine& head,
                      EventBatch* batch);

  CivilStampParser stamp_;
  LogLineParser log_line_;
  std::vector<uint32_t> ended_;
};

LineDecoder::LineResult EximDecoder::DecodeLine(std::string_view line, FileState* file, EventBatch* batch) {
  LogLine head;
  size_t length = 0;
  std::string_view record = line;
  const bool mainlog = line.size() > 10 && line[10] == ' ' && stamp_.Parse(line, &head.time_s, &length);
  if (!mainlog) {
    LineShape shape;
    if (!log_line_.Parse(line, &file->anchor, &arena_, &head, &shape)) {
      if (shape != LineShape::kBadHeader || ScoreEximLine(line) == kCertain) Skip(shape);
      return LineResult::kTaken;
    }
    switch (JoinEximParts(head.pid, head.body, &file->notes, &arena_, &record)) {
      case EximPart::kWaiting:
        return LineResult::kTaken;
      case EximPart::kStray:
        Skip(LineShape::kBadRecord);
        return LineResult::kTaken;
      case EximPart::kWhole:
      case EximPart::kJoined:
        break;
    }
    if (!stamp_.Parse(record, &head.time_s, &length)) length = 0;  // syslog_timestamp = no
  }
  record.remove_prefix(length);
  if (record.starts_with(' ')) record.remove_prefix(1);
  DecodeRecord(record, head, batch);
  return LineResult::kTaken;
}

void EximDecoder::DecodeRecord(std::string_view text, const LogLine& head, EventBatch* batch) {
  SkipPid(&text);
  const std::string_view id = MessageId(text);
  if (!id.empty()) text.remove_prefix(id.size() + 1);
  if (IsInboundReject(text)) return Skip(LineShape::kInboundReject);
  if (id.empty()) return;
  if (text.starts_with("Completed")) {
    ended_.clear();
    queue_.Expired(queue_.Hash(id), &ended_);
    return;
  }
  if (text.size() < 3 || text[2] != ' ') return;
  const std::string_view flag = text.substr(0, 2);
  text.remove_prefix(3);
  Outcome outcome;
  if (flag == "<=") {
    const std::string_view sender = ConsumeEximAddress(&text);
    queue_.Active(queue_.Hash(id), SenderDomain(sender == "<>" ? std::string_view() : sender), 0);
  } else if (OutcomeOfFlag(flag, &outcome)) {
    DecodeDelivery(text, outcome, id, head, batch);
  }
}

void EximDecoder::DecodeDelivery(std::string_view text, Outcome outcome, std::string_view id,
                                 const LogLine& head, EventBatch* batch) {
  DeliveryEvent* event = Add(batch);
  event->outcome = outcome;
  EximBody body;
  if (!ParseEximBody(text, &arena_, event, &body)) {
    --batch->size;
    return Skip(LineShape::kBadRecipient);
  }
  event->time_s = head.time_s;
  event->repeat = head.repeat;
  event->host = head.host;
  event->tag = head.tag;
  event->queue_id = id;
  if (body.has_sender) {
    event->sender_domain = SenderDomain(body.sender);
  } else {
    JoinSender(queue_.Hash(id), event);
  }
}

}  // namespace

LineScore ScoreEximLine(std::string_view line) {
  // An id that stands behind a blank, with one of the flags behind it.
  for (std::string_view flag : {" => ", " == ", " ** ", " <= ", " -> ", " Completed"}) {
    const size_t at = line.find(flag);
    if (at == std::string_view::npos) continue;
    for (const size_t size : {16u, 23u}) {
      if (at >= size && (at == size || line[at - size - 1] == ' ') &&
          MessageId(line.substr(at - size)).size() == size) {
        return kCertain;
      }
    }
  }
  return line.find("exim") != std::string_view::npos ? kHint : kNotTold;
}

std::unique_ptr<Decoder> NewEximDecoder(const DecoderOptions& options) {
  return std::make_unique<EximDecoder>(options);
}

}  // namespace bouncewatch

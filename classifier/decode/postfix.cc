// How a chunk is decoded: the scan (scan.h) jumps from address mark to address mark. At each mark the bytes
// to the left tell what the line is; a delivery line or a queue manager's line is read and becomes an
// operation. When the event batch is full, the operations are applied to the queue table in their order, with
// the table's cache lines already fetched.
#include "classifier/decode/postfix.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "classifier/decode/json_line.h"
#include "classifier/decode/postfix_body.h"
#include "classifier/decode/postfix_common.h"
#include "classifier/decode/queue_table.h"
#include "classifier/decode/scan.h"
#include "classifier/decode/syslog_header.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

constexpr size_t kMaxOperations = 256;
constexpr size_t kMinQueueId = 4, kMaxQueueId = 32;  // long queue ids have 12 to 16 characters
constexpr uint32_t kMaxRepeat = 1'000'000;

// What a line says about a queue id.
struct Operation {
  enum class Kind : uint8_t { kActive, kAttempt, kExpired } kind;
  uint64_t queue_hash;
  uint64_t sender_hash;     // kActive
  std::string_view sender;  // kActive
  uint32_t recipients = 0;  // kActive
  uint32_t event = 0;       // kAttempt, kExpired: index in the batch
};

// A mark's surroundings inside one line.
struct Line {
  const char* begin;      // first byte of the line
  const char* key;        // first byte of "to=<" or "from=<"
  std::string_view rest;  // behind the '<', to the end of the line
  std::string_view queue_id;
  bool padded;  // kCommonSlack bytes can be read behind the line
};

class PostfixDecoder final : public Decoder {
 public:
  explicit PostfixDecoder(const PostfixOptions& options)
      : header_(options.timezone), queue_(options.queue_slots, options.hash_seed) {}

  size_t Decode(std::string_view lines, FileState* file, EventBatch* batch) override;
  bool SaveChanges(std::string* record) override { return queue_.SaveChanges(record); }
  void WantSnapshot() override { queue_.WantSnapshot(); }
  bool LoadRecord(std::string_view record) override { return queue_.LoadRecord(record); }
  const DecoderCounters& counters() const override { return counters_; }

 private:
  enum class LineResult : uint8_t {
    kTaken,
    kTakenEndsBatch,   // the batch's views would not survive more lines
    kNeedsEmptyBatch,  // not taken: ask again with an empty batch
  };
  LineResult DecodeLine(Line line, YearAnchor* anchor, EventBatch* batch);
  LineResult DecodeBody(Line line, const SyslogHeader* json_header, YearAnchor* anchor, EventBatch* batch);
  LineResult DecodeJson(std::string_view text, YearAnchor* anchor, EventBatch* batch);
  void DecodeDelivery(const Line& line, const SyslogHeader* json_header, YearAnchor* anchor,
                      EventBatch* batch);
  LineResult DecodeFrom(const Line& line, const SyslogHeader* json_header, YearAnchor* anchor,
                        EventBatch* batch);
  bool ReadHeader(const Line& line, const SyslogHeader* json_header, YearAnchor* anchor,
                  DeliveryEvent* event);
  bool DecodeCommonFrom(const char* begin, const char* key, const char* line_end);
  void PushActive(std::string_view queue_id, std::string_view sender, uint32_t recipients);
  Operation& Push(Operation::Kind kind, std::string_view queue_id);
  void ApplyOperations(EventBatch* batch);
  uint32_t ApplyAttempt(const Operation& operation, const DeliveryEvent& event);
  void ApplyExpired(const Operation& operation, EventBatch* batch);
  void Skip(LineShape shape) { ++counters_.by_shape[static_cast<size_t>(shape)]; }

  SyslogHeaderParser header_;
  QueueTable queue_;
  JsonLineParser json_;
  DecoderCounters counters_;
  std::array<Operation, kMaxOperations> operations_;
  size_t operation_count_ = 0;
  std::array<uint32_t, EventBatch::kMax> sender_ids_;  // by event; QueueTable::kUnknown: not joined
  std::vector<uint32_t> expired_domains_;
  std::string arena_;  // strings out of JSON lines
};

// The queue id that ends before the ": " at `colon`, or empty. It stands behind a blank (a quote in JSON), or
// begins the text.
std::string_view QueueIdBefore(const char* colon, const char* begin) {
  const std::string_view reach(colon - std::min<ptrdiff_t>(colon - begin, kMaxQueueId + 1), colon);
  const size_t blank = FindLastByte(reach, ' ');
  const std::string_view id = blank == std::string_view::npos ? reach : reach.substr(blank + 1);
  if (id.size() < kMinQueueId || id.size() > kMaxQueueId || !IsAlnum(id.front()) || !IsAlnum(id.back()))
    return {};
  return id;
}

// event = DeliveryEvent{}, member by member: the compiler makes a slow string instruction of the assignment.
void Reset(DeliveryEvent* event) {
  event->outcome = Outcome::kDelivered;
  event->origin = Origin::kLocal;
  event->phase = Phase::kUnknown;
  event->repeat = 1;
  for (std::string_view* text :
       {&event->recipient_domain, &event->sender_domain, &event->relay_host, &event->relay_ip,
        &event->source_ip, &event->customer, &event->dsn, &event->reply}) {
    *text = {};
  }
}

uint32_t ReadNumber(std::string_view text) {
  uint32_t value = 0;
  for (char c : text) {
    if (!IsDigit(c) || value > 100'000'000) break;
    value = value * 10 + static_cast<uint32_t>(c - '0');
  }
  return value;
}

// rsyslog's reduction: "message repeated 3 times: [ QID: to=..., status=... (...)]". 1 where it is not that.
uint32_t RepeatCount(std::string_view before_queue_id) {
  constexpr std::string_view kMark = "message repeated ";
  const size_t at = before_queue_id.rfind(kMark);
  if (at == std::string_view::npos) return 1;
  const uint32_t count = ReadNumber(before_queue_id.substr(at + kMark.size()));
  return count == 0 ? 1 : std::min(count, kMaxRepeat);
}

size_t PostfixDecoder::Decode(std::string_view lines, FileState* file, EventBatch* batch) {
  YearAnchor* const anchor = &file->anchor;
  batch->size = 0;
  operation_count_ = 0;
  arena_.clear();
  queue_.Compact();
  const char* const begin = lines.data();
  const char* const end = begin + lines.size();
  const char* p = begin;
  const char* taken = end;
  while (p < end) {
    if (batch->size == EventBatch::kMax || operation_count_ == kMaxOperations) {
      taken = p;
      break;
    }
    // A mark in the first bytes of a line is no field of Postfix; starting behind it keeps p[-1] readable.
    const char* mark = FindAddressMark(p == begin ? p + 1 : p, end, &counters_.lines);
    if (p == begin && *begin == '\n') ++counters_.lines;
    if (mark == end) break;
    const char* key = mark - (mark[-1] == 'm' ? 4 : 2);
    const bool ours = key - begin >= 3 && key[-1] == ' ' && (key[-2] == ':' || key[-2] == ';');
    if (!ours) {
      p = mark + 2;  // pickup's "uid=0 from=<", orig_to=, "from=<a> to=<b>": another mark may follow
      continue;
    }
    const auto* line_end = static_cast<const char*>(std::memchr(mark, '\n', static_cast<size_t>(end - mark)));
    if (line_end == nullptr) line_end = end;
    const bool padded = end - line_end >= kCommonSlack;
    if (padded && DecodeCommonFrom(begin, key, line_end)) {
      ++counters_.lines;
      p = line_end + 1;
      continue;
    }
    const auto* newline = static_cast<const char*>(memrchr(begin, '\n', static_cast<size_t>(key - begin)));
    const Line line{
        newline == nullptr ? begin : newline + 1, key, std::string_view(mark + 2, line_end), {}, padded};
    const LineResult result = DecodeLine(line, anchor, batch);
    if (result == LineResult::kNeedsEmptyBatch) {
      taken = line.begin;
      break;
    }
    ++counters_.lines;
    p = line_end == end ? end : line_end + 1;
    if (result == LineResult::kTakenEndsBatch) {
      taken = p;
      break;
    }
  }
  ApplyOperations(batch);
  counters_.events += batch->size;
  return static_cast<size_t>(taken - begin);
}

PostfixDecoder::LineResult PostfixDecoder::DecodeLine(Line line, YearAnchor* anchor, EventBatch* batch) {
  if (*line.begin == '{') {
    const char* line_end = line.rest.data() + line.rest.size();
    return DecodeJson(std::string_view(line.begin, static_cast<size_t>(line_end - line.begin)), anchor,
                      batch);
  }
  return DecodeBody(line, nullptr, anchor, batch);
}

PostfixDecoder::LineResult PostfixDecoder::DecodeBody(Line line, const SyslogHeader* json_header,
                                                      YearAnchor* anchor, EventBatch* batch) {
  if (line.key[-2] ==
      ';') {  // "NOQUEUE: reject: RCPT from h[ip]: 550 5.7.1 ...; from=<a> to=<b> proto=ESMTP"
    Skip(LineShape::kInboundReject);
    return LineResult::kTaken;
  }
  line.queue_id = QueueIdBefore(line.key - 2, line.begin);
  if (line.queue_id.empty() || line.queue_id == "NOQUEUE") return LineResult::kTaken;
  if (line.key[0] == 'f') return DecodeFrom(line, json_header, anchor, batch);
  DecodeDelivery(line, json_header, anchor, batch);
  return LineResult::kTaken;
}

PostfixDecoder::LineResult PostfixDecoder::DecodeJson(std::string_view text, YearAnchor* anchor,
                                                      EventBatch* batch) {
  // Views into the arena must hold until the batch is used: it may not move once an event points into it.
  if (arena_.size() + 2 * text.size() > arena_.capacity()) {
    if (batch->size != 0 || operation_count_ != 0) return LineResult::kNeedsEmptyBatch;
    arena_.reserve(std::max(2 * text.size(), size_t{256} * 1024));
  }
  JsonLine json;
  if (!json_.Parse(text, &arena_, &json)) {
    Skip(LineShape::kBadJson);
    return LineResult::kTaken;
  }
  SyslogHeader header{json.epoch_us / 1'000'000, json.host, json.tag};
  size_t length = 0;
  if (!json.stamp.empty() && !header_.ParseStamp(json.stamp, anchor, &header.time_s, &length)) {
    Skip(LineShape::kBadHeader);
    return LineResult::kTaken;
  }
  // The message is a body: "QID: to=<...>..." or "QID: from=<...>...".
  const std::string_view message = json.message;
  const size_t colon = message.find(": ");
  if (colon == std::string_view::npos) return LineResult::kTaken;
  const std::string_view field = message.substr(colon + 2);
  const size_t key_size = field.starts_with("to=<") ? 4 : field.starts_with("from=<") ? 6 : 0;
  if (key_size == 0) {
    if (message.starts_with("NOQUEUE: ")) Skip(LineShape::kInboundReject);
    return LineResult::kTaken;
  }
  return DecodeBody(Line{message.data(), field.data(), field.substr(key_size), {}, false}, &header, anchor,
                    batch);
}

bool PostfixDecoder::ReadHeader(const Line& line, const SyslogHeader* json_header, YearAnchor* anchor,
                                DeliveryEvent* event) {
  SyslogHeader header;
  if (json_header != nullptr) {
    header = *json_header;
  } else {
    const std::string_view head(line.begin, static_cast<size_t>(line.queue_id.data() - line.begin));
    if (!header_.Parse(head, anchor, &header)) {
      Skip(LineShape::kBadHeader);
      return false;
    }
    if (head.ends_with("[ ")) event->repeat = RepeatCount(head);
  }
  event->time_s = header.time_s;
  event->host = header.host;
  event->tag = header.tag;
  event->queue_id = line.queue_id;
  return true;
}

void PostfixDecoder::DecodeDelivery(const Line& line, const SyslogHeader* json_header, YearAnchor* anchor,
                                    EventBatch* batch) {
  DeliveryEvent& event = batch->events[batch->size];
  Reset(&event);
  if (!ReadHeader(line, json_header, anchor, &event)) return;
  const char* const line_end = line.rest.data() + line.rest.size();
  const bool common = line.padded && event.repeat == 1 &&
                      ParseCommonBody(line.rest.data(), line_end, &event, &event.recipient);
  if (!common) {
    std::string_view body = line.rest;
    if (event.repeat > 1 && body.ends_with(']')) body.remove_suffix(1);
    switch (ParsePostfixBody(body, &event, &event.recipient)) {
      case BodyResult::kBadRecipient:
        return Skip(LineShape::kBadRecipient);
      case BodyResult::kBadStatus:
        return Skip(LineShape::kBadStatus);
      case BodyResult::kDelivery:
        break;
    }
  }
  Push(Operation::Kind::kAttempt, event.queue_id).event = static_cast<uint32_t>(batch->size);
  ++batch->size;
}

// The cache lines that an operation will need are fetched while more lines are decoded.
Operation& PostfixDecoder::Push(Operation::Kind kind, std::string_view queue_id) {
  Operation& operation = operations_[operation_count_++];
  operation.kind = kind;
  operation.queue_hash = queue_.Hash(queue_id);
  queue_.Prefetch(operation.queue_hash);
  return operation;
}

void PostfixDecoder::PushActive(std::string_view queue_id, std::string_view sender, uint32_t recipients) {
  Operation& operation = Push(Operation::Kind::kActive, queue_id);
  operation.sender = sender;
  operation.sender_hash = queue_.Hash(sender);
  operation.recipients = recipients;
  queue_.PrefetchName(operation.sender_hash);
}

// The queue manager's line in its usual shape, which needs nothing of the line's head. In a JSON line a quote
// stands before the queue id, or before the blank in front of it: such a line is left to DecodeLine.
bool PostfixDecoder::DecodeCommonFrom(const char* begin, const char* key, const char* line_end) {
  if (key[0] != 'f' || key[-2] != ':') return false;
  const std::string_view id = QueueIdBefore(key - 2, begin);
  if (id.empty() || id.data() - begin < 2 || id.data()[-1] != ' ') return false;
  const char before = id.data()[-2];
  if ((before != ':' && before != '-') || FindByte(id, '\n') != std::string_view::npos || id == "NOQUEUE")
    return false;
  std::string_view sender;
  uint32_t recipients = 0;
  if (!ParseCommonFrom(key + 6, line_end, &sender, &recipients)) return false;
  PushActive(id, sender, recipients);
  return true;
}

PostfixDecoder::LineResult PostfixDecoder::DecodeFrom(const Line& line, const SyslogHeader* json_header,
                                                      YearAnchor* anchor, EventBatch* batch) {
  // "addr>, size=282, nrcpt=1 (queue active)" or "addr>, status=expired, returned to sender".
  std::string_view rest = line.rest, sender;
  if (!ConsumeAddress(&rest, &sender)) return LineResult::kTaken;
  if (rest.starts_with("size=")) {
    const size_t comma = FindByte(rest, ',');
    if (comma == std::string_view::npos || !rest.substr(comma).starts_with(", nrcpt="))
      return LineResult::kTaken;
    PushActive(line.queue_id, SenderDomain(sender), ReadNumber(rest.substr(comma + 8)));
    return LineResult::kTaken;
  }
  if (!rest.starts_with("status=expired") && !rest.starts_with("status=force-expired"))
    return LineResult::kTaken;
  // One line, many recipients: it gets a batch of its own.
  if (batch->size != 0) return LineResult::kNeedsEmptyBatch;
  DeliveryEvent& event = batch->events[0];
  event = DeliveryEvent{};
  if (!ReadHeader(line, json_header, anchor, &event)) return LineResult::kTaken;
  event.outcome = Outcome::kExpired;
  event.sender_domain = SenderDomain(sender);
  Push(Operation::Kind::kExpired, line.queue_id).event = 0;
  return LineResult::kTakenEndsBatch;
}

uint32_t PostfixDecoder::ApplyAttempt(const Operation& operation, const DeliveryEvent& event) {
  switch (event.outcome) {
    case Outcome::kDelivered:
    case Outcome::kBounced:
      return queue_.Finished(operation.queue_hash, event.recipient);
    case Outcome::kDeferred:
    case Outcome::kEcho:
      return queue_.Deferred(operation.queue_hash, event.recipient, event.recipient_domain);
    default:
      return queue_.Sender(operation.queue_hash);
  }
}

void PostfixDecoder::ApplyOperations(EventBatch* batch) {
  sender_ids_.fill(QueueTable::kUnknown);
  const std::span<const Operation> operations = std::span(operations_).first(operation_count_);
  for (const Operation& operation : operations) {
    switch (operation.kind) {
      case Operation::Kind::kActive:
        queue_.Active(operation.queue_hash, operation.sender, operation.sender_hash, operation.recipients);
        break;
      case Operation::Kind::kExpired:
        ApplyExpired(operation, batch);
        return;  // alone in its batch
      case Operation::Kind::kAttempt:
        sender_ids_[operation.event] = ApplyAttempt(operation, batch->events[operation.event]);
        break;
    }
  }
  // Names are looked at last: they may have moved while operations were applied.
  for (size_t i = 0; i < batch->size; ++i) {
    DeliveryEvent& event = batch->events[i];
    if (sender_ids_[i] == QueueTable::kUnknown) {
      if (event.outcome != Outcome::kProbe) ++counters_.join_misses;
    } else {
      ++counters_.joined;
      event.sender_domain = queue_.name(sender_ids_[i]);
    }
  }
}

// An expiry names no recipient: the deferred recipients of the queue id expire, one event per distinct
// domain.
void PostfixDecoder::ApplyExpired(const Operation& operation, EventBatch* batch) {
  const DeliveryEvent line = batch->events[operation.event];
  expired_domains_.clear();
  if (!queue_.Expired(operation.queue_hash, &expired_domains_) || expired_domains_.empty()) {
    return Skip(LineShape::kNoRecipient);
  }
  std::sort(expired_domains_.begin(), expired_domains_.end());
  for (size_t i = 0; i < expired_domains_.size();) {
    size_t next = i;
    while (next < expired_domains_.size() && expired_domains_[next] == expired_domains_[i]) ++next;
    if (batch->size == EventBatch::kMax) return Skip(LineShape::kNoRecipient);
    DeliveryEvent& event = batch->events[batch->size++];
    event = line;
    event.recipient_domain = queue_.name(expired_domains_[i]);
    event.repeat = static_cast<uint32_t>(next - i);
    ++counters_.joined;
    i = next;
  }
}

}  // namespace

LineScore ScorePostfixLine(std::string_view line) {
  const auto has = [line](std::string_view text) { return line.find(text) != std::string_view::npos; };
  if (has(": to=<") && has(", relay=") && has(", dsn=") && has(", status=")) return kCertain;
  if (has(": from=<") && has(", nrcpt=") && has("(queue active)")) return kCertain;
  return has("postfix") ? kHint : kNotTold;
}

std::unique_ptr<Decoder> NewPostfixDecoder(const PostfixOptions& options) {
  return std::make_unique<PostfixDecoder>(options);
}

}  // namespace bouncewatch

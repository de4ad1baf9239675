#include "classifier/decode/haraka.h"

#include <algorithm>
#include <string>

#include "classifier/decode/civil_stamp.h"
#include "classifier/decode/haraka_accounting.h"
#include "classifier/decode/line_decoder.h"
#include "classifier/decode/log_line.h"
#include "classifier/decode/postfix_body.h"
#include "classifier/decode/read_text.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

constexpr size_t npos = std::string_view::npos;
constexpr size_t kMaxHeader = 8 * 1024;

// Takes "[word] " off the front.
bool ConsumeBracket(std::string_view* text, std::string_view* word) {
  if (!text->starts_with('[')) return false;
  const size_t close = text->find("] ");
  if (close == npos) return false;
  *word = text->substr(1, close - 1);
  text->remove_prefix(close + 2);
  return true;
}

struct HarakaLine {
  std::string_view uuid, origin, message;
};

bool IsLevel(std::string_view word) {
  for (std::string_view level :
       {"INFO", "NOTICE", "WARN", "ERROR", "CRIT", "ALERT", "EMERG", "DEBUG", "PROTOCOL"}) {
    if (word == level) return true;
  }
  return false;
}

// "[NOTICE] [UUID.t.r] [outbound] message"
bool ParseHarakaLine(std::string_view text, HarakaLine* line) {
  std::string_view level;
  if (!ConsumeBracket(&text, &level) || !IsLevel(level) || !ConsumeBracket(&text, &line->uuid) ||
      !ConsumeBracket(&text, &line->origin)) {
    return false;
  }
  line->message = TrimBlanks(text);
  return true;
}

// Takes "<addr>" off the front of *text; its end is the '>' with `behind` after it.
bool ConsumeAddress(std::string_view* text, std::string_view behind, std::string_view* address) {
  if (!text->starts_with('<')) return false;
  size_t close = text->find('>');
  while (close != npos && !text->substr(close + 1).starts_with(behind)) close = text->find('>', close + 1);
  if (close == npos) return false;
  *address = text->substr(1, close - 1);
  text->remove_prefix(close + 1);
  return true;
}

// The value of " key=" in a line that Haraka itself wrote; a value in quotes may hold anything but quotes
// that are not escaped.
std::string_view ValueOf(std::string_view text, std::string_view key) {
  const size_t at = text.find(key);
  if (at == npos) return {};
  std::string_view value = text.substr(at + key.size());
  if (!value.starts_with('"')) return value.substr(0, value.find(' '));
  size_t i = 1;
  while (i < value.size() && value[i] != '"') i += value[i] == '\\' ? 2 : 1;
  return value.substr(1, std::min(i, value.size()) - 1);
}

uint32_t ReadNumber(std::string_view text) {
  uint32_t value = 0;
  for (char c : text) {
    if (!IsDigit(c) || value > 1'000'000) break;
    value = value * 10 + static_cast<uint32_t>(c - '0');
  }
  return value;
}

// What a host did before "Tried all MXs".
bool IsHostFailure(std::string_view message) {
  return message.starts_with("Failed to get socket: ") || message.starts_with("Remote end ") ||
         message.starts_with("Ongoing connection failed to ");
}

class HarakaDecoder final : public LineDecoder {
 public:
  explicit HarakaDecoder(const DecoderOptions& options)
      : LineDecoder(options.queue_slots, options.hash_seed),
        stamp_(options.timezone),
        log_line_(options.timezone) {}

 private:
  // The recipients of one domain of a transaction, as far as they are known.
  struct Recipients {
    uint32_t count = 1;
    uint32_t domain = QueueTable::kUnknown;  // name id
  };

  LineResult DecodeLine(std::string_view line, FileState* file, EventBatch* batch) override;
  void DecodeRecord(std::string_view line, const FileState& file, EventBatch* batch);
  void DecodeCore(const HarakaLine& line);
  LineResult DecodeOutbound(const HarakaLine& line, const LogLine& head, EventBatch* batch);
  void DecodeRecipient(std::string_view text, const HarakaLine& line, const LogLine& head, EventBatch* batch);
  void DecodeDelivered(std::string_view text, const HarakaLine& line, const LogLine& head, EventBatch* batch);
  LineResult DecodeFailure(std::string_view reason, Outcome outcome, const HarakaLine& line,
                           const LogLine& head, EventBatch* batch);
  LineResult DecodeGivenUp(std::string_view reason, const HarakaLine& line, const LogLine& head,
                           EventBatch* batch);
  void KeepDeferred(std::string_view list, const HarakaLine& line);
  DeliveryEvent* AddEvent(Outcome outcome, const HarakaLine& line, const LogLine& head, EventBatch* batch);
  void SetReply(std::string_view reason, const HarakaLine& line, DeliveryEvent* event);
  Recipients FindRecipients(std::string_view uuid);
  std::string_view Lower(std::string_view text);
  // The key of the last failure of a host, among the table's others.
  uint64_t FailureHash(std::string_view uuid) { return queue_.Hash(arena_.Join(uuid, " failure")); }

  CivilStampParser stamp_;
  LogLineParser log_line_;
  std::vector<uint32_t> ids_;
};

// "UUID.t.r": the transaction is what stands before the last '.'.
std::string_view TransactionOf(std::string_view uuid) {
  return uuid.substr(0, uuid.rfind('.'));
}

LineDecoder::LineResult HarakaDecoder::DecodeLine(std::string_view line, FileState* file, EventBatch* batch) {
  if (IsHarakaHeader(line) && line.size() <= kMaxHeader) {
    file->notes = line;
    return LineResult::kTaken;
  }
  if (!file->notes.empty()) {
    DecodeRecord(line, *file, batch);
    return LineResult::kTaken;
  }
  LogLine head;
  HarakaLine parsed;
  size_t length = 0;
  if (stamp_.Parse(line, &head.time_s, &length) && line.substr(length).starts_with(" [")) {
    head.body = line.substr(length + 1);
  } else {
    LineShape shape;
    if (!log_line_.Parse(line, &file->anchor, &arena_, &head, &shape)) {
      if (ScoreHarakaLine(line) == kCertain) Skip(LineShape::kBadHeader);
      return LineResult::kTaken;
    }
    if (stamp_.Parse(head.body, &head.time_s, &length) && head.body.substr(length).starts_with(" [")) {
      head.body.remove_prefix(length + 1);
    }
  }
  if (!ParseHarakaLine(head.body, &parsed)) return LineResult::kTaken;
  if (parsed.origin == "core") DecodeCore(parsed);
  return parsed.origin == "outbound" ? DecodeOutbound(parsed, head, batch) : LineResult::kTaken;
}

void HarakaDecoder::DecodeRecord(std::string_view line, const FileState& file, EventBatch* batch) {
  DeliveryEvent event;
  switch (ParseHarakaRecord(file.notes, line, &stamp_, &arena_, &event)) {
    case HarakaRecord::kBadStamp:
      return Skip(LineShape::kBadHeader);
    case HarakaRecord::kBadRecord:
      return Skip(LineShape::kBadRecord);
    case HarakaRecord::kEvent:
      *Add(batch) = event;
  }
}

std::string_view HarakaDecoder::Lower(std::string_view text) {
  const std::string_view lower = arena_.Join(text, {});
  std::string* block = arena_.Reserve(0);
  for (size_t i = block->size() - lower.size(); i < block->size(); ++i) (*block)[i] = ToLower((*block)[i]);
  return lower;
}

// "sender <s> code=CONT msg=..", "recipient <a> code=OK msg=.. sender=s": who is in the transaction.
void HarakaDecoder::DecodeCore(const HarakaLine& line) {
  std::string_view text = line.message, address;
  if (ConsumePrefix(&text, "sender ")) {
    if (!ConsumeAddress(&text, " code=", &address)) return;
    ids_.clear();
    queue_.Expired(queue_.Hash(line.uuid), &ids_);
    queue_.Active(queue_.Hash(line.uuid), SenderDomain(address), 0);
  } else if (ConsumePrefix(&text, "recipient ")) {
    if (!ConsumeAddress(&text, " code=", &address)) return;
    if (text.starts_with(" code=DENY")) return Skip(LineShape::kInboundReject);
    queue_.Deferred(queue_.Hash(line.uuid), address, Lower(AddressDomain(address)));
  }
}

LineDecoder::LineResult HarakaDecoder::DecodeOutbound(const HarakaLine& line, const LogLine& head,
                                                      EventBatch* batch) {
  std::string_view text = line.message;
  if (ConsumePrefix(&text, "recipient ")) {
    DecodeRecipient(text, line, head, batch);
  } else if (ConsumePrefix(&text, "delivered file=")) {
    DecodeDelivered(text, line, head, batch);
  } else if (ConsumePrefix(&text, "bouncing mail: ")) {
    if (text.starts_with("Some recipients failed: ")) return LineResult::kTaken;  // each was named before
    constexpr std::string_view kGivenUp = "Too many failures (";
    if (!text.starts_with(kGivenUp)) return DecodeFailure(text, Outcome::kBounced, line, head, batch);
    text.remove_prefix(kGivenUp.size());
    if (text.ends_with(')')) text.remove_suffix(1);
    return DecodeGivenUp(text, line, head, batch);
  } else if (ConsumePrefix(&text, "Temp failing ")) {
    constexpr std::string_view kSeconds = " seconds: ";
    const size_t at = text.find(kSeconds);
    if (at == npos) return LineResult::kTaken;
    text.remove_prefix(at + kSeconds.size());
    if (!ConsumePrefix(&text, "Some recipients temp failed: ")) {
      return DecodeFailure(text, Outcome::kDeferred, line, head, batch);
    }
    KeepDeferred(text, line);
  } else if (IsHostFailure(text)) {
    queue_.Active(FailureHash(line.uuid), text, 0);
  }
  return LineResult::kTaken;
}

DeliveryEvent* HarakaDecoder::AddEvent(Outcome outcome, const HarakaLine& line, const LogLine& head,
                                       EventBatch* batch) {
  DeliveryEvent* event = Add(batch);
  event->time_s = head.time_s;
  event->outcome = outcome;
  event->host = head.host;
  event->tag = head.tag;
  event->queue_id = line.uuid;
  JoinSender(queue_.Hash(TransactionOf(line.uuid)), event);
  return event;
}

// "<a> rejected: 550 5.7.1 .." or "<a> deferred: 451 4.7.1 ..".
void HarakaDecoder::DecodeRecipient(std::string_view text, const HarakaLine& line, const LogLine& head,
                                    EventBatch* batch) {
  std::string_view address;
  Outcome outcome = Outcome::kBounced;
  std::string_view rest = text;
  if (ConsumeAddress(&rest, " rejected: ", &address)) {
    rest.remove_prefix(11);
    queue_.Finished(queue_.Hash(TransactionOf(line.uuid)), address);
    queue_.Finished(queue_.Hash(line.uuid), address);
  } else if (rest = text; ConsumeAddress(&rest, " deferred: ", &address)) {
    rest.remove_prefix(11);
    outcome = Outcome::kDeferred;
  } else {
    return Skip(LineShape::kBadRecipient);
  }
  DeliveryEvent* event = AddEvent(outcome, line, head, batch);
  event->recipient = address;
  event->recipient_domain = AddressDomain(address);
  event->origin = Origin::kRemote;
  event->phase = Phase::kRcpt;
  event->reply = rest;
}

void HarakaDecoder::DecodeDelivered(std::string_view text, const HarakaLine& line, const LogLine& head,
                                    EventBatch* batch) {
  const size_t counts = text.rfind(" rcpts=");  // "accepted/deferred/rejected"
  const uint32_t accepted = counts == npos ? 0 : ReadNumber(text.substr(counts + 7));
  if (accepted == 0 || text.find(" domain=") == npos) return Skip(LineShape::kBadRecipient);
  DeliveryEvent* event = AddEvent(Outcome::kDelivered, line, head, batch);
  event->repeat = accepted;
  event->recipient_domain = ValueOf(text, " domain=");
  event->relay_host = ValueOf(text, " host=");
  event->relay_ip = ValueOf(text, " ip=");
  event->origin = Origin::kRemote;
  event->reply = ValueOf(text, " response=");
}

// "<a>, <b>": from now on these are the recipients of UUID.t.r.
void HarakaDecoder::KeepDeferred(std::string_view list, const HarakaLine& line) {
  const uint64_t hash = queue_.Hash(line.uuid);
  const uint32_t sender = queue_.Sender(queue_.Hash(TransactionOf(line.uuid)));
  const std::string_view sender_domain =
      sender == QueueTable::kUnknown ? std::string_view() : arena_.Join(queue_.name(sender), {});
  ids_.clear();
  queue_.Expired(hash, &ids_);
  queue_.Active(hash, sender_domain, 0);
  std::string_view address;
  while (ConsumeAddress(&list, list.find(">, <") == npos ? "" : ", ", &address)) {
    queue_.Deferred(hash, address, Lower(AddressDomain(address)));
    ConsumePrefix(&list, ", ");
  }
}

// The recipients of "UUID.t.r": those that were deferred before, else those of the r-th domain of UUID.t.
HarakaDecoder::Recipients HarakaDecoder::FindRecipients(std::string_view uuid) {
  ids_.clear();
  if (queue_.DeferredDomains(queue_.Hash(uuid), &ids_)) {
    return {static_cast<uint32_t>(ids_.size()), ids_[0]};
  }
  const std::string_view transaction = TransactionOf(uuid);
  if (transaction.size() == uuid.size()) return {};
  const uint32_t wanted = ReadNumber(uuid.substr(transaction.size() + 1));
  if (!queue_.DeferredDomains(queue_.Hash(transaction), &ids_)) return {};
  uint32_t seen = 0;
  for (size_t i = ids_.size(); i-- > 0;) {  // the newest stands first
    if (std::find(ids_.begin() + static_cast<ptrdiff_t>(i) + 1, ids_.end(), ids_[i]) != ids_.end()) continue;
    if (++seen != wanted) continue;
    return {static_cast<uint32_t>(std::count(ids_.begin(), ids_.end(), ids_[i])), ids_[i]};
  }
  return {};
}

void HarakaDecoder::SetReply(std::string_view reason, const HarakaLine& line, DeliveryEvent* event) {
  for (std::string_view wrapper : {"Upstream error: ", "Unrecognized response from upstream server: "}) {
    std::string_view said = reason;
    if (ConsumePrefix(&said, wrapper) && StartsWithReplyCode(said)) reason = said;
  }
  event->reply = reason;
  if (StartsWithReplyCode(reason)) {
    event->origin = Origin::kRemote;
    return;
  }
  event->origin = Origin::kLocal;
  if (reason != "Tried all MXs") return;
  const uint32_t failure = queue_.Sender(FailureHash(line.uuid));
  if (failure != QueueTable::kUnknown) NameLater(failure, &event->reply);
}

// The whole message failed for all recipients of one domain.
LineDecoder::LineResult HarakaDecoder::DecodeFailure(std::string_view reason, Outcome outcome,
                                                     const HarakaLine& line, const LogLine& head,
                                                     EventBatch* batch) {
  const Recipients recipients = FindRecipients(line.uuid);
  DeliveryEvent* event = AddEvent(outcome, line, head, batch);
  event->repeat = recipients.count;
  if (recipients.domain != QueueTable::kUnknown) NameLater(recipients.domain, &event->recipient_domain);
  SetReply(reason, line, event);
  return LineResult::kTaken;
}

// The last attempt, unless its recipients were named before; and the end of the message.
LineDecoder::LineResult HarakaDecoder::DecodeGivenUp(std::string_view reason, const HarakaLine& line,
                                                     const LogLine& head, EventBatch* batch) {
  if (batch->size + 2 > EventBatch::kMax) return LineResult::kNeedsRoom;
  std::string_view list = reason;
  if (ConsumePrefix(&list, "Some recipients temp failed: ")) {
    KeepDeferred(list, line);
  } else {
    DecodeFailure(reason, Outcome::kDeferred, line, head, batch);
  }
  return DecodeFailure("Too many failures", Outcome::kExpired, line, head, batch);
}

}  // namespace

LineScore ScoreHarakaLine(std::string_view line) {
  if (line.starts_with("type\ttimeLogged\t") || (IsHarakaHeader(line) && line.find("dsnMsg") != npos))
    return kCertain;
  for (std::string_view origin : {"] [outbound] ", "] [core] "}) {
    const size_t at = line.find(origin);
    if (at != npos && line.substr(0, at).find("] [") != npos) return kCertain;
  }
  return line.find("Haraka") != npos ? kHint : kNotTold;
}

std::unique_ptr<Decoder> NewHarakaDecoder(const DecoderOptions& options) {
  return std::make_unique<HarakaDecoder>(options);
}

}  // namespace bouncewatch

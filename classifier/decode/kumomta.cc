#include "classifier/decode/kumomta.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "classifier/decode/json_lines.h"
#include "classifier/decode/log_time.h"
#include "classifier/decode/postfix_body.h"
#include "classifier/decode/scan.h"
#include "classifier/decode/smtp_command.h"

namespace bouncewatch {
namespace {

namespace dom = simdjson::dom;

// What a record says, before anything is copied. Texts are the parser's.
struct Record {
  std::string_view type, id, sender, queue, node, egress_source, event_time;
  std::string_view content, command, peer_name, peer_ip, source_address;
  std::optional<int64_t> timestamp;
  std::array<int64_t, 3> enhanced{};
  int64_t code = 0;
  dom::element recipient;
  bool has_recipient = false, has_peer = false;
};

std::string_view Text(const dom::element& value) {
  std::string_view text;
  return value.get_string().get(text) == simdjson::SUCCESS ? text : std::string_view();
}

int64_t Integer(const dom::element& value) {
  int64_t number = 0;
  return value.get_int64().get(number) == simdjson::SUCCESS ? number : 0;
}

void ReadEnhanced(const dom::element& value, std::array<int64_t, 3>* enhanced) {
  dom::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) return;
  for (const auto field : object) {
    if (field.key == "class") (*enhanced)[0] = Integer(field.value);
    if (field.key == "subject") (*enhanced)[1] = Integer(field.value);
    if (field.key == "detail") (*enhanced)[2] = Integer(field.value);
  }
}

void ReadResponse(const dom::element& value, Record* record) {
  dom::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) return;
  for (const auto field : object) {
    if (field.key == "code") record->code = Integer(field.value);
    if (field.key == "enhanced_code") ReadEnhanced(field.value, &record->enhanced);
    if (field.key == "content") record->content = Text(field.value);
    if (field.key == "command") record->command = Text(field.value);
  }
}

void ReadPeer(const dom::element& value, Record* record) {
  dom::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) return;
  record->has_peer = true;
  for (const auto field : object) {
    if (field.key == "name") record->peer_name = Text(field.value);
    if (field.key == "addr") record->peer_ip = Text(field.value);
  }
}

Record ReadRecord(const dom::object& object) {
  Record record;
  for (const auto field : object) {
    const std::string_view key = field.key;
    if (key == "type") {
      record.type = Text(field.value);
    } else if (key == "id") {
      record.id = Text(field.value);
    } else if (key == "sender") {
      record.sender = Text(field.value);
    } else if (key == "recipient") {
      record.recipient = field.value;
      record.has_recipient = true;
    } else if (key == "queue") {
      record.queue = Text(field.value);
    } else if (key == "response") {
      ReadResponse(field.value, &record);
    } else if (key == "peer_address") {
      ReadPeer(field.value, &record);
    } else if (key == "timestamp") {
      int64_t seconds = 0;
      if (field.value.get_int64().get(seconds) == simdjson::SUCCESS) record.timestamp = seconds;
    } else if (key == "event_time") {
      record.event_time = Text(field.value);
    } else if (key == "egress_source") {
      record.egress_source = Text(field.value);
    } else if (key == "source_address") {
      std::string_view address;
      if (field.value["address"].get_string().get(address) == simdjson::SUCCESS)
        record.source_address = address;
    } else if (key == "nodeid") {
      record.node = Text(field.value);
    }
  }
  return record;
}

enum class TypeMeaning : uint8_t { kAttempt, kNothing, kOutOfBand, kInbound, kUnknown };

TypeMeaning MeaningOf(std::string_view type, Outcome* outcome) {
  struct Type {
    std::string_view name;
    TypeMeaning meaning;
    Outcome outcome = Outcome::kDelivered;
  };
  static constexpr Type kTypes[] = {
      {"Delivery", TypeMeaning::kAttempt, Outcome::kDelivered},
      {"TransientFailure", TypeMeaning::kAttempt, Outcome::kDeferred},
      {"Bounce", TypeMeaning::kAttempt, Outcome::kBounced},
      {"Expiration", TypeMeaning::kAttempt, Outcome::kExpired},
      {"OOB", TypeMeaning::kOutOfBand},
      {"Feedback", TypeMeaning::kOutOfBand},
      {"Rejection", TypeMeaning::kInbound},
      {"Reception", TypeMeaning::kNothing},
      {"Delayed", TypeMeaning::kNothing},
      {"AdminBounce", TypeMeaning::kNothing},
      {"AdminRebind", TypeMeaning::kNothing},
      {"DeferredInjectionRebind", TypeMeaning::kNothing},
      {"XferOut", TypeMeaning::kNothing},
      {"XferIn", TypeMeaning::kNothing},
  };
  const auto* found = std::find_if(std::begin(kTypes), std::end(kTypes),
                                   [type](const Type& known) { return known.name == type; });
  if (found == std::end(kTypes)) return TypeMeaning::kUnknown;
  *outcome = found->outcome;
  return found->meaning;
}

struct QueueName {
  std::string_view customer, domain;
};

// "campaign:tenant@domain!routing"; every part but the domain may be missing.
QueueName ReadQueueName(std::string_view queue) {
  QueueName name;
  const size_t at = FindLastByte(queue, '@');
  name.domain = at == std::string_view::npos ? queue : queue.substr(at + 1);
  name.domain = name.domain.substr(0, FindByte(name.domain, '!'));
  if (at == std::string_view::npos) return name;
  const std::string_view left = queue.substr(0, at);
  const size_t colon = FindByte(left, ':');
  if (colon == std::string_view::npos) {
    name.customer = left;
  } else {
    name.customer = left.substr(colon + 1);
    if (name.customer.empty()) name.customer = left.substr(0, colon);
  }
  return name;
}

// "192.0.2.1:53210", "[2001:db8::1]:53210".
std::string_view WithoutPort(std::string_view address) {
  if (address.starts_with('[')) return address.substr(1, FindByte(address.substr(1), ']'));
  const size_t first = FindByte(address, ':');
  const bool has_port = first != std::string_view::npos && first == FindLastByte(address, ':');
  return has_port ? address.substr(0, first) : address;
}

// "5.7.1"; empty when there is none, or no such code.
std::string_view EnhancedText(const std::array<int64_t, 3>& enhanced, TextArena* arena) {
  if (enhanced[0] < 2 || enhanced[0] > 5) return {};
  char text[16];
  char* end = text;
  for (const int64_t part : enhanced) {
    if (part < 0 || part > 999) return {};
    if (end != text) *end++ = '.';
    end = std::to_chars(end, text + sizeof text, part).ptr;
  }
  return arena->Join({text, static_cast<size_t>(end - text)}, {});
}

class KumoMtaDecoder final : public JsonLinesDecoder {
 public:
  explicit KumoMtaDecoder(const DecoderOptions& options) : time_(options.timezone) {}

 private:
  struct Domain {
    std::string_view recipient;  // the first of them
    uint32_t count;
  };

  LineResult DecodeObject(const dom::object& object, EventBatch* batch) override;
  bool IsOfNoInterest(std::string_view line) const override;
  bool ReadRecipients(const Record& record);
  bool AddRecipient(std::string_view recipient);
  bool ReadTime(const Record& record, int64_t* time_s);
  DeliveryEvent MakeEvent(const Record& record, Outcome outcome, int64_t time_s);

  LogTimeParser time_;
  std::vector<Domain> domains_;  // of the record's recipients
};

// Every message has one of these, and the writer puts the type first.
bool KumoMtaDecoder::IsOfNoInterest(std::string_view line) const {
  return line.starts_with(R"({"type":"Reception",)");
}

// False: no address, or of one domain more than a batch has room for.
bool KumoMtaDecoder::AddRecipient(std::string_view recipient) {
  const std::string_view domain = AddressDomain(recipient);
  if (domain.empty()) return false;
  for (Domain& known : domains_) {
    if (AddressDomain(known.recipient) != domain) continue;
    ++known.count;
    return true;
  }
  if (domains_.size() == EventBatch::kMax) return false;
  domains_.push_back({recipient, 1});
  return true;
}

// False: one of them is no recipient, or there is none.
bool KumoMtaDecoder::ReadRecipients(const Record& record) {
  domains_.clear();
  if (!record.has_recipient) return false;
  dom::array array;
  if (record.recipient.get_array().get(array) != simdjson::SUCCESS)
    return AddRecipient(Text(record.recipient));
  bool all_good = array.size() > 0;
  for (const dom::element& recipient : array) all_good = AddRecipient(Text(recipient)) && all_good;
  return all_good;
}

bool KumoMtaDecoder::ReadTime(const Record& record, int64_t* time_s) {
  if (!record.event_time.empty() && time_.Parse(record.event_time, time_s)) return true;
  return record.timestamp && LogTimeParser::FromUnix(static_cast<double>(*record.timestamp), time_s);
}

DeliveryEvent KumoMtaDecoder::MakeEvent(const Record& record, Outcome outcome, int64_t time_s) {
  DeliveryEvent event;
  event.time_s = time_s;
  event.outcome = outcome;
  // What KumoMTA says itself has a code that it made up.
  const bool is_internal = record.content.starts_with("KumoMTA internal");
  const bool is_remote = record.has_peer && !is_internal && outcome != Outcome::kExpired;
  event.origin = is_remote ? Origin::kRemote : Origin::kLocal;
  event.phase = is_remote ? PhaseOfCommand(record.command) : Phase::kUnknown;
  event.queue_id = arena_.Join(record.id, {});
  event.sender_domain = record.sender.empty() ? kNullSender : arena_.Join(AddressDomain(record.sender), {});
  event.dsn = EnhancedText(record.enhanced, &arena_);
  event.reply = is_remote ? JoinReply(record.code, event.dsn, record.content, &arena_)
                          : JoinReply(0, {}, record.content, &arena_);
  std::string_view relay = record.peer_name;
  if (relay.ends_with('.')) relay.remove_suffix(1);
  event.relay_host = arena_.Join(relay, {});
  event.relay_ip = arena_.Join(record.peer_ip, {});
  const std::string_view source = WithoutPort(record.source_address);
  event.source_ip = arena_.Join(source.empty() ? record.egress_source : source, {});
  event.customer = arena_.Join(ReadQueueName(record.queue).customer, {});
  event.host = arena_.Join(record.node, {});
  return event;
}

KumoMtaDecoder::LineResult KumoMtaDecoder::DecodeObject(const dom::object& object, EventBatch* batch) {
  const Record record = ReadRecord(object);
  Outcome outcome = Outcome::kDelivered;
  switch (MeaningOf(record.type, &outcome)) {
    case TypeMeaning::kAttempt:
      break;
    case TypeMeaning::kNothing:
      return LineResult::kTaken;
    case TypeMeaning::kOutOfBand:
      Skip(LineShape::kOutOfBand);
      return LineResult::kTaken;
    case TypeMeaning::kInbound:
      Skip(LineShape::kInboundReject);
      return LineResult::kTaken;
    case TypeMeaning::kUnknown:
      Skip(record.type.empty() ? LineShape::kBadJson : LineShape::kBadStatus);
      return LineResult::kTaken;
  }
  int64_t time_s = 0;
  if (!ReadTime(record, &time_s)) {
    Skip(LineShape::kBadHeader);
    return LineResult::kTaken;
  }
  const bool all_good = ReadRecipients(record);
  if (domains_.size() > EventBatch::kMax - batch->size) return LineResult::kNeedsRoom;
  if (!all_good) Skip(LineShape::kBadRecipient);
  if (domains_.empty()) return LineResult::kTaken;
  const DeliveryEvent event = MakeEvent(record, outcome, time_s);
  for (const Domain& domain : domains_) {
    DeliveryEvent* const added = Add(batch);
    *added = event;
    added->recipient = arena_.Join(domain.recipient, {});
    added->recipient_domain = AddressDomain(added->recipient);
    added->repeat = domain.count;
  }
  return LineResult::kTaken;
}

}  // namespace

std::unique_ptr<Decoder> NewKumoMtaDecoder(const DecoderOptions& options) {
  return std::make_unique<KumoMtaDecoder>(options);
}

LineScore ScoreKumoMtaLine(std::string_view line) {
  const auto has = [line](std::string_view text) { return line.find(text) != std::string_view::npos; };
  if (!line.starts_with('{') || !has(R"("type":")") || !has(R"("response":{"code":)")) return kNotTold;
  return has(R"("queue":")") && has(R"("recipient":)") ? kCertain : kHint;
}

}  // namespace bouncewatch

#include "classifier/decode/halon.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <vector>

#include "classifier/decode/json_lines.h"
#include "classifier/decode/log_time.h"
#include "classifier/decode/postfix_body.h"
#include "classifier/decode/smtp_command.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

namespace dom = simdjson::dom;

enum Field : uint8_t {
  kTime,
  kOutcome,
  kTemporary,
  kCode,
  kEnhanced,
  kReason,
  kError,
  kPhase,
  kSourceIp,
  kRelayIp,
  kRelayHost,
  kHost,
  kId,
  kCustomer,
  kSender,
  kRecipient,
  kRecipientDomain,
  kFieldCount,
};

constexpr std::string_view kFieldNames[] = {
    "time",  "outcome",  "temporary", "code",      "enhanced",         "reason",
    "error", "phase",    "source_ip", "relay_ip",  "relay_host",       "host",
    "id",    "customer", "sender",    "recipient", "recipient_domain",
};
static_assert(std::size(kFieldNames) == kFieldCount);

// What scripts write into the outcome. Words for a failure of either kind leave it to the code.
struct OutcomeWord {
  std::string_view word;
  std::optional<Outcome> outcome;
};
constexpr OutcomeWord kOutcomeWords[] = {
    {"delivered", Outcome::kDelivered},
    {"delivery", Outcome::kDelivered},
    {"success", Outcome::kDelivered},
    {"sent", Outcome::kDelivered},
    {"ok", Outcome::kDelivered},
    {"deferred", Outcome::kDeferred},
    {"queue", Outcome::kDeferred},
    {"queued", Outcome::kDeferred},
    {"retry", Outcome::kDeferred},
    {"temporary", Outcome::kDeferred},
    {"bounce", Outcome::kBounced},
    {"bounced", Outcome::kBounced},
    {"delete", Outcome::kBounced},
    {"permanent", Outcome::kBounced},
    {"expired", Outcome::kExpired},
    {"failed", std::nullopt},
    {"failure", std::nullopt},
    {"error", std::nullopt},
    {"none", std::nullopt},
};

using Path = std::vector<std::string>;

Path SplitPath(std::string_view text) {
  Path path;
  while (true) {
    const size_t dot = text.find('.');
    path.emplace_back(text.substr(0, dot));
    if (dot == std::string_view::npos) return path;
    text.remove_prefix(dot + 1);
  }
}

// Null where there is no such value, or where it is null.
std::optional<dom::element> Follow(const dom::object& object, const Path& path) {
  dom::element value;
  if (object.at_key(path.front()).get(value) != simdjson::SUCCESS) return std::nullopt;
  for (size_t step = 1; step < path.size(); ++step) {
    if (value.at_key(path[step]).get(value) != simdjson::SUCCESS) return std::nullopt;
  }
  if (value.is_null()) return std::nullopt;
  return value;
}

std::string_view Text(const std::optional<dom::element>& value) {
  std::string_view text;
  return value && value->get_string().get(text) == simdjson::SUCCESS ? text : std::string_view();
}

// A number, or digits in a text.
std::optional<double> Number(const std::optional<dom::element>& value) {
  double number = 0;
  if (!value) return std::nullopt;
  if (value->get_double().get(number) == simdjson::SUCCESS) return number;
  const std::string_view text = Text(value);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

class HalonDecoder final : public JsonLinesDecoder {
 public:
  explicit HalonDecoder(const DecoderOptions& options);

 private:
  LineResult DecodeObject(const dom::object& object, EventBatch* batch) override;
  std::optional<dom::element> Find(const dom::object& object, Field field) const;
  std::string_view Copy(const dom::object& object, Field field) {
    return arena_.Join(Text(Find(object, field)), {});
  }
  bool ReadTime(const dom::object& object, int64_t* time_s);
  std::optional<Outcome> OutcomeOf(const dom::object& object, int code) const;
  std::string_view ReadEnhanced(const dom::object& object);
  void ReadReply(const dom::object& object, int code, DeliveryEvent* event);
  bool ReadRecipient(const dom::object& object, DeliveryEvent* event);

  std::array<std::vector<Path>, kFieldCount> paths_;
  LogTimeParser time_;
};

HalonDecoder::HalonDecoder(const DecoderOptions& options) : time_(options.timezone) {
  for (size_t field = 0; field < kFieldCount; ++field) {
    const std::string name(kFieldNames[field]);
    const auto given = options.fields.find(name);
    const std::vector<std::string>& texts =
        given != options.fields.end() ? given->second : DefaultHalonFields().at(name);
    for (const std::string& text : texts) {
      Path path = SplitPath(text);
      if (paths_[field].size() < kFieldPathsMax && path.size() <= kFieldStepsMax) {
        paths_[field].push_back(std::move(path));
      }
    }
  }
}

std::optional<dom::element> HalonDecoder::Find(const dom::object& object, Field field) const {
  for (const Path& path : paths_[field]) {
    if (std::optional<dom::element> value = Follow(object, path)) return value;
  }
  return std::nullopt;
}

bool HalonDecoder::ReadTime(const dom::object& object, int64_t* time_s) {
  const std::optional<dom::element> value = Find(object, kTime);
  if (!value) return false;
  double number = 0;
  if (value->get_double().get(number) == simdjson::SUCCESS) return LogTimeParser::FromUnix(number, time_s);
  return time_.Parse(Text(value), time_s);
}

std::optional<Outcome> HalonDecoder::OutcomeOf(const dom::object& object, int code) const {
  const std::string_view word = Text(Find(object, kOutcome));
  for (const OutcomeWord& known : kOutcomeWords) {
    if (known.outcome && EqualsIgnoreCase(word, known.word)) return known.outcome;
  }
  const auto is_word = [word](const OutcomeWord& known) { return EqualsIgnoreCase(word, known.word); };
  // A word that is not known may mean anything: the code does not make up for it.
  if (!word.empty() && std::none_of(std::begin(kOutcomeWords), std::end(kOutcomeWords), is_word)) {
    return std::nullopt;
  }
  if (code >= 200 && code < 300) return Outcome::kDelivered;
  if (code >= 400 && code < 500) return Outcome::kDeferred;
  if (code >= 500 && code < 600) return Outcome::kBounced;
  bool temporary = false;
  const std::optional<dom::element> flag = Find(object, kTemporary);
  if (!flag || flag->get_bool().get(temporary) != simdjson::SUCCESS) return std::nullopt;
  return temporary ? Outcome::kDeferred : Outcome::kBounced;
}

// "5.7.1" or [5, 7, 1].
std::string_view HalonDecoder::ReadEnhanced(const dom::object& object) {
  const std::optional<dom::element> value = Find(object, kEnhanced);
  dom::array parts;
  if (!value || value->get_array().get(parts) != simdjson::SUCCESS) return arena_.Join(Text(value), {});
  char text[16];
  char* end = text;
  size_t count = 0;
  for (const dom::element& part : parts) {
    int64_t number = 0;
    if (part.get_int64().get(number) != simdjson::SUCCESS || number < 0 || number > 999 || ++count > 3)
      return {};
    if (end != text) *end++ = '.';
    end = std::to_chars(end, text + sizeof text, number).ptr;
  }
  return count == 3 ? arena_.Join({text, static_cast<size_t>(end - text)}, {}) : std::string_view();
}

void HalonDecoder::ReadReply(const dom::object& object, int code, DeliveryEvent* event) {
  event->dsn = ReadEnhanced(object);
  const std::optional<dom::element> reason = Find(object, kReason);
  if (code == 0 && !reason) {
    event->origin = Origin::kLocal;
    event->reply = JoinReply(0, {}, Text(Find(object, kError)), &arena_);
    return;
  }
  event->origin = Origin::kRemote;
  event->phase = PhaseOfCommand(Text(Find(object, kPhase)));
  dom::array lines;
  if (!reason || reason->get_array().get(lines) != simdjson::SUCCESS) {
    event->reply = JoinReply(code, event->dsn, Text(reason), &arena_);
    return;
  }
  std::string joined;
  for (const dom::element& line : lines) {
    if (!joined.empty()) joined += '\n';
    joined += Text(line);
  }
  event->reply = JoinReply(code, event->dsn, joined, &arena_);
}

bool HalonDecoder::ReadRecipient(const dom::object& object, DeliveryEvent* event) {
  event->recipient = StripAngles(Copy(object, kRecipient));
  event->recipient_domain = AddressDomain(event->recipient);
  if (event->recipient_domain.empty()) event->recipient_domain = Copy(object, kRecipientDomain);
  return !event->recipient_domain.empty();
}

HalonDecoder::LineResult HalonDecoder::DecodeObject(const dom::object& object, EventBatch* batch) {
  DeliveryEvent event;
  const double number = Number(Find(object, kCode)).value_or(0);
  const int code = number >= 200 && number < 600 ? static_cast<int>(number) : 0;
  const std::optional<Outcome> outcome = OutcomeOf(object, code);
  LineShape fault{};
  if (!outcome) {
    fault = LineShape::kBadStatus;
  } else if (!ReadTime(object, &event.time_s)) {
    fault = LineShape::kBadHeader;
  } else if (!ReadRecipient(object, &event)) {
    fault = LineShape::kBadRecipient;
  } else {
    event.outcome = *outcome;
    ReadReply(object, code, &event);
    const std::optional<dom::element> sender = Find(object, kSender);
    if (sender) {
      const std::string_view address = StripAngles(Text(sender));
      event.sender_domain = address.empty() ? kNullSender : arena_.Join(AddressDomain(address), {});
    }
    event.queue_id = Copy(object, kId);
    event.relay_host = Copy(object, kRelayHost);
    event.relay_ip = Copy(object, kRelayIp);
    event.source_ip = Copy(object, kSourceIp);
    event.customer = Copy(object, kCustomer);
    event.host = Copy(object, kHost);
    *Add(batch) = event;
    return LineResult::kTaken;
  }
  Skip(fault);
  return LineResult::kTaken;
}

}  // namespace

std::span<const std::string_view> HalonFields() {
  return kFieldNames;
}

const FieldMap& DefaultHalonFields() {
  static const FieldMap* const fields = new FieldMap{
      {"time", {"ts_attempt", "time", "timestamp"}},
      {"outcome", {"status", "action"}},
      {"temporary", {"attempt.error.temporary"}},
      {"code", {"result_code", "attempt.result.code"}},
      {"enhanced", {"result_enhanced", "attempt.result.enhanced"}},
      {"reason", {"result_reason", "attempt.result.reason"}},
      {"error", {"error_message", "attempt.error.message"}},
      {"phase", {"result_state", "attempt.result.state"}},
      {"source_ip", {"connection_localip", "attempt.connection.localip"}},
      {"relay_ip", {"connection_remoteip", "attempt.connection.remoteip"}},
      {"relay_host", {"connection_remotemx", "attempt.connection.remotemx"}},
      {"host", {"hostname"}},
      {"id", {"messageid", "message.id.transaction"}},
      {"customer", {}},
      {"sender", {"sender", "message.sender"}},
      {"recipient", {"recipient", "message.recipient"}},
      {"recipient_domain", {"recipient_domain", "message.recipientaddress.domain"}},
  };
  return *fields;
}

std::unique_ptr<Decoder> NewHalonDecoder(const DecoderOptions& options) {
  return std::make_unique<HalonDecoder>(options);
}

LineScore ScoreHalonLine(std::string_view line) {
  const auto has = [line](std::string_view text) { return line.find(text) != std::string_view::npos; };
  if (!line.starts_with('{')) return kNotTold;
  if (has(R"("recipient_domain":)") && (has(R"("result_code":)") || has(R"("ts_attempt":)"))) return kCertain;
  return has(R"("recipientaddress":)") && has(R"("attempt":)") ? kCertain : kNotTold;
}

}  // namespace bouncewatch

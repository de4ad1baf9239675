#include "classifier/decode/haraka_accounting.h"

#include "classifier/decode/postfix_body.h"
#include "classifier/decode/read_text.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

constexpr std::string_view kFirst = "timeLogged", kSecond = "rcpt";

// The character that parts the fields: the one behind the first name. '\0': this is no header.
char SeparatorOf(std::string_view header) {
  size_t i = 0;
  while (i < header.size() && (IsAlnum(header[i]) || header[i] == '_')) ++i;
  return i == 0 || i == header.size() ? '\0' : header[i];
}

// Takes the next field off the front. False: there is none.
bool ConsumeField(std::string_view* line, char separator, std::string_view* field) {
  if (line->empty()) return false;
  const size_t end = line->find(separator);
  *field = TrimBlanks(line->substr(0, end));
  line->remove_prefix(end == std::string_view::npos ? line->size() : end + 1);
  return true;
}

// What JavaScript and the plugin write for a value that is not there.
bool IsNothing(std::string_view value) {
  return value.empty() || value == "-" || value == "undefined" || value == "null" || value == "destIp";
}

struct Fields {
  std::string_view type, time, recipient, source_ip, destination_ip, vmta, job, status, message;
};

void SetField(std::string_view name, std::string_view value, Fields* fields) {
  if (IsNothing(value)) return;
  if (name == "type") fields->type = value;
  if (name == kFirst) fields->time = value;
  if (name == kSecond) fields->recipient = value;
  if (name == "srcIp") fields->source_ip = value;
  if (name == "destIp") fields->destination_ip = value;
  if (name == "vmta") fields->vmta = value;
  if (name == "jobId") fields->job = value;
  if (name == "dsnStatus") fields->status = value;
  if (name == "dsnMsg") fields->message = value;
}

bool OutcomeOfType(std::string_view type, Outcome* outcome) {
  if (type == "d") {
    *outcome = Outcome::kDelivered;
  } else if (type == "df") {
    *outcome = Outcome::kDeferred;
  } else if (type == "b") {
    *outcome = Outcome::kBounced;
  } else {
    return false;
  }
  return true;
}

// "5.7.1" of a reply, or "550" where the server gave no enhanced code.
bool IsStatus(std::string_view text) {
  return !text.empty() && IsDigit(text[0]) && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace

bool IsHarakaHeader(std::string_view line) {
  const char separator = SeparatorOf(line);
  if (separator == '\0' || separator == ' ') return false;
  bool first = false, second = false;
  std::string_view field;
  while (ConsumeField(&line, separator, &field)) {
    first = first || field == kFirst;
    second = second || field == kSecond;
  }
  return first && second;
}

HarakaRecord ParseHarakaRecord(std::string_view header, std::string_view line, CivilStampParser* stamp,
                               TextArena* arena, DeliveryEvent* event) {
  const char separator = SeparatorOf(header);
  Fields fields;
  std::string_view name, value;
  while (ConsumeField(&header, separator, &name) && ConsumeField(&line, separator, &value)) {
    SetField(name, value, &fields);
  }
  if (!OutcomeOfType(fields.type, &event->outcome) || fields.recipient.empty())
    return HarakaRecord::kBadRecord;
  size_t length = 0;
  if (!stamp->Parse(fields.time, &event->time_s, &length)) return HarakaRecord::kBadStamp;
  event->recipient = fields.recipient;
  event->recipient_domain = AddressDomain(fields.recipient);
  event->source_ip = fields.source_ip;
  event->relay_ip = fields.destination_ip;
  event->customer = fields.vmta;
  event->queue_id = fields.job;
  if (IsStatus(fields.status)) event->dsn = fields.status;
  event->reply = fields.message;
  // A deferral's message lacks the codes.
  if (!StartsWithReplyCode(fields.message) && !event->dsn.empty()) {
    event->reply = arena->Join(event->dsn, fields.message.empty() ? "" : " ", fields.message);
  }
  event->origin =
      event->outcome == Outcome::kDelivered || StartsWithReplyCode(event->reply) || !event->dsn.empty()
          ? Origin::kRemote
          : Origin::kLocal;
  return HarakaRecord::kEvent;
}

}  // namespace bouncewatch

#include "classifier/decode/powermta_record.h"

#include <algorithm>

#include "classifier/decode/postfix_body.h"
#include "classifier/decode/scan.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

constexpr std::string_view kColumnNames[] = {
    "type",        "timeLogged",       "orig", "rcpt",  "dsnStatus", "dsnDiag", "dsnMta", "bounceCat",
    "dlvSourceIp", "dlvDestinationIp", "vmta", "queue",
};
static_assert(std::size(kColumnNames) == PowerMtaColumns::kColumnCount);

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
const CsvField kNoField;

std::string_view TextOf(const CsvField& field, TextArena* arena) {
  if (field.is_plain || field.text.empty()) return field.text;
  std::string* const block = arena->Reserve(field.text.size());
  const size_t at = block->size();
  AppendPlainText(field.text, block);
  return std::string_view(*block).substr(at);
}

bool StatusIsExpiry(std::string_view status) {
  return status.size() >= 5 && status.substr(1, 4) == ".4.7" && (status.size() == 5 || !IsDigit(status[5]));
}

// "smtp;550 5.1.1 ..." is what a server said; anything else is PowerMTA's own, and an empty one leaves only
// the status with its explanation, "5.1.2 (bad destination system address)".
void SetReply(std::string_view diagnosis, std::string_view status, DeliveryEvent* event) {
  constexpr std::string_view kSmtp = "smtp;";
  event->origin = Origin::kLocal;
  event->reply = diagnosis.empty() ? status : diagnosis;
  if (diagnosis.size() < kSmtp.size() || !EqualsIgnoreCase(diagnosis.substr(0, kSmtp.size()), kSmtp)) return;
  event->origin = Origin::kRemote;
  event->reply = TrimBlanks(diagnosis.substr(kSmtp.size()));
}

// "host (192.0.2.1)"
void SetRelay(std::string_view mta, std::string_view destination_ip, DeliveryEvent* event) {
  event->relay_ip = destination_ip;
  const size_t blank = FindByte(mta, ' ');
  event->relay_host = mta.substr(0, std::min(blank, mta.size()));
  if (!destination_ip.empty() || blank == std::string_view::npos || !mta.ends_with(')')) return;
  const size_t open = FindByte(mta, '(');
  if (open != std::string_view::npos) event->relay_ip = mta.substr(open + 1, mta.size() - open - 2);
}

bool SetOutcome(std::string_view type, std::string_view category, DeliveryEvent* event) {
  if (type == "d") {
    event->outcome = Outcome::kDelivered;
  } else if (type == "t" || type == "tq") {
    event->outcome = Outcome::kDeferred;
  } else if (type == "b") {
    const bool local_expiry = event->origin == Origin::kLocal && StatusIsExpiry(event->dsn);
    event->outcome = category == "message-expired" || local_expiry ? Outcome::kExpired : Outcome::kBounced;
  } else {
    return false;
  }
  return true;
}

PowerMtaResult ResultOfOtherType(std::string_view type) {
  if (type == "rb" || type == "rs" || type == "f") return PowerMtaResult::kOutOfBand;
  if (type == "r" || type == "p") return PowerMtaResult::kNothing;
  return PowerMtaResult::kUnknownType;
}

}  // namespace

bool PowerMtaColumns::IsHeader(const CsvRecord& record) {
  std::string_view first = record.fields[0].text;
  if (first.starts_with(kByteOrderMark)) first.remove_prefix(kByteOrderMark.size());
  if (first != "type") return false;
  const size_t size = std::min(record.size, CsvRecord::kMaxFields);
  return std::any_of(record.fields.begin(), record.fields.begin() + static_cast<ptrdiff_t>(size),
                     [](const CsvField& field) { return field.text == "timeLogged"; });
}

bool PowerMtaColumns::Read(const CsvRecord& header) {
  size_ = 0;
  if (header.size > CsvRecord::kMaxFields) return false;
  places_.fill(-1);
  places_[kType] = 0;
  for (size_t i = 1; i < header.size; ++i) {
    const auto* name = std::find(std::begin(kColumnNames), std::end(kColumnNames), header.fields[i].text);
    if (name == std::end(kColumnNames)) continue;
    int16_t& place = places_[static_cast<size_t>(name - std::begin(kColumnNames))];
    if (place < 0) place = static_cast<int16_t>(i);
  }
  size_ = header.size;
  return true;
}

const CsvField& PowerMtaColumns::Of(const CsvRecord& record, Column column) const {
  const int16_t place = places_[column];
  return place < 0 ? kNoField : record.fields[static_cast<size_t>(place)];
}

PowerMtaResult ReadPowerMtaRecord(const PowerMtaColumns& columns, const CsvRecord& record,
                                  LogTimeParser* time, TextArena* arena, DeliveryEvent* event) {
  using Columns = PowerMtaColumns;
  const auto text = [&](Columns::Column column) { return TextOf(columns.Of(record, column), arena); };
  *event = DeliveryEvent{};
  const std::string_view type = record.fields[0].text, status = text(Columns::kDsnStatus);
  event->dsn = status.substr(0, std::min(FindByte(status, ' '), status.size()));
  SetReply(text(Columns::kDsnDiag), status, event);
  if (!SetOutcome(type, columns.Of(record, Columns::kBounceCat).text, event)) return ResultOfOtherType(type);
  if (!time->Parse(columns.Of(record, Columns::kTimeLogged).text, &event->time_s)) {
    return PowerMtaResult::kBadTime;
  }
  // "example.org/vmta1"
  const std::string_view queue = text(Columns::kQueue);
  const size_t slash = FindLastByte(queue, '/');
  const bool has_slash = slash != std::string_view::npos;
  event->recipient = StripAngles(text(Columns::kRcpt));
  event->recipient_domain = AddressDomain(event->recipient);
  if (event->recipient.empty() && type == "tq" && has_slash) event->recipient_domain = queue.substr(0, slash);
  if (event->recipient_domain.empty()) return PowerMtaResult::kBadRecipient;
  if (columns.Has(Columns::kOrig) && type != "tq") {
    event->sender_domain = SenderDomain(StripAngles(text(Columns::kOrig)));
  }
  SetRelay(text(Columns::kDsnMta), text(Columns::kDestinationIp), event);
  event->customer = text(Columns::kVmta);
  if (event->customer.empty() && has_slash) event->customer = queue.substr(slash + 1);
  // Without a connection there is no address: the virtual MTA, which stands for one, is said instead.
  event->source_ip = text(Columns::kSourceIp);
  if (event->source_ip.empty()) event->source_ip = event->customer;
  return PowerMtaResult::kEvent;
}

}  // namespace bouncewatch

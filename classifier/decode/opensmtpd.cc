#include "classifier/decode/opensmtpd.h"

#include "classifier/decode/line_decoder.h"
#include "classifier/decode/log_line.h"
#include "classifier/decode/postfix_body.h"
#include "classifier/decode/read_text.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

constexpr size_t npos = std::string_view::npos;
constexpr size_t kQueueSlots = 4;  // nothing is joined

// Position behind the quoted local part that begins `text` with "<\""; 1 when it does not, or does not end.
size_t EndOfQuoted(std::string_view text) {
  if (!text.starts_with("<\"")) return 1;
  size_t i = 2;
  while (i < text.size() && text[i] != '"') i += text[i] == '\\' ? 2 : 1;
  return i < text.size() ? i + 1 : 1;
}

// Takes the value at the front: <addr>, "quoted" or a word; and what separates it from the next.
std::string_view ConsumeValue(std::string_view* text) {
  const char first = text->empty() ? ' ' : text->front();
  // The end is the mark with a separator behind it: a local part may hold anything.
  const std::string_view close = first == '<' ? ">" : first == '"' ? "\"" : "";
  size_t end = close.empty() ? text->find_first_of(" ,") : text->find(close, EndOfQuoted(*text));
  while (!close.empty() && end != npos && end + 1 < text->size() && (*text)[end + 1] != ' ' &&
         (*text)[end + 1] != ',') {
    end = text->find(close, end + 1);
  }
  const size_t start = close.empty() ? 0 : 1;
  const std::string_view value = text->substr(start, end == npos ? npos : end - start);
  text->remove_prefix(end == npos ? text->size() : end + start);
  while (!text->empty() && (text->front() == ' ' || text->front() == ',')) text->remove_prefix(1);
  return value;
}

struct Fields {
  std::string_view evpid, from, to, source, relay, result, stat;
  bool has_to = false;
};

// "key=value key=value ..." or with ", " between them; stat= is the last and holds anything.
void ReadFields(std::string_view text, Fields* fields) {
  while (!text.empty()) {
    if (ConsumePrefix(&text, "stat=")) {
      if (ConsumePrefix(&text, "\"") && text.ends_with('"')) text.remove_suffix(1);
      fields->stat = text;
      return;
    }
    const size_t equals = text.find('=');
    if (equals == npos) return;
    const std::string_view key = text.substr(0, equals);
    text.remove_prefix(equals + 1);
    const std::string_view value = ConsumeValue(&text);
    if (key == "evpid") fields->evpid = value;
    if (key == "from") fields->from = value;
    if (key == "source") fields->source = value;
    if (key == "relay") fields->relay = value;
    if (key == "result") fields->result = value;
    if (key == "to") {
      fields->to = value;
      fields->has_to = true;
    }
  }
}

bool OutcomeOfResult(std::string_view result, Outcome* outcome) {
  if (result == "Ok") {
    *outcome = Outcome::kDelivered;
  } else if (result == "TempFail") {
    *outcome = Outcome::kDeferred;
  } else if (result == "PermFail" || result == "Loop") {
    *outcome = Outcome::kBounced;
  } else {
    return false;
  }
  return true;
}

// The lines of a reply are logged with nothing between them, only the first with its code: "550-5.7.26 no
// sender.5.7.26 Gmail requires". Puts them apart as every other MTA does: "550-5.7.26 no sender. 550 5.7.26
// Gmail requires".
std::string_view PartLines(std::string_view stat, TextArena* arena) {
  if (stat.size() < 5 || stat[3] != '-') return stat;
  const std::string_view enhanced = stat.substr(4, stat.find(' ') - 4);
  if (enhanced.size() < 5 || enhanced.find_first_not_of("0123456789.") != npos) return stat;
  std::string* out = arena->Reserve(stat.size() * 2);
  const size_t start = out->size();
  size_t copied = 0;
  for (size_t at = stat.find(enhanced, 5); at != npos; at = stat.find(enhanced, at + enhanced.size())) {
    const char before = stat[at - 1],
               behind = at + enhanced.size() < stat.size() ? stat[at + enhanced.size()] : ' ';
    const bool number = IsDigit(before) || (before == '.' && IsDigit(stat[at - 2]));
    if (number || behind != ' ') continue;
    out->append(stat.substr(copied, at - copied)).append(before == ' ' ? "" : " ").append(stat.substr(0, 3));
    out->push_back(' ');
    copied = at;
  }
  out->append(stat.substr(copied));
  return std::string_view(*out).substr(start);
}

// "192.0.2.9 (mx.a.test)", "[192.0.2.9] (...)"; a domain when no host was reached.
void SetRelay(std::string_view relay, DeliveryEvent* event) {
  const size_t open = relay.find(" (");
  if (open == npos) return;
  std::string_view ip = relay.substr(0, open), name = relay.substr(open + 2);
  if (ip.starts_with('[') && ip.ends_with(']')) ip = ip.substr(1, ip.size() - 2);
  if (name.ends_with(')')) name.remove_suffix(1);
  ConsumePrefix(&ip, "IPv6:");
  event->relay_ip = ip;
  event->relay_host = name;
}

class OpenSmtpdDecoder final : public LineDecoder {
 public:
  explicit OpenSmtpdDecoder(const DecoderOptions& options)
      : LineDecoder(kQueueSlots, options.hash_seed), log_line_(options.timezone) {}

 private:
  LineResult DecodeLine(std::string_view line, FileState* file, EventBatch* batch) override;

  LogLineParser log_line_;
};

enum class Kind : uint8_t { kOther, kRemote, kLocal, kExpired };

// Tells a line of interest, and takes what stands before its fields off the front.
Kind ConsumeKind(std::string_view* text, std::string_view* evpid) {
  if (ConsumePrefix(text, "relay: Expire for ") || ConsumePrefix(text, "mda: Expire for ")) {
    const size_t colon = text->find(": ");
    if (colon == npos) return Kind::kOther;
    *evpid = text->substr(0, colon);
    text->remove_prefix(colon + 2);
    return Kind::kExpired;
  }
  const size_t blank = text->find(' ');
  if (blank == npos || blank > 16) return Kind::kOther;
  text->remove_prefix(blank + 1);
  const bool remote = text->starts_with("mta ");
  if (!remote && !text->starts_with("mda ")) return Kind::kOther;
  text->remove_prefix(4);
  ConsumePrefix(text, "event=");
  if (!ConsumePrefix(text, "delivery ")) return Kind::kOther;
  return remote ? Kind::kRemote : Kind::kLocal;
}

LineDecoder::LineResult OpenSmtpdDecoder::DecodeLine(std::string_view line, FileState* file,
                                                     EventBatch* batch) {
  LogLine head;
  LineShape shape;
  if (!log_line_.Parse(line, &file->anchor, &arena_, &head, &shape)) {
    if (shape != LineShape::kBadHeader || ScoreOpenSmtpdLine(line) == kCertain) Skip(shape);
    return LineResult::kTaken;
  }
  Fields fields;
  std::string_view text = head.body;
  const Kind kind = ConsumeKind(&text, &fields.evpid);
  if (kind == Kind::kOther) return LineResult::kTaken;
  ReadFields(text, &fields);
  DeliveryEvent event;
  event.outcome = Outcome::kExpired;
  if (kind != Kind::kExpired && !OutcomeOfResult(fields.result, &event.outcome)) {
    Skip(LineShape::kBadStatus);
    return LineResult::kTaken;
  }
  if (!fields.has_to) {
    Skip(LineShape::kBadRecipient);
    return LineResult::kTaken;
  }
  event.time_s = head.time_s;
  event.repeat = head.repeat;
  event.host = head.host;
  event.tag = head.tag;
  event.queue_id = fields.evpid;
  event.recipient = fields.to;
  event.recipient_domain = AddressDomain(fields.to);
  event.sender_domain = SenderDomain(fields.from);
  if (fields.source != "-") event.source_ip = fields.source;
  SetRelay(fields.relay, &event);
  if (kind == Kind::kRemote && StartsWithReplyCode(fields.stat)) event.origin = Origin::kRemote;
  event.reply = event.origin == Origin::kRemote ? PartLines(fields.stat, &arena_) : fields.stat;
  *Add(batch) = event;
  return LineResult::kTaken;
}

}  // namespace

LineScore ScoreOpenSmtpdLine(std::string_view line) {
  const auto has = [line](std::string_view text) { return line.find(text) != npos; };
  if (has(" delivery evpid=") && has(" result=")) return kCertain;
  if (has(" smtp envelope evpid=") || has("event=delivery evpid=")) return kCertain;
  return has(" smtpd[") ? kHint : kNotTold;
}

std::unique_ptr<Decoder> NewOpenSmtpdDecoder(const DecoderOptions& options) {
  return std::make_unique<OpenSmtpdDecoder>(options);
}

}  // namespace bouncewatch

#include "classifier/decode/sendmail_body.h"

#include <algorithm>

#include "classifier/decode/escapes.h"
#include "classifier/decode/read_text.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

constexpr size_t npos = std::string_view::npos;

// Length of the address at the front of `text`: up to a ',' or the end, outside of quotes.
size_t AddressLength(std::string_view text) {
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') {
      quoted = !quoted;
    } else if (text[i] == '\\') {
      ++i;
    } else if (text[i] == ',' && !quoted) {
      return i;
    }
  }
  return text.size();
}

// Takes the recipients and ", " off the front of *text. False: no end of them.
bool ConsumeRecipients(std::string_view* text, std::string_view* recipients) {
  size_t end = 0;
  while (true) {
    end += AddressLength(text->substr(end));
    if (end + 1 >= text->size()) return false;
    if ((*text)[end + 1] == ' ') break;
    ++end;
  }
  *recipients = text->substr(0, end);
  text->remove_prefix(end + 2);
  return !recipients->empty();
}

// "mx.a.test. [192.0.2.9]", "[192.0.2.9] [192.0.2.9]", "mx.a.test. [IPv6:2001:db8::9] (may be forged)",
// "a.test."
void SetRelay(std::string_view relay, DeliveryEvent* event) {
  const size_t open = relay.find(" [");
  if (open == npos) return;
  event->relay_host = relay.substr(0, open);
  if (event->relay_host.ends_with('.')) event->relay_host.remove_suffix(1);
  std::string_view ip = relay.substr(open + 2);
  ip = ip.substr(0, ip.find(']'));
  ConsumePrefix(&ip, "IPv6:");
  event->relay_ip = ip;
}

bool IsLoopback(std::string_view ip) {
  return ip.starts_with("127.") || ip == "::1" || ip == "0:0:0:0:0:0:0:1";
}

constexpr std::string_view kSent = "Sent", kDeferred = "Deferred", kQueued = "queued";

// Which of the ", stat=" is Sendmail's own: a reply may hold the same words. The first that agrees with dsn=
// in whether the message was sent; else the last. Returns npos when there is none.
size_t FindStat(std::string_view text, std::string_view dsn) {
  constexpr std::string_view kMark = ", stat=";
  constexpr int kMaxTries = 8;
  size_t at = text.find(kMark);
  for (int tries = 0; at != npos && tries < kMaxTries; ++tries, at = text.find(kMark, at + 1)) {
    if (text.substr(at + kMark.size()).starts_with(kSent) == dsn.starts_with('2')) return at;
  }
  return text.rfind(kMark);
}

struct Fields {
  std::string_view mailer, dsn, reply, stat;
};

bool ReadFields(std::string_view text, DeliveryEvent* event, Fields* fields) {
  while (!text.empty()) {
    if (ConsumePrefix(&text, "stat=")) {
      fields->stat = text;
      return true;
    }
    if (ConsumePrefix(&text, "reply=")) {
      const size_t stat = FindStat(text, fields->dsn);
      if (stat == npos) return false;
      fields->reply = text.substr(0, stat);
      fields->stat = text.substr(stat + 7);
      return true;
    }
    const std::string_view field = text.substr(0, text.find(", "));
    text.remove_prefix(std::min(field.size() + 2, text.size()));
    if (field.starts_with("relay=")) {
      SetRelay(field.substr(6), event);
    } else if (field.starts_with("dsn=")) {
      fields->dsn = field.substr(4);
    } else if (field.starts_with("mailer=")) {
      fields->mailer = field.substr(7);
    }
  }
  return false;
}

// Replies that Sendmail makes up itself when the connection breaks (usersmtp.c, reply()) or TLS fails.
bool IsMadeUp(std::string_view reply) {
  return reply.starts_with("421 4.4.1 Connection reset by ") || reply.starts_with("421 4.4.2 Connection ") ||
         reply.find("TLS handshake failed") != npos;
}

// What was said, and by whom. `stat` alone is a reading of the code; it stands for a reply only where
// Sendmail itself is the speaker, or in releases before 8.14, which put the reply there.
void SetReply(const Fields& fields, TextArena* arena, DeliveryEvent* event) {
  std::string_view stat = fields.stat;
  if (event->outcome == Outcome::kDelivered) {
    event->origin = event->relay_host.empty() ? Origin::kLocal : Origin::kRemote;
    if (ConsumePrefix(&stat, "Sent (") && stat.ends_with(')')) stat.remove_suffix(1);
    event->reply = Unescape(stat, arena);
    return;
  }
  ConsumePrefix(&stat, "Deferred: ");
  const std::string_view said = fields.reply.empty() ? stat : fields.reply;
  if (StartsWithReplyCode(said) && !IsMadeUp(said)) {
    event->origin = Origin::kRemote;
    event->reply = Unescape(said, arena);
    return;
  }
  event->origin = Origin::kLocal;
  if (said.find("TLS handshake") != npos) event->phase = Phase::kStartTls;
  // A bare "Deferred" or "Service unavailable" says less than the code beside it. When the connection breaks
  // behind the message there is the code alone: the word would stand for a temporary trouble of the receiver.
  const bool bare = fields.reply.empty() && stat.size() == fields.stat.size() && stat.find('(') == npos;
  if (bare && stat == kDeferred && fields.dsn.starts_with("4.4.")) {
    event->reply = fields.dsn;
  } else {
    event->reply = Unescape(bare && !fields.dsn.empty() ? arena->Join(fields.dsn, " ", stat) : said, arena);
  }
}

}  // namespace

std::string_view ConsumeSendmailAddress(std::string_view* list) {
  const size_t length = AddressLength(*list);
  const std::string_view address = list->substr(0, length);
  list->remove_prefix(std::min(length + 1, list->size()));
  return StripAngles(address);
}

SendmailResult ParseSendmailBody(std::string_view text, TextArena* arena, DeliveryEvent* event,
                                 std::string_view* recipients) {
  if (!ConsumeRecipients(&text, recipients)) return SendmailResult::kBadRecipient;
  Fields fields;
  if (!ReadFields(text, event, &fields)) return SendmailResult::kBadStatus;
  event->dsn = fields.dsn;
  if (fields.stat.starts_with(kSent)) {
    event->outcome = Outcome::kDelivered;
    if (fields.mailer == "relay" && IsLoopback(event->relay_ip)) return SendmailResult::kNoAttempt;
  } else if (fields.stat.starts_with(kDeferred)) {
    // With the host's failure of the same queue run: no connection, no word.
    const bool echo = fields.stat == kDeferred && fields.reply.empty() && event->relay_ip.empty();
    event->outcome = echo ? Outcome::kEcho : Outcome::kDeferred;
  } else if (fields.stat.starts_with(kQueued)) {
    if (!fields.dsn.starts_with('4')) return SendmailResult::kNoAttempt;
    event->outcome = Outcome::kDeferred;  // its domain could not be looked up
  } else if (fields.dsn.starts_with('5')) {
    event->outcome = Outcome::kBounced;
  } else if (fields.dsn.starts_with('4')) {
    event->outcome = Outcome::kDeferred;
  } else if (fields.dsn.starts_with('2')) {
    event->outcome = Outcome::kDelivered;
  } else {
    return SendmailResult::kBadStatus;
  }
  SetReply(fields, arena, event);
  return SendmailResult::kAttempt;
}

}  // namespace bouncewatch

#include "mail_flow.h"

#include <algorithm>

namespace bouncewatch::bench {
namespace {

constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kRetryFirst = 300 * kSecond;
constexpr int64_t kRetryLongest = 4000 * kSecond;
constexpr int64_t kSuspension = 1500 * kSecond;
constexpr uint32_t kPid = 1200;  // processes have pids from here on

// The enhanced code after the basic code at the front of a reply; "4.0.0" or the like where it has none.
std::string DsnOf(const ReplyTemplate& reply) {
  const std::string_view text = reply.text;
  const bool has_code = text.size() > 6 && text[5] == '.' && text[4] == text[0];
  if (reply.stage == Stage::kBanner && text[0] == '5') return "4.0.0";
  if (!has_code) return std::string(1, text[0]) + ".0.0";
  return std::string(text.substr(4, text.find_first_of(" <", 4) - 4));
}

std::string_view StageName(Stage stage) {
  switch (stage) {
    case Stage::kMail:
      return "MAIL FROM";
    case Stage::kRcpt:
      return "RCPT TO";
    case Stage::kData:
      return "DATA";
    default:
      return "end of DATA";
  }
}

}  // namespace

MailFlow::MailFlow(const MailWorld* world, uint64_t seed, LogWriter* log, Truth* truth)
    : world_(world), random_(seed), log_(log), truth_(truth) {
  for (const Transport& transport : world->transports) {
    tags_.push_back({transport.syslog_name + "/smtp", transport.syslog_name + "/error"});
  }
}

void MailFlow::Arrive(int64_t time_us) {
  while (!due_.empty() && due_.top().time_us <= time_us) {
    const Due due = due_.top();
    due_.pop();
    Try(due);
  }
  LogNoise(time_us);
  const uint32_t index = NewMessage(time_us);
  Message& message = messages_[index];
  message.sender = &world_->senders[random_.Below(static_cast<uint32_t>(world_->senders.size()))];
  message.from = "b+" + RandomId(6) + "@" + message.sender->name;
  const uint32_t recipients = random_.Chance(0.04) ? 2 + random_.Below(7) : 1;
  while (message.recipients.size() < recipients) AddRecipient(&message, &world_->PickDomain(&random_));
  LogArrival(message, time_us);
  Queued(message, time_us);
  due_.push({time_us + 20'000 + random_.Below(800'000), index});
}

uint32_t MailFlow::NewMessage(int64_t time_us) {
  if (free_messages_.empty()) {
    free_messages_.push_back(static_cast<uint32_t>(messages_.size()));
    messages_.emplace_back();
  }
  const uint32_t index = free_messages_.back();
  free_messages_.pop_back();
  Message& message = messages_[index];
  message = Message();
  NewQueueId(&message, time_us);
  message.transport = static_cast<uint16_t>(random_.Below(static_cast<uint32_t>(world_->transports.size())));
  message.size = 1500 + random_.Below(60'000);
  return index;
}

// A short id is microseconds and inode: it comes back once the message is gone. A long id has the time in it
// and does not. Real installations use one form; a log of several instances shows both.
void MailFlow::NewQueueId(Message* message, int64_t time_us) {
  message->short_id = random_.Chance(0.7);
  std::string& id = message->queue_id;
  if (!message->short_id) {
    constexpr std::string_view kDigits = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxy";
    const auto append = [&](uint64_t value, int digits) {
      for (; digits > 0; --digits, value /= kDigits.size())
        id.insert(id.begin(), kDigits[value % kDigits.size()]);
    };
    append(static_cast<uint64_t>(time_us % kSecond), 4);
    append(static_cast<uint64_t>(time_us / kSecond), 6);
    std::string inode;
    std::swap(id, inode);
    append(next_id_++, 4);
    id = inode + "z" + id;
  } else if (free_ids_.size() > 64 && random_.Chance(0.6)) {
    std::swap(free_ids_[random_.Below(static_cast<uint32_t>(free_ids_.size()))], free_ids_.back());
    id = std::move(free_ids_.back());
    free_ids_.pop_back();
  } else {
    AppendHex(random_.Below(1'000'000), 5, &id);
    AppendHex(next_id_++, 5, &id);
  }
}

void MailFlow::AddRecipient(Message* message, const RecipientDomain* domain) {
  using Recipient = Message::Recipient;
  Recipient recipient;
  recipient.domain = domain;
  recipient.upper_case = random_.Chance(0.004);
  const uint32_t odd = random_.Below(1000);
  recipient.local_part = odd < 4   ? "\"x" + RandomId(3) + "> status=sent\""
                         : odd < 8 ? "\"first last " + RandomId(2) + "\""
                                   : RandomId(4) + (odd < 30 ? "+list." : ".") + RandomId(3);
  const Provider& provider = world_->providers[domain->provider];
  const auto pick = [&](const std::vector<uint32_t>& list) {
    return list[random_.Below(static_cast<uint32_t>(list.size()))];
  };
  const double plan = random_.Fraction();
  if (plan < 0.065) {
    recipient.end = Recipient::End::kBounced;
    recipient.reply = pick(provider.bounces);
  } else if (plan < 0.155) {
    recipient.deferrals = 1;
    while (recipient.deferrals < 7 && random_.Chance(0.45)) ++recipient.deferrals;
    recipient.reply = pick(provider.deferrals);
    const uint32_t end = random_.Below(100);
    if (end < 8) {
      recipient.end = Recipient::End::kBounced;
    } else if (end < 20 && message->recipients.empty()) {
      recipient.end = Recipient::End::kExpired;
    }
  }
  // An expiry line names no recipient: only a message with one recipient has a known domain to count it for.
  if (!message->recipients.empty() && message->recipients[0].end == Recipient::End::kExpired) {
    message->recipients[0].end = Recipient::End::kDelivered;
  }
  message->recipients.push_back(std::move(recipient));
}

void MailFlow::Try(Due due) {
  Message* message = &messages_[due.message];
  if (message->tries++ > 0) Queued(*message, due.time_us);
  bool left = false;
  for (Message::Recipient& recipient : message->recipients) {
    if (recipient.done) continue;
    TryRecipient(message, &recipient, due.time_us);
    left = left || !recipient.done;
  }
  const Message::Recipient& first = message->recipients[0];
  if (left && first.end == Message::Recipient::End::kExpired && first.deferrals == 0) {
    Expire(*message, due.time_us);
    left = false;
  }
  if (!left) {
    Finish(due.message, due.time_us);
    return;
  }
  const int64_t backoff = std::min(kRetryLongest, kRetryFirst << std::min<int>(message->tries - 1, 8));
  due_.push({due.time_us + backoff + random_.Below(60'000'000), due.message});
}

void MailFlow::TryRecipient(Message* message, Message::Recipient* recipient, int64_t time_us) {
  if (!suspended_.empty()) {
    const auto found = suspended_.find(recipient->domain);
    if (found != suspended_.end() && found->second.until_us > time_us) {
      Echo(*message, *recipient, time_us);
      return;
    }
    if (found != suspended_.end()) suspended_.erase(found);
  }
  if (recipient->deferrals > 0) {
    --recipient->deferrals;
    Fail(*message, recipient, Fate::kDeferred, time_us);
  } else if (recipient->end == Message::Recipient::End::kBounced) {
    const Provider& provider = world_->providers[recipient->domain->provider];
    if (!world_->replies[recipient->reply].permanent) {
      recipient->reply = provider.bounces[random_.Below(static_cast<uint32_t>(provider.bounces.size()))];
    }
    recipient->done = recipient->failed = true;
    Fail(*message, recipient, Fate::kBounced, time_us);
  } else {
    recipient->done = true;
    Deliver(*message, *recipient, time_us);
  }
}

std::string& MailFlow::BeginDelivery(const Message& message, const Message::Recipient& recipient,
                                     std::string_view tag, std::string_view relay, std::string_view dsn,
                                     int64_t time_us) {
  std::string& line = log_->Begin(time_us, tag, kPid + random_.Below(3000));
  line += message.queue_id;
  line += ": to=<";
  line += recipient.local_part;
  line += '@';
  for (char c : recipient.domain->name) {
    line += recipient.upper_case && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  line += ">, ";
  if (random_.Chance(0.02)) line += "orig_to=<info@intra.example.com>, ";
  line += "relay=";
  line += relay;
  if (relay != "none") {
    line += '[';
    line += recipient.domain->mx_ip;
    line += "]:25";
    if (random_.Chance(0.1)) line += ", conn_use=" + std::to_string(2 + random_.Below(40));
  }
  const std::string before = std::to_string(random_.Below(30)), setup = std::to_string(random_.Below(90));
  line += ", delay=" + before + "." + setup + ", delays=" + before + "/0.01/0." + setup + "/0, dsn=";
  line += dsn;
  line += ", status=";
  truth_->CountLine();
  return line;
}

void MailFlow::Deliver(const Message& message, const Message::Recipient& recipient, int64_t time_us) {
  const RecipientDomain& domain = *recipient.domain;
  const std::string& tag = tags_[message.transport][0];
  if (random_.Chance(0.3)) {
    Line(time_us, tag,
         "Untrusted TLS connection established to " + domain.mx + "[" + domain.mx_ip +
             "]:25: TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519 "
             "server-signature RSA-PSS (2048 bits) server-digest SHA256");
  }
  if (random_.Chance(0.003)) {  // another host was tried before: no recipient, not counted
    Line(time_us, tag,
         message.queue_id + ": host mx0." + domain.name + "[" + domain.mx_ip +
             "] said: 451 4.7.1 Please try another host (in reply to RCPT TO command)");
  }
  std::string& line = BeginDelivery(message, recipient, tag, domain.mx, "2.0.0", time_us);
  switch (random_.Below(3)) {
    case 0:
      line += "sent (250 2.0.0 Ok: queued as " + RandomId(5) + ")";
      break;
    case 1:
      line += "sent (250 2.0.0 OK  " + RandomId(8) + " - accepted)";
      break;
    default:
      line += "sent (250 2.6.0 <" + RandomId(6) + "@" + domain.mx + "> Queued mail for delivery)";
      break;
  }
  log_->End();
  Count(Fate::kDelivered, {}, message, recipient);
}

void MailFlow::Fail(const Message& message, Message::Recipient* recipient, Fate fate, int64_t time_us) {
  const ReplyTemplate& reply = world_->replies[recipient->reply];
  const RecipientDomain& domain = *recipient->domain;
  const bool no_relay = reply.stage == Stage::kNoRelay, own_words = no_relay || reply.stage == Stage::kRelay;
  const std::string_view text = reply.text;
  std::string reason;
  std::string dsn = own_words ? std::string(text.substr(0, 5)) : DsnOf(reply);
  if (own_words) {
    reason = Fill(text.substr(6), message, *recipient);
  } else {
    reason = "host " + domain.mx + "[" + domain.mx_ip + "] ";
    reason += reply.stage == Stage::kBanner ? "refused to talk to me: " : "said: ";
    reason += Fill(text, message, *recipient);
    if (reply.stage != Stage::kBanner)
      reason += " (in reply to " + std::string(StageName(reply.stage)) + " command)";
  }
  const std::string& tag = tags_[message.transport][0];
  if (no_relay && dsn == "4.4.1") Line(time_us, tag, reason);  // smtp(8) warns before it gives up
  std::string& line =
      BeginDelivery(message, *recipient, tag, no_relay ? "none" : std::string_view(domain.mx), dsn, time_us);
  line += fate == Fate::kDeferred ? "deferred (" : "bounced (";
  line += reason;
  line += ')';
  log_->End();
  Count(fate, reply.cause, message, *recipient);
  if (no_relay && dsn == "4.4.1" && random_.Chance(0.6)) {
    suspended_[recipient->domain] = {time_us + kSuspension, reason};
  }
}

// Postfix repeats an earlier failure for a destination that it holds for dead: nothing was tried, nothing is
// counted.
void MailFlow::Echo(const Message& message, const Message::Recipient& recipient, int64_t time_us) {
  std::string& line =
      BeginDelivery(message, recipient, tags_[message.transport][1], "none", "4.4.1", time_us);
  line += "deferred (delivery temporarily suspended: " + suspended_[recipient.domain].reason + ")";
  log_->End();
}

void MailFlow::Expire(const Message& message, int64_t time_us) {
  Line(time_us, "postfix/qmgr",
       message.queue_id + ": from=<" + message.from + ">, status=expired, returned to sender");
  Count(Fate::kExpired, {}, message, message.recipients[0]);
}

void MailFlow::Finish(uint32_t index, int64_t time_us) {
  bool tell = false;
  for (const Message::Recipient& recipient : messages_[index].recipients)
    tell |= recipient.failed || !recipient.done;
  if (tell && messages_[index].sender != nullptr) NotifySender(index, time_us);
  Message& message = messages_[index];
  Line(time_us, "postfix/qmgr", message.queue_id + ": removed");
  if (message.short_id) free_ids_.push_back(message.queue_id);
  free_messages_.push_back(index);
}

void MailFlow::NotifySender(uint32_t index, int64_t time_us) {
  const uint32_t notice_index = NewMessage(time_us);  // moves messages_
  Message& notice = messages_[notice_index];
  const Message& message = messages_[index];
  AddRecipient(&notice, message.sender);
  Line(time_us, "postfix/cleanup",
       notice.queue_id + ": message-id=<" + RandomId(8) + "@mailout.example.com>");
  Line(time_us, "postfix/bounce",
       message.queue_id + ": sender non-delivery notification: " + notice.queue_id);
  Queued(notice, time_us);
  due_.push({time_us + 10'000 + random_.Below(500'000), notice_index});
}

void MailFlow::Queued(const Message& message, int64_t time_us) {
  std::string& line = log_->Begin(time_us, "postfix/qmgr", kPid);
  line += message.queue_id;
  line += ": from=<";
  line += message.from;
  line += ">, size=" + std::to_string(message.size) + ", nrcpt=" + std::to_string(message.recipients.size());
  line += " (queue active)";
  log_->End();
  truth_->CountLine();
}

void MailFlow::Count(Fate fate, std::string_view cause, const Message& message,
                     const Message::Recipient& recipient) {
  truth_->Add({fate, log_->line_time_s(), recipient.domain->name, world_->transports[message.transport].ip,
               message.sender != nullptr ? std::string_view(message.sender->name) : std::string_view("<>"),
               world_->providers[recipient.domain->provider].name, cause});
}

void MailFlow::Line(int64_t time_us, std::string_view tag, std::string_view message) {
  const bool one_process = tag == "postfix/qmgr";
  log_->Begin(time_us, tag, one_process ? kPid : kPid + 1 + random_.Below(500)) += message;
  log_->End();
  truth_->CountLine();
}

}  // namespace bouncewatch::bench

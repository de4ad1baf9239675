// The lines around the deliveries, and the words in them.
#include "mail_flow.h"

namespace bouncewatch::bench {

void MailFlow::LogArrival(const Message& message, int64_t time_us) {
  if (random_.Chance(0.02)) {
    Line(time_us, "postfix/pickup", message.queue_id + ": uid=33 from=<www-data>");
  } else {
    const std::string app = std::to_string(random_.Below(40));
    Line(time_us, "postfix/smtpd",
         message.queue_id + ": client=app" + app + ".intra.example.com[10.0.3." + app +
             "], sasl_method=PLAIN, sasl_username=app" + app);
  }
  const std::string_view sender = message.sender->name;
  Line(time_us, "postfix/cleanup",
       message.queue_id + ": message-id=<" + RandomId(7) + "@" + std::string(sender) + ">");
}

// What stands between the messages: connections, rejects of incoming mail, warnings, local mail, probes.
void MailFlow::LogNoise(int64_t time_us) {
  const std::string app = std::to_string(random_.Below(40));
  const std::string client = "app" + app + ".intra.example.com[10.0.3." + app + "]";
  Line(time_us, "postfix/smtpd", "connect from " + client);
  Line(time_us, "postfix/smtpd",
       "disconnect from " + client + " ehlo=1 auth=1 mail=1 rcpt=1 data=1 quit=1 commands=6");
  const uint32_t kind = random_.Below(1000);
  if (kind < 12) {
    LogReject(time_us);
  } else if (kind < 20) {
    Line(time_us, "postfix/smtpd",
         "warning: hostname host-" + RandomId(3) + ".example.org does not resolve to address 192.0.2." +
             std::to_string(random_.Below(255)));
  } else if (kind < 26) {
    LogLocalDelivery(time_us);
  } else if (kind < 28) {
    Line(time_us, "postfix/anvil",
         "statistics: max connection rate 3/60s for (smtp:10.0.3." + app + ") at Nov 22");
  } else if (kind < 29) {
    const RecipientDomain& domain = world_->PickDomain(&random_);
    Line(time_us, tags_[0][0],
         RandomId(5) + "9: to=<probe@" + domain.name + ">, relay=" + domain.mx + "[" + domain.mx_ip +
             "]:25, delay=0.2, delays=0/0/0.1/0.1, dsn=2.1.5, status=deliverable (250 2.1.5 Ok)");
  }
}

// Somebody else's mail that we did not take: full of from= and to=, and never an attempt of ours.
void MailFlow::LogReject(int64_t time_us) {
  const std::string ip = "192.0.2." + std::to_string(random_.Below(255));
  const std::string address = RandomId(4) + "@" + world_->senders[0].name;
  Line(time_us, "postfix/smtpd",
       "NOQUEUE: reject: RCPT from unknown[" + ip + "]: 550 5.1.1 <" + address +
           ">: Recipient address rejected: User unknown in relay recipient table; "
           "from=<spam@bulk.example.net> to=<" +
           address + "> proto=ESMTP helo=<" + ip + ">");
}

void MailFlow::LogLocalDelivery(int64_t time_us) {
  Message message;
  NewQueueId(&message, time_us);
  Line(time_us, "postfix/pickup", message.queue_id + ": uid=0 from=<root>");
  Line(time_us, "postfix/cleanup",
       message.queue_id + ": message-id=<" + RandomId(8) + "@mailout.example.com>");
  Line(time_us, "postfix/qmgr",
       message.queue_id + ": from=<root@mailout.example.com>, size=612, nrcpt=1 (queue active)");
  Line(time_us, "postfix/local",
       message.queue_id +
           ": to=<admin@mailout.example.com>, orig_to=<root>, relay=local, delay=0.05, "
           "delays=0.03/0.01/0/0.01, dsn=2.0.0, status=sent (delivered to mailbox)");
  truth_->Add({Fate::kDelivered,
               log_->line_time_s(),
               "mailout.example.com",
               "host:" + world_->host,
               "mailout.example.com",
               {},
               {}});
  Line(time_us, "postfix/qmgr", message.queue_id + ": removed");
  if (message.short_id) free_ids_.push_back(message.queue_id);
}

std::string MailFlow::Fill(std::string_view pattern, const Message& message,
                           const Message::Recipient& recipient) {
  std::string out;
  while (true) {
    const size_t open = pattern.find('{');
    out += pattern.substr(0, open);
    if (open == std::string_view::npos) return out;
    const size_t close = pattern.find('}', open);
    const std::string_view field = pattern.substr(open + 1, close - open - 1);
    const RecipientDomain& domain = *recipient.domain;
    if (field == "addr") {
      out += recipient.local_part + "@" + domain.name;
    } else if (field == "domain") {
      out += domain.name;
    } else if (field == "host") {
      out += domain.mx;
    } else if (field == "mxip") {
      out += domain.mx_ip;
    } else if (field == "ip") {
      out += world_->transports[message.transport].ip;
    } else if (field == "sdom") {
      out += message.sender != nullptr ? message.sender->name : "mailout.example.com";
    } else if (field == "saddr") {
      out += message.from;
    } else if (field == "helo") {
      out += "out" + std::to_string(message.transport + 1) + ".example.com";
    } else if (field == "qid") {
      out += "4F";
      AppendHex(random_.Next(), 8, &out);
    } else if (field == "id") {
      out += RandomId(8) + "-" + RandomId(4) + ".1";
    } else {
      out += std::to_string(random_.Below(9000) + 1000)  // never the shape of a reply code
          ;
    }
    pattern.remove_prefix(close + 1);
  }
}

void MailFlow::AppendHex(uint64_t value, int digits, std::string* out) const {
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4)
    *out += "0123456789ABCDEF"[(value >> shift) & 15];
}

// Letters and digits mixed, as in the ids that receivers print: `length` pairs.
std::string MailFlow::RandomId(int length) {
  std::string id;
  uint64_t bits = random_.Next();
  for (; length > 0; --length, bits >>= 7) {
    id += static_cast<char>('a' + bits % 26);
    id += static_cast<char>('0' + (bits >> 3) % 10);
  }
  return id;
}

}  // namespace bouncewatch::bench

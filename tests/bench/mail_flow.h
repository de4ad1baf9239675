// MailFlow: lets messages arrive, be tried, deferred, tried again and ended, in time order, and writes what
// Postfix would log about it, counting the truth as it goes.
#pragma once

#include <array>
#include <cstdint>
#include <queue>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "log_writer.h"
#include "mail_world.h"
#include "truth.h"

namespace bouncewatch::bench {

struct Message {
  struct Recipient {
    const RecipientDomain* domain = nullptr;
    std::string local_part;  // as it is logged, quotes included
    uint32_t reply = 0;      // index into MailWorld::replies, of its failures
    uint8_t deferrals = 0;   // left before the last attempt
    enum class End : uint8_t { kDelivered, kBounced, kExpired } end = End::kDelivered;
    bool upper_case = false;  // the domain was typed so
    bool done = false;
    bool failed = false;  // bounced, so that the sender is told
  };
  std::string queue_id;
  std::string from;                         // address; "" for the null sender
  const RecipientDomain* sender = nullptr;  // null for the null sender
  uint16_t transport = 0;
  uint8_t tries = 0;
  bool short_id = false;
  uint32_t size = 0;
  std::vector<Recipient> recipients;
};

class MailFlow {
 public:
  MailFlow(const MailWorld* world, uint64_t seed, LogWriter* log, Truth* truth);

  // Handles everything up to `time_us`, then lets one message arrive.
  void Arrive(int64_t time_us);

 private:
  struct Due {
    int64_t time_us;
    uint32_t message;
    bool operator>(const Due& other) const {
      return time_us != other.time_us ? time_us > other.time_us : message > other.message;
    }
  };

  uint32_t NewMessage(int64_t time_us);
  void AddRecipient(Message* message, const RecipientDomain* domain);
  void NewQueueId(Message* message, int64_t time_us);
  void Queued(const Message& message, int64_t time_us);  // qmgr's "from=" line

  void LogArrival(const Message& message, int64_t time_us);
  void LogNoise(int64_t time_us);
  void LogReject(int64_t time_us);
  void LogLocalDelivery(int64_t time_us);

  void Try(Due due);
  void TryRecipient(Message* message, Message::Recipient* recipient, int64_t time_us);
  void Deliver(const Message& message, const Message::Recipient& recipient, int64_t time_us);
  void Fail(const Message& message, Message::Recipient* recipient, Fate fate, int64_t time_us);
  void Echo(const Message& message, const Message::Recipient& recipient, int64_t time_us);
  void Finish(uint32_t index, int64_t time_us);
  void Expire(const Message& message, int64_t time_us);
  void NotifySender(uint32_t index, int64_t time_us);

  // Begins a delivery line, up to and with "status=".
  std::string& BeginDelivery(const Message& message, const Message::Recipient& recipient,
                             std::string_view tag, std::string_view relay, std::string_view dsn,
                             int64_t time_us);
  // Fills the fields of a template.
  std::string Fill(std::string_view pattern, const Message& message, const Message::Recipient& recipient);
  void AppendHex(uint64_t value, int digits, std::string* out) const;
  std::string RandomId(int length);
  void Count(Fate fate, std::string_view cause, const Message& message, const Message::Recipient& recipient);
  void Line(int64_t time_us, std::string_view tag, std::string_view message);

  const MailWorld* world_;
  Random random_;
  LogWriter* log_;
  Truth* truth_;
  std::vector<Message> messages_;
  std::vector<uint32_t> free_messages_;
  std::vector<std::string> free_ids_;  // short queue ids whose message is gone
  uint64_t next_id_ = 0x1000;
  std::priority_queue<Due, std::vector<Due>, std::greater<Due>> due_;
  struct Suspension {
    int64_t until_us;
    std::string reason;
  };
  std::unordered_map<const RecipientDomain*, Suspension> suspended_;
  std::vector<std::array<std::string, 2>> tags_;  // by transport: its smtp and its error agent
};

}  // namespace bouncewatch::bench

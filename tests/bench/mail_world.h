// MailWorld: who sends, who receives and through what, in the synthetic log. Made from a seed; immutable
// afterwards.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reply_table.h"

namespace bouncewatch::bench {

// splitmix64: small, fast and the same on every machine, which std:: distributions are not.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t Next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  uint32_t Below(uint32_t n) { return static_cast<uint32_t>(((Next() >> 32) * n) >> 32); }
  bool Chance(double probability) { return Fraction() < probability; }
  double Fraction() { return static_cast<double>(Next() >> 11) * 0x1p-53; }

 private:
  uint64_t state_;
};

struct RecipientDomain {
  std::string name;
  std::string mx;  // host that answers for it
  std::string mx_ip;
  uint16_t provider = 0;  // index into MailWorld::providers
};

struct Provider {
  std::string name;  // "" for a domain with a server of its own
  std::vector<uint32_t>
      deferrals;  // indices into MailWorld::replies: templates this receiver may answer with
  std::vector<uint32_t> bounces;
};

struct Transport {
  std::string syslog_name;  // "postfix-out7"
  std::string ip;
};

struct MailWorld {
  MailWorld(uint64_t seed, uint32_t domain_count, uint32_t transport_count, uint32_t sender_count);

  const RecipientDomain& PickDomain(Random* random) const;

  std::string host = "mailout";  // the machine that logs
  std::vector<ReplyTemplate> replies;
  std::vector<Provider> providers;
  std::vector<RecipientDomain> domains;
  std::vector<Transport> transports;
  std::vector<RecipientDomain> senders;  // they get the bounces of what they sent

 private:
  void MakeProviders();
  void MakeDomains(Random* random, uint32_t count);

  std::vector<double> weights_;  // cumulative, by domain
  std::vector<uint32_t> guide_;  // where to start in weights_, by 1/4096 of the range
};

}  // namespace bouncewatch::bench

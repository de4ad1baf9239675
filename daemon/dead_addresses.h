// DeadAddresses: which recipients of a log may be taken off a list now. Do no harm is the rule: an address is
// dead only when a server bounced it (no deferral, no expiry) for a cause whose fault is the address and
// whose advice is to suppress now (classifier/taxonomy.h), and nothing was delivered to it after that. A
// bounce for the sender's sake, by policy, for content or because of the receiver's trouble names nobody.
//
// Addresses live here and in what is printed, nowhere else. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "classifier/classifier.h"
#include "classifier/event.h"
#include "classifier/text.h"

namespace bouncewatch {

struct DeadAddress {
  std::string address;  // as first logged
  std::string_view cause;
  std::string rule;
  int64_t time_s = 0;  // of the last bounce that says so
};

struct DeadAddressCounters {
  uint64_t bounces = 0;                           // attempts that were bounced
  uint64_t unprintable = 0;                       // dead, but with bytes that no list should hold
  uint64_t revived = 0;                           // delivered to after the bounce
  std::map<std::string_view, uint64_t> kept_for;  // bounces that condemn nobody, by category of cause
};

class DeadAddresses {
 public:
  static constexpr size_t kMaxAddresses = 2'000'000;

  explicit DeadAddresses(std::shared_ptr<const RuleSet> rules, size_t max_addresses = kMaxAddresses);

  // Events in the order of the log. ResourceExhausted: more addresses than may be remembered. To forget some
  // would be to name those that were delivered to later.
  absl::Status Add(const DeliveryEvent& event);

  // In the order of their first bounce.
  std::vector<DeadAddress> List() const;
  const DeadAddressCounters& counters() const { return counters_; }

 private:
  struct Entry {
    uint64_t number = 0;  // of its first bounce
    DeadAddress dead;
  };

  Classifier classifier_;
  const size_t max_addresses_;
  uint64_t next_number_ = 0;
  StringMap<Entry> entries_;  // by address, its domain in lower case
  DeadAddressCounters counters_;
};

}  // namespace bouncewatch

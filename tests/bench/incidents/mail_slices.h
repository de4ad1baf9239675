// Windows of mail with one planted fault, for FindBlame and its peers: five dimensions that hang together as
// they do in life (a customer has its sender domains and a few IPs, a provider many recipient domains).
#pragma once

#include <cstdint>
#include <vector>

#include "metrics/incident/blame.h"

namespace bouncewatch {

enum class Fault : uint8_t {
  kIp,
  kProvider,
  kSender,
  kRecipientDomain,
  kCustomer,
  kIpAtProvider,
  kSenderAtProvider,
  kCustomerAtProvider,
  kEverywhere,
};
inline constexpr int kFaultCount = 9;

struct Case {
  std::vector<BlameRow> rows;
  Slice truth;  // size 0: everywhere
};
// `attempts` rows of one attempt each.
Case MakeCase(Fault fault, uint32_t attempts, uint64_t seed);

// The peers: the value with most failures (`sort | uniq -c`), and Adtributor's first set of one value
// (Bhagwan and others, NSDI 2014): explanatory power above two thirds, most surprise.
Slice TopCount(const std::vector<BlameRow>& rows);
Slice Adtributor(const std::vector<BlameRow>& rows);

}  // namespace bouncewatch

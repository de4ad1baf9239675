#include "incidents/mail_slices.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace bouncewatch {
namespace {

constexpr uint32_t kProviders = 12, kIps = 16, kSenders = 40, kCustomers = 15, kDomains = 300;
constexpr double kSmallest = 0.025, kLargest = 0.4;  // share of the mail that a fault may touch

class World {
 public:
  explicit World(uint64_t seed) : random_(seed) {
    for (double& share : provider_share_) share = 0.003 + 0.017 * Unit();
    for (uint32_t& owner : owner_) owner = Zipf(kCustomers);
    for (uint32_t& provider : provider_) provider = Zipf(kProviders);
    for (std::vector<uint32_t>& ips : ips_) {
      for (uint32_t n = 1 + Below(3); n > 0; --n) ips.push_back(Below(kIps));
    }
  }

  BlameRow Mail() {
    const uint32_t sender = Zipf(kSenders), domain = Zipf(kDomains), customer = owner_[sender];
    const std::vector<uint32_t>& ips = ips_[customer];
    BlameRow row;
    row.values = {ips[Below(static_cast<uint32_t>(ips.size()))], provider_[domain], sender, domain, customer};
    row.attempts = 1;
    row.expected = provider_share_[provider_[domain]];
    return row;
  }
  double Unit() { return std::uniform_real_distribution<double>()(random_); }
  uint32_t Below(uint32_t n) { return std::uniform_int_distribution<uint32_t>(0, n - 1)(random_); }

 private:
  // 0 twice as often as 1, three times as often as 2, ...
  uint32_t Zipf(uint32_t n) {
    double sum = 0;
    for (uint32_t i = 1; i <= n; ++i) sum += 1.0 / i;
    double left = Unit() * sum;
    for (uint32_t i = 1; i <= n; ++i) {
      left -= 1.0 / i;
      if (left <= 0) return i - 1;
    }
    return n - 1;
  }

  std::mt19937_64 random_;
  double provider_share_[kProviders];
  uint32_t owner_[kSenders], provider_[kDomains];
  std::vector<uint32_t> ips_[kCustomers];
};

bool Touches(const Slice& slice, const BlameRow& row) {
  for (size_t i = 0; i < slice.size; ++i) {
    if (row.values[static_cast<size_t>(slice.values[i].dimension)] != slice.values[i].value) return false;
  }
  return true;
}

std::vector<Dimension> DimensionsOf(Fault fault) {
  switch (fault) {
    case Fault::kIp:
      return {Dimension::kSourceIp};
    case Fault::kProvider:
      return {Dimension::kProvider};
    case Fault::kSender:
      return {Dimension::kSenderDomain};
    case Fault::kRecipientDomain:
      return {Dimension::kRecipientDomain};
    case Fault::kCustomer:
      return {Dimension::kCustomer};
    case Fault::kIpAtProvider:
      return {Dimension::kSourceIp, Dimension::kProvider};
    case Fault::kSenderAtProvider:
      return {Dimension::kProvider, Dimension::kSenderDomain};
    case Fault::kCustomerAtProvider:
      return {Dimension::kProvider, Dimension::kCustomer};
    case Fault::kEverywhere:
      break;
  }
  return {};
}

struct Value {
  Slice slice;
  double failures = 0, expected = 0;
};

std::vector<Value> Values(const std::vector<BlameRow>& rows, size_t dimension) {
  std::vector<Value> values;
  for (const BlameRow& row : rows) {
    const uint32_t value = row.values[dimension];
    if (values.size() <= value) values.resize(value + 1);
    values[value].slice.size = 1;
    values[value].slice.values[0] = {static_cast<Dimension>(dimension), value};
    values[value].failures += static_cast<double>(row.failures);
    values[value].expected += row.expected;
  }
  return values;
}

}  // namespace

Case MakeCase(Fault fault, uint32_t attempts, uint64_t seed) {
  World world(seed);
  Case made;
  for (uint32_t i = 0; i < attempts; ++i) made.rows.push_back(world.Mail());
  const std::vector<Dimension> dimensions = DimensionsOf(fault);
  for (int tries = 0; tries < 5000 && !dimensions.empty(); ++tries) {
    const BlameRow& example = made.rows[world.Below(attempts)];
    made.truth = Slice();
    for (Dimension dimension : dimensions) {
      made.truth.values[made.truth.size++] = {dimension, example.values[static_cast<size_t>(dimension)]};
    }
    const auto touched = static_cast<double>(std::count_if(
        made.rows.begin(), made.rows.end(), [&](const BlameRow& r) { return Touches(made.truth, r); }));
    if (touched > kSmallest * attempts && touched < kLargest * attempts) break;
  }
  const double more = fault == Fault::kEverywhere ? 0.06 : 0.35 + 0.5 * world.Unit();
  for (BlameRow& row : made.rows) {
    row.failures = world.Unit() < row.expected + (Touches(made.truth, row) ? more : 0) ? 1 : 0;
  }
  return made;
}

Slice TopCount(const std::vector<BlameRow>& rows) {
  Value top;
  for (size_t d = 0; d < kDimensionCount; ++d) {
    for (const Value& value : Values(rows, d)) {
      if (value.failures > top.failures) top = value;
    }
  }
  return top.slice;
}

Slice Adtributor(const std::vector<BlameRow>& rows) {
  double failures = 0, expected = 0;
  for (const BlameRow& row : rows) {
    failures += static_cast<double>(row.failures);
    expected += row.expected;
  }
  Slice best;
  double most = 0;
  for (size_t d = 0; d < kDimensionCount; ++d) {
    for (const Value& value : Values(rows, d)) {
      const double power = (value.failures - value.expected) / (failures - expected);
      const double p = value.expected / expected, q = value.failures / failures;
      if (power < 0.67 || p <= 0 || q <= 0) continue;
      const double surprise = 0.5 * (p * std::log(2 * p / (p + q)) + q * std::log(2 * q / (p + q)));
      if (surprise > most) {
        most = surprise;
        best = value.slice;
      }
    }
  }
  return best;
}

}  // namespace bouncewatch

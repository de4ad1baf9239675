#include "storage/keys.h"

#include "storage/coding.h"

namespace bouncewatch {
namespace {

constexpr char kBlockPrefix = 'b';
constexpr char kDayPrefix = 'y';
constexpr char kDeltaPrefix = 'd';
constexpr char kHourPrefix = 'h';
constexpr char kIndexPrefix = 'i';
constexpr char kMetaPrefix = 'm';
constexpr char kPagePrefix = 'p';

bool TakePrefix(Input* in, char prefix) {
  char first = 0;
  return in->Fixed(&first) && first == prefix;
}

}  // namespace

std::string MetaKey() {
  return std::string(1, kMetaPrefix);
}

std::string StateKey(std::string_view key) {
  std::string out(1, kStatePrefix);
  out.append(key);
  return out;
}

std::string DeltaKey(uint32_t hour, uint64_t commit) {
  std::string out(1, kDeltaPrefix);
  PutBig32(&out, hour);
  PutBig64(&out, commit);
  return out;
}

std::string BlockKey(uint32_t shard, uint32_t hour) {
  std::string out(1, kBlockPrefix);
  out.push_back(static_cast<char>(shard));
  PutBig32(&out, hour);
  return out;
}

std::string MarginalKey(const MarginalAddress& address) {
  std::string out(1, address.resolution == Resolution::kHour ? kHourPrefix : kDayPrefix);
  out.push_back(static_cast<char>(address.marginal));
  PutBig32(&out, address.part);
  PutBig32(&out, address.bucket);
  return out;
}

std::string IndexKey(uint64_t hash) {
  std::string out(1, kIndexPrefix);
  PutBig64(&out, hash);
  return out;
}

std::string PageKey(Kind kind, uint32_t first) {
  std::string out(1, kPagePrefix);
  out.push_back(static_cast<char>(kind));
  PutBig32(&out, first);
  return out;
}

std::string QuarantineKey(uint64_t commit, std::string_view key) {
  std::string out(1, kQuarantinePrefix);
  PutBig64(&out, commit);
  out.append(key);
  return out;
}

std::optional<DeltaAddress> ParseDeltaKey(std::string_view key) {
  Input in(key);
  DeltaAddress address{};
  if (!TakePrefix(&in, kDeltaPrefix) || !in.Big32(&address.hour) || !in.Big64(&address.commit)) return {};
  if (!in.empty()) return {};
  return address;
}

std::optional<BlockAddress> ParseBlockKey(std::string_view key) {
  Input in(key);
  uint8_t shard = 0;
  uint32_t hour = 0;
  if (!TakePrefix(&in, kBlockPrefix) || !in.Fixed(&shard) || !in.Big32(&hour) || !in.empty()) return {};
  if (shard >= kShardCount) return {};
  return BlockAddress{shard, hour};
}

std::optional<MarginalAddress> ParseMarginalKey(std::string_view key) {
  MarginalAddress address;
  if (key.starts_with(kDayPrefix)) {
    address.resolution = Resolution::kDay;
  } else if (!key.starts_with(kHourPrefix)) {
    return {};
  }
  Input in(key.substr(1));
  uint8_t marginal = 0;
  if (!in.Fixed(&marginal) || !in.Big32(&address.part) || !in.Big32(&address.bucket) || !in.empty())
    return {};
  if (marginal >= kMarginalCount) return {};
  address.marginal = static_cast<Marginal>(marginal);
  return address;
}

std::optional<uint32_t> ParsePageKey(std::string_view key, Kind kind) {
  Input in(key);
  uint32_t first = 0;
  if (!TakePrefix(&in, kPagePrefix) || !TakePrefix(&in, static_cast<char>(kind))) return {};
  if (!in.Big32(&first) || !in.empty()) return {};
  return first;
}

}  // namespace bouncewatch

// The keys of the store. docs/formats.md is the grammar; this is its code.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/rollup.h"

namespace bouncewatch {

// Dictionaries of the store. The first six are those of Name, in its order.
enum class Kind : uint8_t { kDomain, kIp, kSender, kCustomer, kHost, kProvider, kTemplate, kLane, kAnswer };
inline constexpr int kKindCount = 9;
inline constexpr Kind KindOf(Name name) {
  return static_cast<Kind>(name);
}

inline constexpr uint32_t kShardCount = 64;
inline constexpr uint32_t ShardOf(uint32_t domain) {
  return domain % kShardCount;
}

std::string MetaKey();
std::string StateKey(std::string_view key);
std::string DeltaKey(uint32_t hour, uint64_t commit);
std::string BlockKey(uint32_t shard, uint32_t hour);
std::string IndexKey(uint64_t hash);             // hash of an entry -> its id
std::string PageKey(Kind kind, uint32_t first);  // entries from id `first` on
// Where the damaged value of `key` goes, found by the commit of this number.
std::string QuarantineKey(uint64_t commit, std::string_view key);

inline constexpr char kQuarantinePrefix = 'q';
inline constexpr char kStatePrefix = 's';

struct DeltaAddress {
  uint32_t hour;
  uint64_t commit;
};
struct BlockAddress {
  uint32_t shard, hour;
};

// Sums over what a name took part in: one table for each of the names that a row has, at two resolutions.
enum class Marginal : uint8_t { kDomain, kIp, kSender, kCustomer, kHost };
inline constexpr int kMarginalCount = 5;
inline constexpr Kind KindOf(Marginal marginal) {
  return static_cast<Kind>(marginal);
}
enum class Resolution : uint8_t { kHour, kDay };

// A marginal's value holds the names of one part. Domains are dealt out like cards, since those seen first
// are the busy ones and somebody asks for one of them; of the others nearly always all are wanted.
inline constexpr uint32_t kNamesPerPart = 4096;
inline constexpr uint32_t PartOf(Marginal marginal, uint32_t name) {
  return marginal == Marginal::kDomain ? ShardOf(name) : name / kNamesPerPart;
}
// How many parts there may be when ids go up to `next_id`.
inline constexpr uint32_t PartCount(Marginal marginal, uint32_t next_id) {
  return marginal == Marginal::kDomain ? kShardCount : (next_id + kNamesPerPart - 1) / kNamesPerPart;
}

// The bucket's number is Unix time / 3600 or / 86400.
struct MarginalAddress {
  Resolution resolution = Resolution::kHour;
  Marginal marginal = Marginal::kDomain;
  uint32_t part = 0, bucket = 0;
};
std::string MarginalKey(const MarginalAddress& address);

// nullopt: a key of another sort.
std::optional<DeltaAddress> ParseDeltaKey(std::string_view key);
std::optional<BlockAddress> ParseBlockKey(std::string_view key);
std::optional<MarginalAddress> ParseMarginalKey(std::string_view key);
std::optional<uint32_t> ParsePageKey(std::string_view key, Kind kind);

}  // namespace bouncewatch

// Truth: what the synthetic log really holds, counted while it is written. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

namespace bouncewatch::bench {

enum class Fate { kDelivered, kDeferred, kBounced, kExpired };
inline constexpr int kFateCount = 4;

struct Counts {
  uint64_t by_fate[kFateCount] = {};
  std::map<std::string_view, uint64_t> causes;  // of deferred and bounced attempts

  void Add(Fate fate, std::string_view cause);
};

// One delivery line, or one expiry, by all the names it is counted under.
struct Delivery {
  Fate fate = Fate::kDelivered;
  int64_t time_s = 0;
  std::string_view domain, ip, sender_domain, provider;
  std::string_view cause;  // of a failure; must outlive the Truth
};

class Truth {
 public:
  void Add(const Delivery& delivery);
  void CountLine() { ++lines_; }

  // {"lines":N,"totals":{..},"minute":{"2026-..Z":{..}},"domain":{..},"ip":{..},...} where {..} is
  // {"attempts":N,"delivered":N,"deferred":N,"bounced":N,"expired":N,"causes":{}} without its zeros.
  std::string ToJson() const;
  uint64_t lines() const { return lines_; }
  const Counts& totals() const { return totals_; }

 private:
  using Table = std::unordered_map<std::string, Counts>;

  uint64_t lines_ = 0;
  Counts totals_;
  std::map<int64_t, Counts> minutes_;
  Table domains_, ips_, senders_, providers_, causes_, outcomes_;
};

// "2026-11-22T00:00:00Z"
std::string FormatUtc(int64_t time_s);

}  // namespace bouncewatch::bench

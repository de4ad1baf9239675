// Reader: questions to the store. Works on a live Store's database, or beside a running daemon as a RocksDB
// secondary. One thread per Reader. Each query sees one consistent state, that of its start.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "classifier/event.h"

namespace bouncewatch {

// What series can be keyed and filtered by.
enum class Key : uint8_t {
  kDomain,
  kIp,
  kProvider,
  kSenderDomain,
  kCause,
  kEnhanced,
  kCode,
  kOutcome,
  kHost,
  kCustomer,
  kTemplate
};
inline constexpr int kKeyCount = 11;
std::string_view KeyName(Key key);  // "domain", "ip", "provider", "sender_domain", ...
std::optional<Key> FindKey(std::string_view name);

// One --where: the key's value is one of `values`; a value that ends in '*' is a prefix.
struct KeyFilter {
  Key key;
  std::vector<std::string> values;
};

// What series are ranked by; equals by attempts, then by key.
enum class RankBy : uint8_t { kFailures, kAttempts, kDelivered, kDeferred, kBounced, kExpired };
inline constexpr int kColumnCount = 6;
std::string_view ColumnName(RankBy column);  // "failures", ...
std::optional<RankBy> FindColumn(std::string_view name);

struct QuerySpec {
  std::vector<Key> by;  // empty: one series of totals
  std::vector<KeyFilter> where;
  int64_t from_s = 0;  // Unix time, inclusive, rounded down to the minute
  int64_t to_s = 0;    // exclusive, rounded up to the minute
  int64_t step_s = 0;  // 60, 3600, 86400; 0: one point for the whole range
  RankBy sort = RankBy::kFailures;
  size_t limit = 100;  // series, the largest first; 0: all
  size_t offset = 0;   // of the first one shown
};

struct Point {
  int64_t t_s = 0;  // start of the bucket (UTC); `from_s` for step "all"
  uint64_t attempts = 0, delivered = 0, deferred = 0, bounced = 0, expired = 0;
  std::map<std::string, uint64_t> causes;  // of deferred and bounced attempts
  uint64_t failures() const { return deferred + bounced; }
};

struct Series {
  std::vector<std::pair<Key, std::string>> key;  // in the order of `by`
  std::vector<Point> points;                     // only buckets that hold something, ascending
};

struct QueryResult {
  std::vector<Series> series;
  size_t series_total = 0;  // before `limit` and `offset`
};

// A template as one provider said it at one stage of SMTP: what decides a verdict.
struct StoredReply {
  uint64_t template_id = 0;
  std::string_view text = {};  // masked, cut at kMaxTemplateText
  std::string_view provider = {};
  Phase phase = Phase::kUnknown;
  std::string_view example = {};  // a reply of it, redacted; "" when none was kept
  uint32_t answer = 0;            // its id in the store
  std::string_view cause = {};    // as it was classified then
};
// The views live until it returns; false: no more.
using ReplyVisitor = std::function<bool(const StoredReply&)>;

class Reader {
 public:
  // Opens `path` as a secondary of whoever writes it (or of nobody). Keeps its own small log files under a
  // temporary directory. NotFound: no store there.
  static absl::StatusOr<std::unique_ptr<Reader>> OpenSecondary(const std::string& path);
  virtual ~Reader() = default;

  // Runs the question. ResourceExhausted when the answer would hold more than kMaxQueryCells points.
  virtual absl::StatusOr<QueryResult> Query(const QuerySpec& spec) = 0;
  virtual int64_t newest_event_s() = 0;
  // Shows all replies the store knows, those first seen last first. One may come several times.
  virtual absl::Status VisitReplies(const ReplyVisitor& visit) = 0;
};

inline constexpr size_t kMaxQueryCells = 20'000'000;

}  // namespace bouncewatch

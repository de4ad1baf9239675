// The words of a query, as they come from the command line and from HTTP: keys, filters, times and steps.
// Pure; the current time is an argument. Errors say what was not understood and what would be.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/reader.h"

namespace bouncewatch {

inline constexpr size_t kMaxQueryKeys = 8;
inline constexpr size_t kDefaultQueryLimit = 100;
inline constexpr size_t kMaxQueryOffset = 1'000'000'000;

// All as text; "" or empty: the default.
struct QueryWords {
  std::string by;                  // "domain,cause"
  std::vector<std::string> where;  // "provider=google,yahoo", "domain=example*"
  std::string from, to;            // default: the 24 hours before `to`, which is now
  std::string step;                // default: all
  std::string limit;               // default: 100; 0 is all
  std::string offset = "";         // default: 0
  std::string sort = "";           // a column; default: failures
};

absl::StatusOr<QuerySpec> ParseQuery(const QueryWords& words, int64_t now_s);

// "now", "-6h", "-2d" (s m h d w), Unix seconds, "2026-11-23", "2026-11-23T03:16:00Z", "...+01:00"; without
// zone: UTC.
absl::StatusOr<int64_t> ParseQueryTime(const std::string& text, int64_t now_s);

// The words as the query part of a URL, "?by=domain&from=...".
std::string ToUrlQuery(const QueryWords& words);
// The reverse, from the part after '?'. InvalidArgument: an unknown parameter or a bad escape.
absl::StatusOr<QueryWords> FromUrlQuery(std::string_view query);

}  // namespace bouncewatch

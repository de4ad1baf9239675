#include "daemon/unmapped_report.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace bouncewatch {
namespace {

uint64_t AttemptsOf(const Series& series) {
  uint64_t sum = 0;
  for (const Point& point : series.points) sum += point.attempts;
  return sum;
}

}  // namespace

QueryResult KeepUnmapped(QueryResult result, const ProviderMap& known, size_t limit) {
  std::erase_if(result.series, [&](const Series& series) {
    const std::string_view name =
        series.key.empty() ? std::string_view() : std::string_view(series.key[0].second);
    return name.empty() || known.FindName(name) != kNoProvider;
  });
  std::stable_sort(result.series.begin(), result.series.end(),
                   [](const Series& a, const Series& b) { return AttemptsOf(a) > AttemptsOf(b); });
  result.series_total = result.series.size();
  if (limit > 0 && result.series.size() > limit) result.series.resize(limit);
  return result;
}

}  // namespace bouncewatch

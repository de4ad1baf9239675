#include "daemon/top_view.h"

#include <algorithm>
#include <array>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/time/time.h"

namespace bouncewatch {
namespace {

constexpr std::array<std::string_view, 9> kBlocks = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr size_t kHeaderLines = 3, kSparkWidth = 30, kNumberWidth = 9, kNameMin = 12;

constexpr struct {
  char key;
  Key by;
} kKeys[] = {{'p', Key::kProvider}, {'c', Key::kCause}, {'d', Key::kDomain}, {'i', Key::kIp}};
constexpr struct {
  char key;
  RankBy sort;
} kSorts[] = {{'f', RankBy::kFailures},
              {'a', RankBy::kAttempts},
              {'e', RankBy::kDeferred},
              {'b', RankBy::kBounced},
              {'x', RankBy::kExpired}};

// Cut or filled to `width`; bytes that a terminal would obey, or that are no ASCII, become "?".
std::string Fit(std::string_view text, size_t width) {
  std::string out(text.substr(0, width));
  for (char& c : out) {
    if (c < 0x20 || c == 0x7f) c = '?';
  }
  out.resize(width, ' ');
  return out;
}

std::string ValueOf(const Series& series) {
  return series.key.empty() || series.key[0].second.empty() ? "-" : series.key[0].second;
}

int64_t WindowStart(int64_t now_s) {
  return (now_s - kTopWindowS) / 60 * 60;
}

Point TotalOf(const Series& series) {
  return series.points.empty() ? Point() : series.points[0];
}

std::string MainCause(const Point& point) {
  const auto largest = std::max_element(point.causes.begin(), point.causes.end(),
                                        [](const auto& a, const auto& b) { return a.second < b.second; });
  return largest == point.causes.end() ? "" : largest->first;
}

}  // namespace

bool ApplyTopKey(char key, TopState* state) {
  for (const auto& choice : kKeys) {
    if (choice.key == key) state->by = choice.by;
    if (choice.key == key) return true;
  }
  for (const auto& choice : kSorts) {
    if (choice.key == key) state->sort = choice.sort;
    if (choice.key == key) return true;
  }
  return false;
}

QuerySpec TopTableQuery(const TopState& state, int64_t now_s) {
  QuerySpec spec;
  spec.by = {state.by};
  spec.sort = state.sort;
  spec.from_s = WindowStart(now_s);
  spec.to_s = now_s + 60;
  spec.limit = state.rows > kHeaderLines ? state.rows - kHeaderLines : 1;
  return spec;
}

QuerySpec TopMinutesQuery(const TopState& state, const QueryResult& table, int64_t now_s) {
  QuerySpec spec = TopTableQuery(state, now_s);
  spec.step_s = 60;
  KeyFilter shown{state.by, {}};
  for (const Series& series : table.series) {
    if (!series.key.empty()) shown.values.push_back(series.key[0].second);
  }
  spec.where = {shown};
  spec.limit = 0;
  return spec;
}

std::string Sparkline(const Series& minutes, int64_t from_s, size_t width) {
  std::vector<uint64_t> parts(width);
  for (const Point& point : minutes.points) {
    if (point.t_s < from_s) continue;
    const int64_t at = (point.t_s - from_s) * static_cast<int64_t>(width) / kTopWindowS;
    parts[std::min(static_cast<size_t>(at), width - 1)] += point.failures();
  }
  const uint64_t highest = *std::max_element(parts.begin(), parts.end());
  std::string out;
  for (const uint64_t part : parts) {
    // Anything at all is seen.
    const uint64_t height = highest == 0 ? 0 : (part * (kBlocks.size() - 1) + highest - 1) / highest;
    out += kBlocks[height];
  }
  return out;
}

std::string DrawTop(const TopState& state, const QueryResult& table, const QueryResult& minutes,
                    int64_t now_s) {
  const size_t fixed = 6 * kNumberWidth + kSparkWidth + 2;
  const size_t name_width = std::max(state.columns > fixed ? state.columns - fixed : 0, kNameMin);
  const std::string_view bold = state.colours ? "\x1b[1m" : "", plain = state.colours ? "\x1b[0m" : "";
  std::string out = absl::StrFormat(
      "bouncewatch top  %s UTC  last hour by %s, most %s first\n%s\n",
      absl::FormatTime("%Y-%m-%d %H:%M:%S", absl::FromUnixSeconds(now_s), absl::UTCTimeZone()),
      KeyName(state.by), ColumnName(state.sort),
      Fit("p provider  c cause  d domain  i ip   sort: f failures  a attempts  e deferred  b bounced  x "
          "expired   "
          "q quit",
          state.columns));
  absl::StrAppendFormat(&out, "%s%s%9s%9s%9s%9s%9s%9s  %s%s\n", bold, Fit(KeyName(state.by), name_width),
                        "failures", "attempts", "share", "deferred", "bounced", "expired",
                        "failures, last hour", plain);
  const size_t shown =
      std::min(table.series.size(), state.rows > kHeaderLines ? state.rows - kHeaderLines : 1);
  for (size_t i = 0; i < shown; ++i) {
    const Series& series = table.series[i];
    const Point total = TotalOf(series);
    const auto found = std::find_if(minutes.series.begin(), minutes.series.end(),
                                    [&](const Series& other) { return other.key == series.key; });
    const std::string spark =
        found == minutes.series.end() ? "" : Sparkline(*found, WindowStart(now_s), kSparkWidth);
    const std::string share = total.attempts == 0
                                  ? "-"
                                  : absl::StrFormat("%.1f%%", 100.0 * static_cast<double>(total.failures()) /
                                                                  static_cast<double>(total.attempts));
    std::string name = ValueOf(series);
    if (state.by != Key::kCause && !total.causes.empty()) name += "  " + MainCause(total);
    absl::StrAppendFormat(&out, "%s%9d%9d%9s%9d%9d%9d  %s\n", Fit(name, name_width), total.failures(),
                          total.attempts, share, total.deferred, total.bounced, total.expired, spark);
  }
  return out;
}

}  // namespace bouncewatch

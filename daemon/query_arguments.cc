#include "daemon/query_arguments.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <tuple>

#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "classifier/status_macros.h"
#include "classifier/text.h"
#include "daemon/url_query.h"

namespace bouncewatch {
namespace {

constexpr int64_t kDayS = 86400;
constexpr int64_t kMaxTimeS = 253'402'300'799;  // 9999-12-31T23:59:59Z
constexpr size_t kMaxFilterValues = 1000;

constexpr struct {
  std::string_view name;
  int64_t seconds;
} kSteps[] = {{"all", 0}, {"1m", 60}, {"1h", 3600}, {"1d", kDayS}};

template <typename T>
bool ParseWhole(std::string_view text, T* out) {
  const auto result = std::from_chars(text.data(), text.data() + text.size(), *out);
  return result.ec == std::errc() && result.ptr == text.data() + text.size();
}

std::vector<std::string> SplitCommas(std::string_view text) {
  std::vector<std::string> parts;
  while (true) {
    const size_t comma = std::min(text.find(','), text.size());
    parts.emplace_back(text.substr(0, comma));
    if (comma == text.size()) return parts;
    text.remove_prefix(comma + 1);
  }
}

absl::StatusOr<Key> ParseKey(std::string_view name) {
  if (const std::optional<Key> key = FindKey(name)) return *key;
  std::string all;
  for (int i = 0; i < kKeyCount; ++i) {
    if (i > 0) all += ", ";
    all += KeyName(static_cast<Key>(i));
  }
  return absl::InvalidArgumentError(absl::StrFormat("\"%s\" is no key; the keys are %s", name, all));
}

absl::StatusOr<KeyFilter> ParseFilter(std::string_view text) {
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos) {
    return absl::InvalidArgumentError(absl::StrFormat("\"%s\" is no filter; write KEY=VALUE[,VALUE]", text));
  }
  KeyFilter filter;
  ASSIGN_OR_RETURN(filter.key, ParseKey(text.substr(0, equals)));
  filter.values = SplitCommas(text.substr(equals + 1));
  if (filter.values.size() > kMaxFilterValues) {
    return absl::InvalidArgumentError(absl::StrFormat("a filter takes at most %d values", kMaxFilterValues));
  }
  return filter;
}

absl::StatusOr<int64_t> ParseStep(std::string_view text) {
  for (const auto& step : kSteps) {
    if (step.name == text) return step.seconds;
  }
  return absl::InvalidArgumentError(absl::StrFormat("\"%s\" is no step; write 1m, 1h, 1d or all", text));
}

// "-6h": the seconds before now.
bool ParseAgo(std::string_view text, int64_t* seconds) {
  constexpr std::string_view kUnits = "smhdw";
  constexpr int64_t kUnitS[] = {1, 60, 3600, kDayS, 7 * kDayS};
  if (text.size() < 3 || text[0] != '-') return false;
  const size_t unit = kUnits.find(text.back());
  int64_t count = 0;
  if (unit == std::string_view::npos || !ParseWhole(text.substr(1, text.size() - 2), &count)) return false;
  if (count < 0 || count > 1'000'000) return false;
  *seconds = count * kUnitS[unit];
  return true;
}

}  // namespace

absl::StatusOr<int64_t> ParseQueryTime(const std::string& text, int64_t now_s) {
  int64_t seconds = 0;
  if (text == "now") return now_s;
  if (ParseAgo(text, &seconds)) return now_s - seconds;
  if (ParseWhole(text, &seconds) && seconds >= 0 && seconds <= kMaxTimeS) return seconds;
  constexpr const char* kForms[] = {absl::RFC3339_full, "%Y-%m-%dT%H:%M%Ez",   "%Y-%m-%dT%H:%M:%E*S",
                                    "%Y-%m-%dT%H:%M",   "%Y-%m-%d %H:%M:%E*S", "%Y-%m-%d %H:%M",
                                    "%Y-%m-%d"};
  for (const char* form : kForms) {
    absl::Time time;
    if (absl::ParseTime(form, text, absl::UTCTimeZone(), &time, nullptr) && time != absl::InfiniteFuture() &&
        time != absl::InfinitePast()) {
      return absl::ToUnixSeconds(time);
    }
  }
  return absl::InvalidArgumentError(absl::StrFormat(
      "\"%s\" is no time; write 2026-11-23, 2026-11-23T03:16:00Z, Unix seconds, -6h, -2d or now", text));
}

absl::StatusOr<QuerySpec> ParseQuery(const QueryWords& words, int64_t now_s) {
  QuerySpec spec;
  if (!words.by.empty()) {
    for (const std::string& name : SplitCommas(words.by)) {
      ASSIGN_OR_RETURN(const Key key, ParseKey(name));
      if (std::find(spec.by.begin(), spec.by.end(), key) != spec.by.end()) continue;
      spec.by.push_back(key);
    }
  }
  for (const std::string& text : words.where) {
    ASSIGN_OR_RETURN(KeyFilter filter, ParseFilter(text));
    spec.where.push_back(std::move(filter));
  }
  if (spec.by.size() > kMaxQueryKeys || spec.where.size() > kMaxQueryKeys) {
    return absl::InvalidArgumentError(
        absl::StrFormat("a query takes at most %d keys and filters", kMaxQueryKeys));
  }
  ASSIGN_OR_RETURN(spec.to_s, ParseQueryTime(words.to.empty() ? "now" : words.to, now_s));
  spec.from_s = spec.to_s - kDayS;
  if (!words.from.empty()) {
    ASSIGN_OR_RETURN(spec.from_s, ParseQueryTime(words.from, now_s));
  }
  spec.from_s = std::max<int64_t>(spec.from_s, 0);
  if (spec.from_s >= spec.to_s)
    return absl::InvalidArgumentError("the time range is empty: from is not before to");
  ASSIGN_OR_RETURN(spec.step_s, ParseStep(words.step.empty() ? "all" : words.step));
  if (!words.sort.empty()) {
    const std::optional<RankBy> column = FindColumn(words.sort);
    if (!column.has_value()) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "\"%s\" is no column; write failures, attempts, delivered, deferred, bounced or expired",
          words.sort));
    }
    spec.sort = *column;
  }
  spec.limit = kDefaultQueryLimit;
  for (const auto& [name, word, number] :
       {std::tuple("limit", &words.limit, &spec.limit), std::tuple("offset", &words.offset, &spec.offset)}) {
    if (word->empty() || (ParseWhole(*word, number) && *number <= kMaxQueryOffset)) continue;
    return absl::InvalidArgumentError(absl::StrFormat("\"%s\" is no %s; write a whole number", *word, name));
  }
  return spec;
}

std::string ToUrlQuery(const QueryWords& words) {
  std::string out;
  AppendUrlParameter("by", words.by, &out);
  for (const std::string& filter : words.where) AppendUrlParameter("where", filter, &out);
  for (const auto& [name, value] : {std::pair("from", &words.from), std::pair("to", &words.to),
                                    std::pair("step", &words.step), std::pair("sort", &words.sort),
                                    std::pair("limit", &words.limit), std::pair("offset", &words.offset)}) {
    AppendUrlParameter(name, *value, &out);
  }
  return out;
}

absl::StatusOr<QueryWords> FromUrlQuery(std::string_view query) {
  ASSIGN_OR_RETURN(std::vector<UrlParameter> parameters, ParseUrlParameters(query));
  QueryWords words;
  for (auto& [name, value] : parameters) {
    if (name == "where") {
      words.where.push_back(std::move(value));
      continue;
    }
    std::string* const target = name == "by"       ? &words.by
                                : name == "from"   ? &words.from
                                : name == "to"     ? &words.to
                                : name == "step"   ? &words.step
                                : name == "sort"   ? &words.sort
                                : name == "limit"  ? &words.limit
                                : name == "offset" ? &words.offset
                                                   : nullptr;
    if (target == nullptr) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "unknown parameter \"%s\"; known are by, where, from, to, step, sort, limit, offset", name));
    }
    *target = std::move(value);
  }
  return words;
}

}  // namespace bouncewatch

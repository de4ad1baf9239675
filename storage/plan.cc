#include "storage/plan.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <ctime>
#include <string>

#include "absl/strings/str_format.h"

namespace bouncewatch {
namespace {

constexpr int64_t kHour = 60, kDay = 1440;  // minutes

int64_t FloorTo(int64_t value, int64_t unit) {
  return value / unit * unit;
}
int64_t CeilTo(int64_t value, int64_t unit) {
  return FloorTo(value + unit - 1, unit);
}

std::string FormatMinute(int64_t minute) {
  const time_t time = static_cast<time_t>(minute) * 60;
  tm utc{};
  gmtime_r(&time, &utc);
  std::array<char, 32> text;
  return {text.data(), strftime(text.data(), text.size(), "%Y-%m-%dT%H:%MZ", &utc)};
}

std::optional<Marginal> MarginalOf(Key key) {
  switch (key) {
    case Key::kDomain:
      return Marginal::kDomain;
    case Key::kIp:
      return Marginal::kIp;
    case Key::kSenderDomain:
      return Marginal::kSender;
    case Key::kCustomer:
      return Marginal::kCustomer;
    case Key::kHost:
      return Marginal::kHost;
    default:
      return std::nullopt;  // known from the answer, which every table has
  }
}

// The names that the question needs beside the answer.
std::vector<Marginal> NamesOf(const QuerySpec& spec) {
  std::bitset<kMarginalCount> used;
  const auto add = [&used](Key key) {
    if (const std::optional<Marginal> marginal = MarginalOf(key)) used.set(static_cast<size_t>(*marginal));
  };
  for (const Key key : spec.by) add(key);
  for (const KeyFilter& filter : spec.where) add(filter.key);
  std::vector<Marginal> names;
  for (size_t i = 0; i < used.size(); ++i) {
    if (used[i]) names.push_back(static_cast<Marginal>(i));
  }
  return names;
}

// Splits [begin, end) into minutes at its edges, hours, and days where the step and the store have them.
void Split(const Meta& meta, bool days_do, Plan* plan) {
  const int64_t first_hour = CeilTo(plan->begin, kHour), end_hour = FloorTo(plan->end, kHour);
  if (first_hour >= end_hour) {
    if (plan->begin < plan->end) plan->minutes.push_back({plan->begin, plan->end});
    return;
  }
  if (plan->begin < first_hour) plan->minutes.push_back({plan->begin, first_hour});
  const auto add_hours = [plan](int64_t begin, int64_t end) {
    if (begin >= end) return;
    plan->buckets.push_back(
        {Resolution::kHour, static_cast<uint32_t>(begin / kHour), static_cast<uint32_t>(end / kHour)});
  };
  const int64_t first_day = CeilTo(first_hour, kDay);
  const int64_t end_day = std::min(FloorTo(end_hour, kDay), int64_t{meta.days_closed} * kDay);
  if (days_do && first_day < end_day) {
    add_hours(first_hour, first_day);
    plan->buckets.push_back(
        {Resolution::kDay, static_cast<uint32_t>(first_day / kDay), static_cast<uint32_t>(end_day / kDay)});
    add_hours(end_day, end_hour);
  } else {
    add_hours(first_hour, end_hour);
  }
  if (end_hour < plan->end) plan->minutes.push_back({end_hour, plan->end});
}

absl::Status TooOld(std::string_view what, int64_t since, std::string_view advice) {
  return absl::InvalidArgumentError(
      absl::StrFormat("query: %s are kept since %s; %s", what, FormatMinute(since), advice));
}

}  // namespace

absl::StatusOr<Plan> MakePlan(const Meta& meta, const QuerySpec& spec) {
  constexpr int64_t kEnd = int64_t{UINT32_MAX} + 1;
  if (spec.step_s < 0 || spec.step_s % 60 != 0) {
    return absl::InvalidArgumentError("query: the step must be whole minutes");
  }
  Plan plan;
  const int64_t from_s = std::clamp<int64_t>(spec.from_s, 0, kEnd * 60);
  const int64_t to_s = std::clamp<int64_t>(spec.to_s, 0, kEnd * 60);
  plan.begin = from_s / 60;
  plan.end = (to_s + 59) / 60;
  if (plan.begin >= plan.end) return plan;

  const std::vector<Marginal> names = NamesOf(spec);
  const bool marginals_do = names.size() <= 1 && meta.format != kFormatWithoutMarginals;
  const bool hours_do = marginals_do && spec.step_s % 3600 == 0;
  const bool days_do = hours_do && spec.step_s % 86'400 == 0;
  const int64_t first_minute = int64_t{meta.minutes_from_hour} * kHour;
  const int64_t first_hour = int64_t{meta.hours_from_hour} * kHour;
  if (names.size() == 1) plan.marginal = names[0];
  if (!hours_do) {
    if (plan.begin < first_minute) {
      return marginals_do ? TooOld("minutes", first_minute, "ask for less time or a step of 1h")
                          : TooOld("combinations of domain, ip, sender_domain, customer and host",
                                   first_minute, "ask for less time or for one of these keys");
    }
    plan.minutes.push_back({plan.begin, plan.end});
    return plan;
  }
  if (plan.begin < first_hour && !days_do) {
    return TooOld("hours", first_hour, "ask for less time or a step of 1d");
  }
  if (plan.begin < first_minute) plan.begin = FloorTo(plan.begin, kHour);
  if (plan.begin < first_hour) plan.begin = FloorTo(plan.begin, kDay);
  if (plan.end < first_minute) plan.end = CeilTo(plan.end, kHour);
  if (plan.end < first_hour) plan.end = CeilTo(plan.end, kDay);
  Split(meta, days_do, &plan);
  return plan;
}

}  // namespace bouncewatch

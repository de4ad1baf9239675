#include "truth.h"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <vector>

namespace bouncewatch::bench {
namespace {

constexpr std::string_view kFateNames[kFateCount] = {"delivered", "deferred", "bounced", "expired"};

void AppendField(std::string_view name, uint64_t value, std::string* out) {
  if (value == 0) return;
  if (out->back() != '{') *out += ',';
  *out += '"';
  *out += name;
  *out += "\":";
  *out += std::to_string(value);
}

void AppendCounts(const Counts& counts, std::string* out) {
  *out += '{';
  uint64_t attempts = 0;
  for (int fate = 0; fate < kFateCount - 1; ++fate) attempts += counts.by_fate[fate];
  AppendField("attempts", attempts, out);
  for (int fate = 0; fate < kFateCount; ++fate) AppendField(kFateNames[fate], counts.by_fate[fate], out);
  if (!counts.causes.empty()) {
    if (out->back() != '{') *out += ',';
    *out += "\"causes\":{";
    for (const auto& [cause, count] : counts.causes) AppendField(cause, count, out);
    *out += '}';
  }
  *out += '}';
}

// Names are our own: nothing in them needs escaping.
void AppendTable(std::string_view name, const std::unordered_map<std::string, Counts>& table,
                 std::string* out) {
  std::vector<const std::pair<const std::string, Counts>*> rows;
  rows.reserve(table.size());
  for (const auto& row : table) rows.push_back(&row);
  std::sort(rows.begin(), rows.end(), [](const auto* a, const auto* b) { return a->first < b->first; });
  *out += ",\n\"" + std::string(name) + "\":{";
  for (const auto* row : rows) {
    *out += out->back() == '{' ? "\n\"" : ",\n\"";
    *out += row->first + "\":";
    AppendCounts(row->second, out);
  }
  *out += '}';
}

}  // namespace

void Counts::Add(Fate fate, std::string_view cause) {
  ++by_fate[static_cast<int>(fate)];
  if (fate == Fate::kDeferred || fate == Fate::kBounced) ++causes[cause];
}

void Truth::Add(const Delivery& delivery) {
  const auto add = [&](Table* table, std::string_view key) {
    (*table)[std::string(key)].Add(delivery.fate, delivery.cause);
  };
  totals_.Add(delivery.fate, delivery.cause);
  minutes_[delivery.time_s / 60 * 60].Add(delivery.fate, delivery.cause);
  add(&domains_, delivery.domain);
  add(&ips_, delivery.ip);
  add(&senders_, delivery.sender_domain);
  add(&providers_, delivery.provider);
  add(&outcomes_, kFateNames[static_cast<int>(delivery.fate)]);
  if (delivery.fate == Fate::kDeferred || delivery.fate == Fate::kBounced) add(&causes_, delivery.cause);
}

std::string Truth::ToJson() const {
  std::string out = "{\"lines\":" + std::to_string(lines_) + ",\n\"totals\":";
  AppendCounts(totals_, &out);
  out += ",\n\"minute\":{";
  for (const auto& [minute, counts] : minutes_) {
    out += out.back() == '{' ? "\n\"" : ",\n\"";
    out += FormatUtc(minute) + "\":";
    AppendCounts(counts, &out);
  }
  out += '}';
  AppendTable("domain", domains_, &out);
  AppendTable("ip", ips_, &out);
  AppendTable("sender_domain", senders_, &out);
  AppendTable("provider", providers_, &out);
  AppendTable("cause", causes_, &out);
  AppendTable("outcome", outcomes_, &out);
  out += "}\n";
  return out;
}

std::string FormatUtc(int64_t time_s) {
  const time_t time = static_cast<time_t>(time_s);
  tm parts;
  gmtime_r(&time, &parts);
  char text[32];
  std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

}  // namespace bouncewatch::bench

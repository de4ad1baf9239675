#include "daemon/query_output.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "daemon/json_text.h"
#include "daemon/text_table.h"
#include "daemon/utc_text.h"

namespace bouncewatch {
namespace {

constexpr size_t kTableCausesMax = 3;

struct NumberField {
  std::string_view name;
  uint64_t Point::*field;
};
constexpr NumberField kNumbers[] = {{"attempts", &Point::attempts},
                                    {"delivered", &Point::delivered},
                                    {"deferred", &Point::deferred},
                                    {"bounced", &Point::bounced},
                                    {"expired", &Point::expired}};

void AppendPoint(const Point& point, std::string* out) {
  *out += '{';
  AppendJsonKey("t", out);
  AppendJsonString(UtcStamp(point.t_s), out);
  for (const NumberField& number : kNumbers) {
    AppendJsonKey(number.name, out);
    absl::StrAppendFormat(out, "%d", point.*number.field);
  }
  AppendJsonKey("causes", out);
  *out += '{';
  for (const auto& [cause, count] : point.causes) {
    AppendJsonKey(cause, out);
    absl::StrAppendFormat(out, "%d", count);
  }
  *out += "}}";
}

// Quotes where it must. A spreadsheet would take a value that begins with "=" for a formula.
std::string CsvField(std::string_view text) {
  const bool formula = !text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos;
  std::string field = formula ? "'" : "";
  field += text;
  if (field.find_first_of(",\"\r\n") == std::string::npos) return field;
  std::string quoted = "\"";
  for (const char c : field) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + '"';
}

uint64_t NumberAt(const nlohmann::json& object, std::string_view name) {
  const auto found = object.find(std::string(name));
  return found != object.end() && found->is_number_unsigned() ? found->get<uint64_t>() : 0;
}

Point ParsePoint(const nlohmann::json& json) {
  Point point;
  if (!json.is_object()) return point;
  if (const auto t = json.find("t"); t != json.end() && t->is_string()) {
    absl::Time time;
    if (absl::ParseTime(absl::RFC3339_full, t->get<std::string>(), &time, nullptr)) {
      point.t_s = absl::ToUnixSeconds(time);
    }
  }
  for (const NumberField& number : kNumbers) point.*number.field = NumberAt(json, number.name);
  const auto causes = json.find("causes");
  if (causes == json.end() || !causes->is_object()) return point;
  for (const auto& [cause, count] : causes->items()) {
    if (count.is_number_unsigned()) point.causes[cause] = count.get<uint64_t>();
  }
  return point;
}

std::string TopCauses(const Point& point) {
  std::vector<std::pair<std::string, uint64_t>> causes(point.causes.begin(), point.causes.end());
  std::stable_sort(causes.begin(), causes.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text;
  for (size_t i = 0; i < std::min(causes.size(), kTableCausesMax); ++i) {
    absl::StrAppendFormat(&text, "%s%s=%d", i > 0 ? " " : "", causes[i].first, causes[i].second);
  }
  if (causes.size() > kTableCausesMax) text += " ...";
  return text;
}

}  // namespace

std::string QueryJson(const QueryResult& result) {
  std::string out = "{\"series\":[";
  for (size_t i = 0; i < result.series.size(); ++i) {
    const Series& series = result.series[i];
    out += i > 0 ? ",{\"key\":{" : "{\"key\":{";
    for (const auto& [key, value] : series.key) {
      AppendJsonKey(KeyName(key), &out);
      AppendJsonString(value, &out);
    }
    out += "},\"points\":[";
    for (size_t p = 0; p < series.points.size(); ++p) {
      if (p > 0) out += ',';
      AppendPoint(series.points[p], &out);
    }
    out += "]}";
  }
  out += ']';
  if (result.series_total > result.series.size()) {
    AppendJsonKey("series_total", &out);
    absl::StrAppendFormat(&out, "%d", result.series_total);
  }
  out += '}';
  return out;
}

std::string QueryCsv(const QuerySpec& spec, const QueryResult& result) {
  std::string out;
  for (const Key key : spec.by) absl::StrAppendFormat(&out, "%s,", KeyName(key));
  if (spec.step_s != 0) out += "t,";
  for (const NumberField& number : kNumbers) absl::StrAppendFormat(&out, "%s,", number.name);
  out += "causes\r\n";
  for (const Series& series : result.series) {
    for (const Point& point : series.points) {
      for (const auto& [key, value] : series.key) out += CsvField(value) + ',';
      if (spec.step_s != 0) out += UtcStamp(point.t_s) + ',';
      for (const NumberField& number : kNumbers) absl::StrAppendFormat(&out, "%d,", point.*number.field);
      std::string causes;
      for (const auto& [cause, count] : point.causes) {
        absl::StrAppendFormat(&causes, "%s%s=%d", causes.empty() ? "" : " ", cause, count);
      }
      out += CsvField(causes) + "\r\n";
    }
  }
  return out;
}

absl::StatusOr<QueryResult> ParseQueryJson(const std::string& text) {
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  const absl::Status damaged = absl::DataLossError("the answer is not what a query gives");
  if (!json.is_object() || !json.contains("series") || !json["series"].is_array()) return damaged;
  QueryResult result;
  for (const nlohmann::json& entry : json["series"]) {
    if (!entry.is_object() || !entry.contains("key") || !entry.contains("points")) return damaged;
    if (!entry["key"].is_object() || !entry["points"].is_array()) return damaged;
    Series series;
    for (const auto& [name, value] : entry["key"].items()) {
      const std::optional<Key> key = FindKey(name);
      if (!key || !value.is_string()) return damaged;
      series.key.emplace_back(*key, value.get<std::string>());
    }
    for (const nlohmann::json& point : entry["points"]) series.points.push_back(ParsePoint(point));
    result.series.push_back(std::move(series));
  }
  result.series_total = NumberAt(json, "series_total");
  if (result.series_total == 0) result.series_total = result.series.size();
  return result;
}

std::string QueryTable(const QuerySpec& spec, const QueryResult& result) {
  std::vector<TableRow> rows(1);
  for (const Key key : spec.by) rows[0].emplace_back(KeyName(key));
  if (spec.step_s != 0) rows[0].emplace_back("time (UTC)");
  const size_t left_columns = rows[0].size();
  for (const NumberField& number : kNumbers) rows[0].emplace_back(number.name);
  rows[0].emplace_back("causes");
  for (const Series& series : result.series) {
    for (const Point& point : series.points) {
      TableRow row;
      for (const Key key : spec.by) {
        const auto found = std::find_if(series.key.begin(), series.key.end(),
                                        [key](const auto& entry) { return entry.first == key; });
        row.push_back(TableCell(found == series.key.end() ? "" : found->second));
      }
      if (spec.step_s != 0) row.push_back(UtcMinute(point.t_s));
      for (const NumberField& number : kNumbers) row.push_back(absl::StrFormat("%d", point.*number.field));
      row.push_back(TopCauses(point));
      rows.push_back(std::move(row));
    }
  }
  std::string out = TextTable(rows, left_columns);
  if (result.series_total > result.series.size()) {
    absl::StrAppendFormat(&out, "%d of %d series; --limit and --offset show more\n", result.series.size(),
                          result.series_total);
  }
  return out;
}

}  // namespace bouncewatch

// A query's answer as JSON (the same on the command line and over HTTP) and as a table for people. Pure
// functions.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "storage/reader.h"

namespace bouncewatch {

// {"series":[{"key":{...},"points":[{"t":"2026-11-23T03:16:00Z","attempts":N,...,"causes":{"auth.spf":N}}]}]};
// with "series_total":N behind it when `offset` or `limit` left some out.
std::string QueryJson(const QueryResult& result);
// RFC 4180: a header, then a line for each point: the keys, the time where there is a step, the numbers, and
// the causes as "auth.spf=3 rate.connections=1".
std::string QueryCsv(const QuerySpec& spec, const QueryResult& result);
// Reads what QueryJson wrote, of another process.
absl::StatusOr<QueryResult> ParseQueryJson(const std::string& text);

// Aligned columns; times in UTC. `step_s` 0: no time column.
std::string QueryTable(const QuerySpec& spec, const QueryResult& result);

}  // namespace bouncewatch

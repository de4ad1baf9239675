// What `bouncewatch top` draws: the worst of the last hour by one key, each with its failures minute by
// minute as a row of blocks. Pure: the answers of two queries become lines of text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "storage/reader.h"

namespace bouncewatch {

inline constexpr int64_t kTopWindowS = 3600;

struct TopState {
  Key by = Key::kProvider;
  RankBy sort = RankBy::kFailures;
  size_t rows = 20, columns = 100;  // of the terminal
  bool colours = false;
};

// Keys on the keyboard: p, c, d, i choose provider, cause, domain, ip; f, a, e, b, x the column to sort by
// (failures, attempts, deferred, bounced, expired). False: no such key.
bool ApplyTopKey(char key, TopState* state);

// The question for the table, and the one for the sparklines of the series it shows.
QuerySpec TopTableQuery(const TopState& state, int64_t now_s);
QuerySpec TopMinutesQuery(const TopState& state, const QueryResult& table, int64_t now_s);

// Never more lines than state.rows nor wider than state.columns; ends with a newline.
std::string DrawTop(const TopState& state, const QueryResult& table, const QueryResult& minutes,
                    int64_t now_s);

// One block of eight heights for each of `width` equal parts of [from_s, from_s + kTopWindowS), the highest
// part full; a blank where nothing failed.
std::string Sparkline(const Series& minutes, int64_t from_s, size_t width);

}  // namespace bouncewatch

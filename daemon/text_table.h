// Tables for a terminal. What stands in them comes from strangers: control bytes are shown as '?'. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bouncewatch {

using TableRow = std::vector<std::string>;

// The text as one cell: cut at 100 bytes, "-" when empty.
std::string TableCell(std::string_view text);
// The first `left_columns` columns are aligned to the left, the rest to the right but for the last.
std::string TextTable(const std::vector<TableRow>& rows, size_t left_columns);

}  // namespace bouncewatch

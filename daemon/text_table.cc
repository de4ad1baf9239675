#include "daemon/text_table.h"

#include <algorithm>

namespace bouncewatch {
namespace {

constexpr size_t kMaxCell = 100;

}  // namespace

std::string TableCell(std::string_view text) {
  std::string cell(text.substr(0, kMaxCell));
  for (char& c : cell) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return cell.empty() ? "-" : cell;
}

std::string TextTable(const std::vector<TableRow>& rows, size_t left_columns) {
  std::vector<size_t> widths(rows.empty() ? 0 : rows[0].size());
  for (const TableRow& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string out;
  for (const TableRow& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      if (i > 0) line += "  ";
      const size_t padding = widths[i] - row[i].size();
      const bool last = i + 1 == row.size();
      if (i >= left_columns && !last) line.append(padding, ' ');
      line += row[i];
      if (i < left_columns && !last) line.append(padding, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  }
  return out;
}

}  // namespace bouncewatch

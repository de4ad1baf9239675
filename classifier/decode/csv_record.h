// One record of a CSV file, RFC 4180: fields between commas, quoted where they hold commas, quotes or
// newlines.
//
// Read strictly where it keeps records apart: a closing quote is followed by a comma or the record's end, or
// the record is broken. A quote inside a field that does not begin with one is a byte like others. Records
// may end in CRLF or LF. Pure; any bytes; linear.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace bouncewatch {

struct CsvField {
  std::string_view text;  // as it stands in the record, without the quotes around it
  bool is_plain = true;   // false: `text` has doubled quotes or newlines; see AppendPlainText
};

struct CsvRecord {
  static constexpr size_t kMaxFields = 256;
  std::array<CsvField, kMaxFields> fields;
  size_t size = 0;    // more than kMaxFields: the fields beyond are not kept
  size_t length = 0;  // bytes of the record with its line end
  size_t lines = 0;   // lines it stands on
};

enum class CsvResult {
  kRecord,
  kUnfinished,  // the text ends inside quotes, or without a newline
  kBroken,
};

// Reads the record that `text` begins with. Views in *record point into it. For a record that is not kRecord,
// *record is not to be used.
CsvResult ReadCsvRecord(std::string_view text, CsvRecord* record);

// What a field means, on one line: doubled quotes made single, each newline a blank. Appended to *out, at
// most text.size() bytes.
void AppendPlainText(std::string_view text, std::string* out);

}  // namespace bouncewatch

#include "classifier/decode/csv_record.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace bouncewatch {
namespace {

std::vector<std::string> Fields(const CsvRecord& record) {
  std::vector<std::string> fields;
  for (size_t i = 0; i < record.size; ++i) {
    std::string& text = fields.emplace_back(record.fields[i].text);
    if (record.fields[i].is_plain) continue;
    text.clear();
    AppendPlainText(record.fields[i].text, &text);
  }
  return fields;
}

struct Case {
  const char* text;
  CsvResult result;
  std::vector<std::string> fields;
  size_t length;
};

TEST(ReadCsvRecord, ReadsTheFirstRecord) {
  const Case cases[] = {
      {"a,b\nc\n", CsvResult::kRecord, {"a", "b"}, 4},
      {"a,b\r\nc\n", CsvResult::kRecord, {"a", "b"}, 5},
      {"\n", CsvResult::kRecord, {""}, 1},
      {",\n", CsvResult::kRecord, {"", ""}, 2},
      {"\"\"\n", CsvResult::kRecord, {""}, 3},
      {"\"a,b\",c\n", CsvResult::kRecord, {"a,b", "c"}, 8},
      {"\"a\"\"b\",\"\"\"\"\r\n", CsvResult::kRecord, {"a\"b", "\""}, 13},
      {"\"a\nb\r\nc\",d\n", CsvResult::kRecord, {"a b c", "d"}, 11},
      {"a\"b\"c,\rd\r\n", CsvResult::kRecord, {"a\"b\"c", "\rd"}, 10},
      {"a,\"b\n", CsvResult::kUnfinished, {}, 0},
      {"a,\"b\"\"\nc\n", CsvResult::kUnfinished, {}, 0},
      {"", CsvResult::kUnfinished, {}, 0},
      {"a,b", CsvResult::kUnfinished, {}, 0},
      {"\"a\"b\n", CsvResult::kBroken, {}, 0},
      {"\"a\" ,b\n", CsvResult::kBroken, {}, 0},
      {"\"a\"\rb\n", CsvResult::kBroken, {}, 0},
  };
  const auto record = std::make_unique<CsvRecord>();
  for (const Case& c : cases) {
    const CsvResult result = ReadCsvRecord(c.text, record.get());
    EXPECT_EQ(result, c.result) << c.text;
    if (result != CsvResult::kRecord) continue;
    EXPECT_EQ(Fields(*record), c.fields) << c.text;
    EXPECT_EQ(record->length, c.length) << c.text;
  }
}

TEST(ReadCsvRecord, CountsFieldsThatItDoesNotKeep) {
  const auto record = std::make_unique<CsvRecord>();
  ASSERT_EQ(ReadCsvRecord(std::string(1000, ',') + "\n", record.get()), CsvResult::kRecord);
  EXPECT_EQ(record->size, 1001u);
}

TEST(ReadCsvRecord, CountsTheLinesOfARecord) {
  const auto record = std::make_unique<CsvRecord>();
  ASSERT_EQ(ReadCsvRecord("\"a\n\n\",\"\n\"\nb\n", record.get()), CsvResult::kRecord);
  EXPECT_EQ(record->lines, 4u);
}

}  // namespace
}  // namespace bouncewatch

// A decoder that is stopped and started again after every line, from what it saved and what was kept with the
// file, sees the same events. On the invented logs of tests/corpus/<format>/<name>.log.
#include <gtest/gtest.h>

#include <algorithm>

#include "classifier/decode/formats.h"
#include "tests/support/decode_log.h"
#include "tests/support/event_text.h"

namespace bouncewatch {
namespace {

std::vector<std::filesystem::path> Logs() {
  std::vector<std::filesystem::path> logs;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(
           std::filesystem::path(BOUNCEWATCH_SOURCE_DIR) / "tests" / "corpus")) {
    if (entry.path().extension() == ".log") logs.push_back(entry.path());
  }
  std::sort(logs.begin(), logs.end());
  return logs;
}

class Restart : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(Restart, AfterEveryLineChangesNothing) {
  const Format* format = FindFormat(GetParam().parent_path().filename().string());
  ASSERT_NE(format, nullptr);
  const std::string text = ReadWholeFile(GetParam());
  DecoderOptions options;
  options.queue_slots = 1024;
  FileState whole = FileBefore2027(), file = FileBefore2027();
  const auto want = EventTexts(format->make_decoder(options).get(), text, text.size(), &whole);
  std::vector<std::string> got, records;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
    const auto decoder = format->make_decoder(options);
    for (const std::string& record : records) ASSERT_TRUE(decoder->LoadRecord(record));
    for (std::string& event :
         EventTexts(decoder.get(), std::string_view(text).substr(at, end - at), end - at, &file)) {
      got.push_back(std::move(event));
    }
    std::string record;
    if (decoder->SaveChanges(&record)) records.clear();
    if (!record.empty()) records.push_back(record);
    ASSERT_LE(file.notes.size(), FileState::kNotesMax);
    at = end;
  }
  EXPECT_EQ(got, want);
}

INSTANTIATE_TEST_SUITE_P(Logs, Restart, testing::ValuesIn(Logs()), [](const auto& test) {
  std::string name = test.param.parent_path().filename().string() + "_" + test.param.stem().string();
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace bouncewatch

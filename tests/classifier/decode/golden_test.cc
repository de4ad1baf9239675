// Whole invented logs: tests/corpus/<format>/<name>.log with the events they tell beside them in
// <name>.events, and behind those, as "shape=count", what was left out. However the log is cut into pieces,
// the events are the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "classifier/decode/decoder_set.h"
#include "classifier/text.h"
#include "tests/support/decode_log.h"
#include "tests/support/event_text.h"

namespace bouncewatch {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> Logs() {
  std::vector<fs::path> logs;
  for (const auto& entry :
       fs::recursive_directory_iterator(fs::path(BOUNCEWATCH_SOURCE_DIR) / "tests/corpus")) {
    if (entry.path().extension() == ".log") logs.push_back(entry.path());
  }
  std::sort(logs.begin(), logs.end());
  return logs;
}

std::string Decoded(const std::string& log, const Format& format, size_t piece) {
  const std::unique_ptr<Decoder> decoder = NewDecoderSet(&format, DecoderOptions());
  FileState file = FileBefore2027();
  std::string text;
  for (const std::string& event : EventTexts(decoder.get(), log, piece, &file)) text += event + "\n";
  for (int i = 0; i < kLineShapeCount; ++i) {
    const uint64_t count = decoder->counters().by_shape[i];
    if (count > 0) absl::StrAppendFormat(&text, "%s=%d\n", LineShapeName(static_cast<LineShape>(i)), count);
  }
  EXPECT_EQ(decoder->counters().lines, static_cast<uint64_t>(std::count(log.begin(), log.end(), '\n')));
  return text;
}

class Golden : public ::testing::TestWithParam<fs::path> {};

TEST_P(Golden, TellsItsEvents) {
  const std::string name = GetParam().parent_path().filename();
  const Format* format = FindFormat(name);
  ASSERT_NE(format, nullptr) << name;
  const std::string log = ReadWholeFile(GetParam());
  EXPECT_EQ(DetectFormat(log), format);
  fs::path events = GetParam();
  events.replace_extension(".events");
  const std::string want = ReadWholeFile(events);
  EXPECT_EQ(Decoded(log, *format, log.size()), want);
  for (const size_t piece : {0, 100, 997, 5000}) EXPECT_EQ(Decoded(log, *format, piece), want) << piece;
}

std::string GoldenName(const ::testing::TestParamInfo<fs::path>& log) {
  std::string name = log.param.parent_path().filename().string() + "_" + log.param.stem().string();
  std::replace_if(
      name.begin(), name.end(), [](char c) { return !IsAlnum(c); }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Logs, Golden, ::testing::ValuesIn(Logs()), GoldenName);

}  // namespace
}  // namespace bouncewatch

// Invented logs in tests/corpus/decode with what each must decode to. A log's name begins with its format's;
// what is expected lies beside it with the ending ".events": one event a line, then what was left out, by
// shape.
//
// BOUNCEWATCH_UPDATE_GOLDEN=1 writes the ".events" anew; read the difference before you commit it.
#include <gtest/gtest.h>

#include "classifier/decode/formats.h"
#include "tests/support/decode_log.h"

namespace bouncewatch {
namespace {

std::filesystem::path Corpus() {
  return std::filesystem::path(BOUNCEWATCH_SOURCE_DIR) / "tests" / "corpus" / "decode";
}

std::vector<std::string> LogNames() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(Corpus())) {
    if (entry.path().extension() == ".log") names.push_back(entry.path().stem());
  }
  std::sort(names.begin(), names.end());
  return names;
}

const Format* FormatOf(const std::string& name) {
  return FindFormat(name.substr(0, name.find('-')));
}

std::string EventLines(const std::vector<DecodedEvent>& events) {
  std::string text;
  for (const DecodedEvent& event : events) text += EventLine(event) + "\n";
  return text;
}

std::string ShapeLines(const Decoder& decoder) {
  std::string text;
  for (int i = 0; i < kLineShapeCount; ++i) {
    const auto shape = static_cast<LineShape>(i);
    if (ShapeCount(decoder, shape) == 0) continue;
    text +=
        absl::StrFormat("left out: %s %d\n", std::string(LineShapeName(shape)), ShapeCount(decoder, shape));
  }
  return text;
}

class Golden : public testing::TestWithParam<std::string> {};

TEST_P(Golden, DecodesToWhatIsWrittenBesideIt) {
  const Format* format = FormatOf(GetParam());
  ASSERT_NE(format, nullptr);
  const std::string text = ReadWholeFile(Corpus() / (GetParam() + ".log"));
  const auto decoder = format->make_decoder({});
  const std::string got = EventLines(DecodeAll(decoder.get(), text)) + ShapeLines(*decoder);
  const auto expected = Corpus() / (GetParam() + ".events");
  if (std::getenv("BOUNCEWATCH_UPDATE_GOLDEN") != nullptr) std::ofstream(expected, std::ios::binary) << got;
  EXPECT_EQ(got, ReadWholeFile(expected));
  EXPECT_EQ(decoder->counters().lines, static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n')));
}

TEST_P(Golden, IsToldFromOtherFormats) {
  const Format* told = DetectFormat(ReadWholeFile(Corpus() / (GetParam() + ".log")));
  ASSERT_NE(told, nullptr);
  EXPECT_EQ(told->name, FormatOf(GetParam())->name);
}

// A decoder that is stopped and started again after every line, from what it saved, sees the same events.
TEST_P(Golden, ARestartAfterEveryLineChangesNothing) {
  const Format* format = FormatOf(GetParam());
  ASSERT_NE(format, nullptr);
  const std::string text = ReadWholeFile(Corpus() / (GetParam() + ".log"));
  DecoderOptions options;
  options.queue_slots = 1024;
  const auto whole = format->make_decoder(options);
  const std::string expected = EventLines(DecodeAll(whole.get(), text));
  std::vector<DecodedEvent> events;
  std::vector<std::string> records;
  FileState file = FileBefore2027();
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
    const auto decoder = format->make_decoder(options);
    for (const std::string& record : records) ASSERT_TRUE(decoder->LoadRecord(record));
    DecodeInto(decoder.get(), std::string_view(text).substr(at, end - at), &file, &events);
    std::string record;
    if (decoder->SaveChanges(&record)) records.clear();
    if (!record.empty()) records.push_back(record);
    ASSERT_LE(file.notes.size(), FileState::kNotesMax);
    at = end;
  }
  EXPECT_EQ(EventLines(events), expected);
}

INSTANTIATE_TEST_SUITE_P(Logs, Golden, testing::ValuesIn(LogNames()), [](const auto& test) {
  std::string name = test.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace bouncewatch

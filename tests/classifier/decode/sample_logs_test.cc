// Logs that others wrote, where they lie beside the checkout: every delivery line is read, and there are as
// many events of each outcome as a plain count of the lines says.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "classifier/decode/decoder_set.h"
#include "tests/support/decode_log.h"

namespace bouncewatch {
namespace {

using Counts = std::array<uint64_t, kOutcomeCount>;

// What tells a line of an outcome, without any parsing.
struct Mark {
  std::string_view text;
  bool at_line_start;
  Outcome outcome;
  uint64_t events = 1;
};

Counts CountLines(std::string_view log, const std::vector<Mark>& marks) {
  Counts counts{};
  while (!log.empty()) {
    const std::string_view line = log.substr(0, log.find('\n'));
    log.remove_prefix(std::min(line.size() + 1, log.size()));
    for (const Mark& mark : marks) {
      const bool fits =
          mark.at_line_start ? line.starts_with(mark.text) : line.find(mark.text) != std::string_view::npos;
      if (!fits) continue;
      counts[static_cast<size_t>(mark.outcome)] += mark.events;
      break;
    }
  }
  return counts;
}

struct Result {
  Counts counts{};
  uint64_t faults = 0;
  std::string format;
};

Result Decode(std::string_view log) {
  const auto decoder = NewDecoderSet(nullptr, DecoderOptions());
  Result result;
  FileState file;
  EventBatch batch;
  while (!log.empty()) {
    log.remove_prefix(decoder->Decode(log, &file, &batch));
    for (size_t i = 0; i < batch.size; ++i) {
      const DeliveryEvent& event = batch.events[i];
      result.counts[static_cast<size_t>(event.outcome)] += event.repeat;
      EXPECT_FALSE(event.recipient_domain.empty());
      EXPECT_GT(event.time_s, 1'000'000'000);
    }
  }
  for (int i = 0; i < kLineShapeCount; ++i) {
    if (!IsLeftOutOnPurpose(static_cast<LineShape>(i))) result.faults += decoder->counters().by_shape[i];
  }
  result.format = file.format;
  return result;
}

struct Sample {
  const char* file;
  const char* format;
  uint64_t faults;
  std::vector<Mark> marks;
};

const Sample kSamples[] = {
    {"powermta/ext-real-v3-line-sanitised.csv", "powermta", 0, {{"d,", true, Outcome::kDelivered}}},
    {"powermta/synthetic-v4-v5.csv",
     "powermta",
     0,
     {{"message-expired", false, Outcome::kExpired},
      {"d,", true, Outcome::kDelivered},
      {"b,", true, Outcome::kBounced},
      {"t,", true, Outcome::kDeferred}}},
    // One line is cut down to two fields by the documentation it stands in: no time, no recipient.
    {"kumomta/ext-docs-examples.jsonl",
     "kumomta",
     1,
     {{R"({"type":"Delivery",)", true, Outcome::kDelivered}}},
    {"kumomta/synthetic-bounces.jsonl",
     "kumomta",
     0,
     {{R"({"type":"Bounce",)", true, Outcome::kBounced},
      {R"("recipient":["a@sink.test","b@sink.test"])", false, Outcome::kDeferred, 2}}},
    {"halon/synthetic-from-hsl-modules.jsonl",
     "halon",
     0,
     {{R"("status":"failed","result_code":5)", false, Outcome::kBounced},
      {R"("action":"QUEUE")", false, Outcome::kDeferred}}},
};

TEST(SampleLogs, AreReadWhole) {
  if (!std::filesystem::exists(RealLogs() / "powermta")) GTEST_SKIP() << "no sample logs at " << RealLogs();
  for (const Sample& sample : kSamples) {
    SCOPED_TRACE(sample.file);
    const std::string log = ReadWholeFile(RealLogs() / sample.file);
    ASSERT_FALSE(log.empty());
    const Result result = Decode(log);
    EXPECT_EQ(result.format, sample.format);
    EXPECT_EQ(result.faults, sample.faults);
    EXPECT_EQ(result.counts, CountLines(log, sample.marks));
  }
}

}  // namespace
}  // namespace bouncewatch

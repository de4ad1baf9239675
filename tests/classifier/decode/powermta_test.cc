#include "classifier/decode/powermta.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/support/event_text.h"

namespace bouncewatch {
namespace {

constexpr char kHeader[] = "type,timeLogged,orig,rcpt,dsnDiag\n";

std::string Record(const std::string& to, const std::string& diagnosis) {
  return "d,1772600767,a@example.net," + to + "@example.org," + diagnosis + "\n";
}

struct Decoded {
  std::vector<std::string> events;
  DecoderCounters counters;
  FileState file;
  uint64_t count(LineShape shape) const { return counters.by_shape[static_cast<size_t>(shape)]; }
};

Decoded Decode(const std::string& log, size_t piece, FileState file = {}) {
  const auto decoder = NewPowerMtaDecoder(DecoderOptions());
  Decoded decoded;
  decoded.file = std::move(file);
  decoded.events = EventTexts(decoder.get(), log, piece, &decoded.file);
  decoded.counters = decoder->counters();
  return decoded;
}

TEST(PowerMta, AnotherDecoderGoesOnInsideARecord) {
  const std::string log = kHeader + Record("a", "\"smtp;250 one\n\ntwo\"") + Record("b", "smtp;250 ok");
  const Decoded whole = Decode(log, log.size());
  ASSERT_EQ(whole.events.size(), 2u);
  EXPECT_TRUE(whole.events[0].ends_with("reply=250 one  two")) << whole.events[0];
  for (size_t cut = log.find('\n') + 1; cut < log.size(); cut = log.find('\n', cut) + 1) {
    const Decoded first = Decode(log.substr(0, cut), cut);
    const Decoded second = Decode(log.substr(cut), log.size(), first.file);
    std::vector<std::string> events = first.events;
    events.insert(events.end(), second.events.begin(), second.events.end());
    EXPECT_EQ(events, whole.events) << cut;
    EXPECT_EQ(first.counters.lines + second.counters.lines, whole.counters.lines);
  }
}

TEST(PowerMta, FilesDoNotShareAHeader) {
  const auto decoder = NewPowerMtaDecoder(DecoderOptions());
  FileState with, without;
  EventTexts(decoder.get(), kHeader, 1000, &with);
  EXPECT_EQ(EventTexts(decoder.get(), Record("a", "smtp;250 ok"), 1000, &without).size(), 0u);
  EXPECT_EQ(EventTexts(decoder.get(), Record("a", "smtp;250 ok"), 1000, &with).size(), 1u);
  EXPECT_EQ(decoder->counters().by_shape[static_cast<size_t>(LineShape::kNoHeader)], 1u);
}

TEST(PowerMta, ARecordTooLongCostsItsFirstLineOnly) {
  std::string log = kHeader + Record("a", "\"smtp;250 never closed");
  for (int i = 0; i < 2000; ++i) log += Record("b" + std::to_string(i), "smtp;250 ok");
  for (const size_t piece : {log.size(), size_t{0}, size_t{1000}, size_t{70'000}}) {
    const Decoded decoded = Decode(log, piece);
    EXPECT_EQ(decoded.events.size(), 2000u) << piece;
    EXPECT_EQ(decoded.count(LineShape::kTooLong), 1u) << piece;
    EXPECT_EQ(decoded.counters.lines, 2002u) << piece;
    EXPECT_LE(decoded.file.notes.size(), FileState::kNotesMax);
  }
}

TEST(PowerMta, NotesStayBoundedWhateverComes) {
  std::string log = kHeader;
  for (int i = 0; i < 20'000; ++i) log += "\"\"\"\n,\"x\"\"\n";
  const auto decoder = NewPowerMtaDecoder(DecoderOptions());
  FileState file;
  EventBatch batch;
  for (std::string_view lines = log; !lines.empty();) {
    const size_t length = lines.find('\n') + 1;
    for (std::string_view line = lines.substr(0, length); !line.empty();) {
      line.remove_prefix(decoder->Decode(line, &file, &batch));
      ASSERT_LE(file.notes.size(), FileState::kNotesMax);
    }
    lines.remove_prefix(length);
  }
  EXPECT_EQ(decoder->counters().lines, static_cast<uint64_t>(std::count(log.begin(), log.end(), '\n')));
}

TEST(PowerMta, DamagedNotesAreNoHeader) {
  for (const char* notes :
       {"x", "type\n", "type,a\nb", "\n\"", "type,timeLogged,\"\nd,1,", "\"type\"x,timeLogged\n"}) {
    FileState file;
    file.notes = notes;
    EXPECT_EQ(Decode(Record("a", "smtp;250 ok"), 1000, file).events.size(), 0u) << notes;
  }
}

TEST(PowerMta, IsToldByItsHeaderAlone) {
  EXPECT_EQ(ScorePowerMtaLine("type,timeLogged,orig"), kCertain);
  EXPECT_EQ(ScorePowerMtaLine("type,orig,timeLogged,rcpt"), kCertain);
  EXPECT_EQ(ScorePowerMtaLine("\xef\xbb\xbftype,timeLogged,orig"), kCertain);
  EXPECT_EQ(ScorePowerMtaLine("d,2026-03-04 05:06:07+0000,a,b"), kNotTold);
  EXPECT_EQ(ScorePowerMtaLine("type,name"), kNotTold);
}

}  // namespace
}  // namespace bouncewatch

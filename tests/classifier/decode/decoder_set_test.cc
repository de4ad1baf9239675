#include "classifier/decode/decoder_set.h"

#include <gtest/gtest.h>

#include <string>

namespace bouncewatch {
namespace {

constexpr std::string_view kActive =
    "2026-11-23T03:18:32Z mx postfix/qmgr[1]: 9E6187D: from=<s@example.net>, size=1, nrcpt=1 (queue "
    "active)\n";
constexpr std::string_view kSent =
    "2026-11-23T03:18:33Z mx postfix/smtp[2]: 9E6187D: to=<u@example.org>, "
    "relay=mx.example.org[192.0.2.1]:25, "
    "delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 Ok)\n";

// The sender domain of the one event in `lines`; "none" when there is no event.
std::string SenderIn(Decoder* decoder, std::string_view lines, FileState* file) {
  EventBatch batch;
  std::string sender = "none";
  while (!lines.empty()) {
    lines.remove_prefix(decoder->Decode(lines, file, &batch));
    if (batch.size > 0) sender = batch.events[0].sender_domain;
  }
  return sender;
}

uint64_t Untold(const Decoder& decoder) {
  return decoder.counters().by_shape[static_cast<size_t>(LineShape::kUnknownFormat)];
}

TEST(DecoderSet, TellsTheFormatOfAFileAndKeepsIt) {
  const auto decoder = NewDecoderSet(nullptr, DecoderOptions());
  FileState file;
  EXPECT_EQ(SenderIn(decoder.get(), kActive, &file), "none");
  EXPECT_EQ(file.format, "postfix");
  EXPECT_EQ(SenderIn(decoder.get(), kSent, &file), "example.net");
}

TEST(DecoderSet, FilesOfOneFormatShareWhatIsKnownOfMessages) {
  const auto decoder = NewDecoderSet(nullptr, DecoderOptions());
  FileState old_file, new_file;
  SenderIn(decoder.get(), kActive, &old_file);
  EXPECT_EQ(SenderIn(decoder.get(), kSent, &new_file), "example.net");
}

TEST(DecoderSet, CountsLinesOfAnUntoldFileAndAsksAgain) {
  const auto decoder = NewDecoderSet(nullptr, DecoderOptions());
  FileState file;
  EXPECT_EQ(SenderIn(decoder.get(), "hello\nworld\n", &file), "none");
  EXPECT_EQ(Untold(*decoder), 2u);
  EXPECT_EQ(decoder->counters().lines, 2u);
  EXPECT_EQ(file.format, "");
  EXPECT_EQ(SenderIn(decoder.get(), kSent, &file), "");
  EXPECT_EQ(Untold(*decoder), 2u);
  EXPECT_EQ(decoder->counters().lines, 3u);
}

TEST(DecoderSet, AGivenFormatNeedsNoTellingAndForgetsNotesOfAnother) {
  const auto decoder = NewDecoderSet(FindFormat("postfix"), DecoderOptions());
  FileState file;
  file.format = "pigeon";
  file.notes = "feathers";
  SenderIn(decoder.get(), "hello\n", &file);
  EXPECT_EQ(file.format, "postfix");
  EXPECT_EQ(file.notes, "");
  EXPECT_EQ(Untold(*decoder), 0u);
}

TEST(DecoderSet, SavesAndLoadsItsMembers) {
  const auto first = NewDecoderSet(nullptr, DecoderOptions()),
             second = NewDecoderSet(nullptr, DecoderOptions());
  FileState file;
  SenderIn(first.get(), kActive, &file);
  std::string record;
  EXPECT_TRUE(first->SaveChanges(&record));
  ASSERT_TRUE(second->LoadRecord(record));
  EXPECT_EQ(SenderIn(second.get(), kSent, &file), "example.net");
}

TEST(DecoderSet, RefusesDamagedRecords) {
  const auto first = NewDecoderSet(nullptr, DecoderOptions());
  FileState file;
  SenderIn(first.get(), kActive, &file);
  std::string record;
  first->SaveChanges(&record);
  for (size_t cut = 1; cut < record.size(); ++cut) {
    const auto second = NewDecoderSet(nullptr, DecoderOptions());
    EXPECT_FALSE(second->LoadRecord(std::string_view(record).substr(0, cut))) << cut;
  }
  const auto second = NewDecoderSet(nullptr, DecoderOptions());
  EXPECT_TRUE(second->LoadRecord(""));
}

TEST(DecoderSet, PassesOverRecordsOfFormatsItDoesNotKnow) {
  const auto decoder = NewDecoderSet(nullptr, DecoderOptions());
  EXPECT_TRUE(decoder->LoadRecord(std::string("\6pigeon\3\0\0\0abc", 14)));
}

}  // namespace
}  // namespace bouncewatch

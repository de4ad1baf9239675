#include "daemon/source/file_source.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/support/tail_test.h"

namespace bouncewatch {
namespace {

namespace fs = std::filesystem;

using FileSourceTest = TailTest;

TEST_F(FileSourceTest, FollowsAFileThatGrows) {
  Start();
  EXPECT_EQ(ReadAll(), "");
  dir_.Write("mail.log", Lines("a", 3));
  EXPECT_EQ(ReadAll(), Lines("a", 3));
  dir_.Append("mail.log", Lines("b", 2));
  EXPECT_EQ(ReadAll(), Lines("b", 2));
  EXPECT_EQ(source_->stats().lag_bytes, 0u);
}

TEST_F(FileSourceTest, WaitsForTheRestOfALine) {
  Start();
  dir_.Write("mail.log", "one\ntw");
  EXPECT_EQ(ReadAll(), "one\n");
  dir_.Append("mail.log", "o");
  EXPECT_EQ(ReadAll(), "");
  dir_.Append("mail.log", "\nthree\n");
  EXPECT_EQ(ReadAll(), "two\nthree\n");
}

TEST_F(FileSourceTest, CountsAnUnfinishedLineOnceAcrossARestart) {
  Start();
  dir_.Write("mail.log", "one\ntw");
  EXPECT_EQ(ReadAll(), "one\n");
  Stop();
  dir_.Append("mail.log", "o\n");
  Start();
  EXPECT_EQ(ReadAll(), "two\n");
}

TEST_F(FileSourceTest, StartsAtTheEndWhenAskedTo) {
  dir_.Write("mail.log", Lines("old", 50'000) + "unfinis");
  options_.start_at = StartAt::kEnd;
  Start();
  EXPECT_EQ(ReadAll(), "");
  dir_.Append("mail.log", "hed\nnew\n");
  EXPECT_EQ(ReadAll(), "unfinished\nnew\n");
  Stop();
  dir_.Append("mail.log", "later\n");
  Start();
  EXPECT_EQ(ReadAll(), "later\n");
}

TEST_F(FileSourceTest, ReadsBothSidesOfARotation) {
  dir_.Write("mail.log", Lines("a", 3));
  options_.rotate_wait = std::chrono::hours(1);
  Start();
  EXPECT_EQ(ReadAll(), Lines("a", 3));
  dir_.Append("mail.log", Lines("b", 2));
  Rename("mail.log", "mail.log.1");
  dir_.Write("mail.log", Lines("c", 2));
  EXPECT_EQ(ReadAll(), Lines("b", 2) + Lines("c", 2));
  dir_.Append("mail.log.1", Lines("d", 1));  // the writer still holds the old file
  EXPECT_EQ(ReadAll(), Lines("d", 1));
  EXPECT_EQ(source_->stats().rotations, 1u);
}

TEST_F(FileSourceTest, ReadsThreeGenerationsInOrder) {
  dir_.Write("mail.log", Lines("a", 1));
  Start();
  ReadAll();
  Stop();
  dir_.Append("mail.log", Lines("b", 1));
  Rename("mail.log", "mail.log.2");
  dir_.Write("mail.log.1", Lines("c", 1));
  fs::last_write_time(dir_ / "mail.log.2", fs::file_time_type::clock::now() - std::chrono::hours(2));
  fs::last_write_time(dir_ / "mail.log.1", fs::file_time_type::clock::now() - std::chrono::hours(1));
  dir_.Write("mail.log", Lines("d", 1));
  Start();
  EXPECT_EQ(ReadAll(), Lines("b", 1) + Lines("c", 1) + Lines("d", 1));
}

TEST_F(FileSourceTest, FinishesAFileThatWasCompressedMeanwhile) {
  const std::string seen = Lines("a", 500), unseen = Lines("b", 500);
  dir_.Write("mail.log", seen);
  Start();
  EXPECT_EQ(ReadAll(), seen);
  Stop();
  dir_.Append("mail.log", unseen);
  Rename("mail.log", "mail.log.1");
  Compress("mail.log.1");
  dir_.Write("mail.log", Lines("c", 2));
  Start();
  EXPECT_EQ(ReadAll(), unseen + Lines("c", 2));
  Stop();
  Start();
  EXPECT_EQ(ReadAll(), "");
}

TEST_F(FileSourceTest, DoesNotReadARotatedFileAgainWhenThePatternMatchesIt) {
  const std::string text = Lines("a", 500);
  dir_.Write("mail.log", text);
  Start({"mail.log*"});
  EXPECT_EQ(ReadAll(), text);
  Rename("mail.log", "mail.log.1");
  dir_.Write("mail.log", Lines("b", 1));
  EXPECT_EQ(ReadAll(), Lines("b", 1));
  for (int i = 0; i < 6; ++i) Save();  // lets go of the rotated file
  Compress("mail.log.1");
  EXPECT_EQ(ReadAll(), "");
  Stop();
  Start({"mail.log*"});
  EXPECT_EQ(ReadAll(), "");
}

TEST_F(FileSourceTest, WaitsForACompressorToFinish) {
  const std::string text = Lines("a", 50'000);
  dir_.Write("mail.log", Lines("a", 10));
  Start();
  ReadAll();
  Stop();
  dir_.Write("plain", text);
  Compress("plain");
  const uintmax_t whole = fs::file_size(dir_ / "plain.gz");
  fs::remove(dir_ / "mail.log");
  fs::copy_file(dir_ / "plain.gz", dir_ / "mail.log.1.gz");
  fs::resize_file(dir_ / "mail.log.1.gz", whole / 2);
  dir_.Write("mail.log", Lines("b", 1));
  options_.rotate_wait = std::chrono::hours(1);
  Start();
  std::string read;
  int errors = 0;
  for (int i = 0; i < 100; ++i) {
    const absl::StatusOr<Chunk> chunk = source_->Read();
    if (chunk.ok()) read += chunk->lines;
    if (!chunk.ok()) ++errors;
  }
  EXPECT_EQ(errors, 1);
  EXPECT_TRUE(read.ends_with(Lines("b", 1)));  // its successor does not wait
  fs::copy_file(dir_ / "plain.gz", dir_ / "mail.log.1.gz", fs::copy_options::overwrite_existing);
  read += ReadAll();
  const size_t b = read.find(Lines("b", 1));
  read.erase(b, Lines("b", 1).size());
  EXPECT_EQ(Lines("a", 10) + read, text);
}

TEST_F(FileSourceTest, ReadsAFileOnceWhileItIsBeingCompressed) {
  dir_.Write("mail.log", Lines("a", 10));
  Start();
  ReadAll();
  Stop();
  dir_.Append("mail.log", Lines("b", 3));
  Rename("mail.log", "mail.log.1");
  ASSERT_TRUE(WriteCompressed(dir_ / "mail.log.1.gz", "half", archive_write_add_filter_gzip));
  dir_.Write("mail.log", Lines("c", 1));
  Start();
  EXPECT_EQ(ReadAll(), Lines("b", 3) + Lines("c", 1));
}

TEST_F(FileSourceTest, NoticesTruncation) {
  dir_.Write("mail.log", Lines("a", 100));
  Start();
  ReadAll();
  dir_.Write("mail.log", Lines("b", 2));
  EXPECT_EQ(ReadAll(), Lines("b", 2));
  EXPECT_EQ(source_->stats().truncations, 1u);
}

TEST_F(FileSourceTest, NoticesTruncationThatWasFilledUpAgain) {
  dir_.Write("mail.log", Lines("a", 10));
  Start();
  ReadAll();
  dir_.Write("mail.log", Lines("longer", 200));
  EXPECT_EQ(ReadAll(), Lines("longer", 200));
  EXPECT_EQ(source_->stats().truncations, 1u);
}

TEST_F(FileSourceTest, FinishesTheCopyOfATruncatedFile) {
  dir_.Write("mail.log", Lines("a", 100));
  Start();
  ReadAll();
  Stop();
  dir_.Append("mail.log", Lines("b", 5));
  fs::copy_file(dir_ / "mail.log", dir_ / "mail.log.1");
  dir_.Write("mail.log", Lines("c", 2));
  Start();
  EXPECT_EQ(ReadAll(), Lines("b", 5) + Lines("c", 2));
}

TEST_F(FileSourceTest, FindsNewFilesAndReadsEachOnce) {
  Start({"*.log", "mail*"});
  dir_.Write("mail.log", Lines("a", 2));
  EXPECT_EQ(ReadAll(), Lines("a", 2));
  fs::create_hard_link(dir_ / "mail.log", dir_ / "mail2.log");
  dir_.Write("other.log", Lines("b", 2));
  EXPECT_EQ(ReadAll(), Lines("b", 2));
}

TEST_F(FileSourceTest, ReadsADeletedFileToItsEnd) {
  dir_.Write("mail.log", Lines("a", 2));
  Start();
  ReadAll();
  dir_.Append("mail.log", Lines("b", 2) + "cut");
  fs::remove(dir_ / "mail.log");
  EXPECT_EQ(ReadAll(), Lines("b", 2) + "cut\n");
}

TEST_F(FileSourceTest, AReplayKnowsWhatWasFollowed) {
  dir_.Write("mail.log", Lines("a", 100));
  Start();
  ReadAll();
  Stop();
  const std::vector<FilePosition> positions = DecodePositions(states_.saved());
  ASSERT_EQ(positions.size(), 1u);
  EXPECT_EQ(positions[0].path, dir_ / "mail.log");
  EXPECT_EQ(positions[0].offset, Lines("a", 100).size());
}

constexpr char kPostfixLine[] =
    "Nov 23 03:16:50 mx postfix/smtp[309]: 9E6187D: to=<u@example.org>, relay=none, delay=3, delays=0/0/3/0, "
    "dsn=4.4.1, status=deferred (connect to mx.example.org[192.0.2.25]:25: Connection timed out)\n";

TEST_F(FileSourceTest, AFileThatDoesNotTellItsFormatWaitsUntilItDoes) {
  options_.tell_formats = true;
  dir_.Write("mail.log", "");
  Start();
  EXPECT_EQ(ReadAll(), "");
  dir_.Write("mail.log", Lines("a", 3));
  const absl::StatusOr<Chunk> refused = source_->Read();
  EXPECT_TRUE(absl::IsInvalidArgument(refused.status())) << refused.status();
  EXPECT_EQ(ReadAll(), "");  // not complained about again while it stays as it is
  dir_.Append("mail.log", kPostfixLine);
  EXPECT_EQ(ReadAll(), Lines("a", 3) + kPostfixLine);
}

TEST_F(FileSourceTest, AFileThatDoesNotTellDoesNotHoldUpOthers) {
  options_.tell_formats = true;
  dir_.Write("other.log", "hello\n");
  dir_.Write("mail.log", kPostfixLine);
  Start({"*.log"});
  absl::StatusOr<Chunk> chunk = source_->Read();
  if (!chunk.ok()) chunk = source_->Read();
  ASSERT_TRUE(chunk.ok()) << chunk.status();
  EXPECT_EQ(chunk->lines, kPostfixLine);
  EXPECT_EQ(chunk->file->format, "postfix");
}

TEST_F(FileSourceTest, ANewFileIsLikeTheOneThatHadItsNameBefore) {
  options_.tell_formats = true;
  dir_.Write("mail.log", kPostfixLine);
  Start();
  EXPECT_EQ(ReadAll(), kPostfixLine);
  Save();
  Rename("mail.log", "mail.log.1");
  dir_.Write("mail.log", Lines("a", 3));
  const absl::StatusOr<Chunk> chunk = source_->Read();
  ASSERT_TRUE(chunk.ok()) << chunk.status();
  EXPECT_EQ(chunk->lines, Lines("a", 3));
  EXPECT_EQ(chunk->file->format, "postfix");
}

}  // namespace
}  // namespace bouncewatch

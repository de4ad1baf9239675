// The scenarios of docs/tailing.md that need no more than files, by their numbers there. What it takes a real
// logrotate, syslog daemon or journal to show is in tests/system.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <string>

#include "tests/support/tail_test.h"

namespace bouncewatch {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;
using TailScenario = TailTest;

uint64_t InodeOf(const std::string& path) {
  return StatFile(path).value_or(FileFacts()).inode;
}

TEST_F(TailScenario, S01AppendsLineByLine) {
  Start();
  std::string written, read;
  for (int i = 0; i < 200; ++i) {
    const std::string line = "line " + std::to_string(i) + "\n";
    dir_.Append("mail.log", line);
    written += line;
    if (i % 3 == 0) read += ReadAll();
  }
  EXPECT_EQ(read + ReadAll(), written);
}

TEST_F(TailScenario, S02ALineInThreePiecesWithPauses) {
  Start();
  for (const char* piece : {"one ", "two ", "three\n"}) {
    EXPECT_EQ(ReadAll(), "");
    dir_.Append("mail.log", piece);
    now_ += seconds(5);
  }
  EXPECT_EQ(ReadAll(), "one two three\n");
}

TEST_F(TailScenario, S03AnUnfinishedLineAcrossAKill) {
  dir_.Write("mail.log", "a\nb");
  Start();
  EXPECT_EQ(ReadAll(), "a\n");
  Save();
  EXPECT_EQ(ReadAll(), "");
  Kill();
  dir_.Append("mail.log", "c\n");
  Start();
  EXPECT_EQ(ReadAll(), "bc\n");
}

TEST_F(TailScenario, S04AnUnfinishedLastLineOfARotatedFile) {
  options_.rotate_wait = seconds(30);
  dir_.Write("mail.log", "a\nb");
  Start();
  EXPECT_EQ(ReadAll(), "a\n");
  Rename("mail.log", "mail.log.1");
  dir_.Write("mail.log", "c\n");
  EXPECT_EQ(ReadAll(), "c\n");
  now_ += seconds(29);
  EXPECT_EQ(ReadAll(), "");
  now_ += seconds(2);
  EXPECT_EQ(ReadAll(), "b\n");
  EXPECT_EQ(source_->stats().unterminated_lines, 1u);
  Stop();
  Start();
  EXPECT_EQ(ReadAll(), "");
}

TEST_F(TailScenario, S05HolesOfNulBytes) {
  dir_.Write("mail.log", "a\r\n" + std::string(70'000, '\0') + "b\rc\n");
  Start();
  EXPECT_EQ(ReadAll(), "a\r\nb\rc\n");  // the decoders take the '\r' off
  EXPECT_EQ(source_->stats().nul_bytes, 70'000u);
}

TEST_F(TailScenario, S06LinesThatAreTooLong) {
  dir_.Write("mail.log", "a\n" + std::string(1 << 20, 'x') + "\nb\n");
  Start();
  EXPECT_EQ(ReadAll(), "a\nb\n");
  EXPECT_EQ(source_->stats().lines_too_long, 1u);
  const std::string piece(10 << 20, 'y');
  for (int i = 0; i < 10; ++i) {
    dir_.Append("mail.log", piece);
    EXPECT_EQ(ReadAll(), "");
  }
  Stop();  // inside the line
  dir_.Append("mail.log", "still the same line\nc\n");
  Start();
  EXPECT_EQ(ReadAll(), "c\n");
}

TEST_F(TailScenario, S07EmptyLinesMoveTheOffset) {
  dir_.Write("mail.log", "\n \n\t\n");
  Start();
  ReadAll();
  Stop();
  const std::vector<FilePosition> positions = DecodePositions(states_.saved());
  ASSERT_EQ(positions.size(), 1u);
  EXPECT_EQ(positions[0].offset, 5u);
}

TEST_F(TailScenario, S08AnyBytesComeAsTheyAre) {
  std::string bytes;
  for (int i = 1; i < 256; ++i) bytes += static_cast<char>(i);  // '\n' among them
  dir_.Write("mail.log", bytes + "\n");
  Start();
  EXPECT_EQ(ReadAll(), bytes + "\n");
}

TEST_F(TailScenario, S09TheWriterKeepsTheRenamedFileForAWhile) {
  options_.rotate_wait = seconds(30);
  dir_.Write("mail.log", Lines("a", 2));
  Start();
  ReadAll();
  std::ofstream writer(dir_ / "mail.log", std::ios::app);
  Rename("mail.log", "mail.log.1");
  dir_.Write("mail.log", "");
  ReadAll();
  std::string written, read;
  for (int i = 0; i < 10; ++i) {
    now_ += seconds(1);
    Save();
    written += Lines("old", 1);
    writer << Lines("old", 1) << std::flush;
    read += ReadAll();
  }
  EXPECT_EQ(read, written);
  dir_.Append("mail.log", Lines("new", 2));
  EXPECT_EQ(ReadAll(), Lines("new", 2));
}

TEST_F(TailScenario, S10ThreeRotationsBetweenTwoLooks) {
  dir_.Write("mail.log", "0\n");
  Start();
  EXPECT_EQ(ReadAll(), "0\n");
  for (const char* text : {"1\n", "2\n", "3\n"}) {
    for (int i = 3; i > 0; --i) {
      const std::string from = "mail.log." + std::to_string(i);
      if (fs::exists(dir_ / from)) Rename(from, "mail.log." + std::to_string(i + 1));
    }
    Rename("mail.log", "mail.log.1");
    dir_.Write("mail.log", text);
  }
  EXPECT_EQ(ReadAll(), "1\n2\n3\n");
}

TEST_F(TailScenario, S10TheFirstRotationComesBeforeTheFirstCommit) {
  Start();
  ReadAll();
  dir_.Write("mail.log", "1\n");
  Rename("mail.log", "mail.log.1");
  dir_.Write("mail.log", "2\n");
  EXPECT_EQ(ReadAll(), "1\n2\n");
}

TEST_F(TailScenario, S11RotatedAndCompressedWhileRunning) {
  dir_.Write("mail.log", Lines("a", 100));
  Start();
  EXPECT_EQ(ReadAll(), Lines("a", 100));
  dir_.Append("mail.log", Lines("b", 100));
  Rename("mail.log", "mail.log.1");
  dir_.Write("mail.log", "c\n");
  Compress("mail.log.1");
  EXPECT_EQ(ReadAll(), Lines("b", 100) + "c\n");
  Save();
  EXPECT_EQ(ReadAll(), "");
  Stop();
  Start();
  EXPECT_EQ(ReadAll(), "");
}

struct Compressor {
  const char* suffix;
  int (*filter)(archive*);
};

class TailArchive : public TailTest, public ::testing::WithParamInterface<Compressor> {};

TEST_P(TailArchive, S12S14CompressedWhileDown) {
  dir_.Write("mail.log", Lines("a", 3000));
  Start();
  EXPECT_EQ(ReadAll(), Lines("a", 3000));
  Stop();
  dir_.Append("mail.log", Lines("b", 3000));
  Rename("mail.log", "mail.log.1");
  Compress("mail.log.1", GetParam().suffix, GetParam().filter);
  dir_.Write("mail.log", "c\n");
  Start();
  EXPECT_EQ(ReadAll(), Lines("b", 3000) + "c\n");
  Stop();
  Start();
  EXPECT_EQ(ReadAll(), "");
}

INSTANTIATE_TEST_SUITE_P(Compressors, TailArchive,
                         ::testing::Values(Compressor{".gz", archive_write_add_filter_gzip},
                                           Compressor{".zst", archive_write_add_filter_zstd},
                                           Compressor{".xz", archive_write_add_filter_xz},
                                           Compressor{".bz2", archive_write_add_filter_bzip2}),
                         [](const auto& test) { return std::string(test.param.suffix + 1); });

TEST_F(TailScenario, S13TwoRotationsWhileDownTheOlderCompressed) {
  dir_.Write("mail.log", Lines("a", 10));
  Start();
  ReadAll();
  Stop();
  dir_.Append("mail.log", Lines("b", 10));
  Rename("mail.log", "mail.log.2");
  Compress("mail.log.2");
  dir_.Write("mail.log.1", Lines("c", 10));
  dir_.Write("mail.log", Lines("d", 10));
  Start();
  EXPECT_EQ(ReadAll(), Lines("b", 10) + Lines("c", 10) + Lines("d", 10));
}

TEST_F(TailScenario, S15CopiedAndTruncatedWhileRunning) {
  dir_.Write("mail.log", Lines("a", 10));
  Start();
  std::string read = ReadAll();
  dir_.Append("mail.log", Lines("b", 10));
  CopyTruncate("mail.log.1");
  dir_.Append("mail.log", Lines("c", 2));
  read += ReadAll();
  EXPECT_EQ(read, Lines("a", 10) + Lines("b", 10) + Lines("c", 2));
  EXPECT_EQ(source_->stats().truncations, 1u);  // said: what was written in between is in no file
}

TEST_F(TailScenario, S15TheCopyIsSeenWhileItIsMade) {
  const std::string text = Lines("a", 500);
  dir_.Write("mail.log", text);
  Start();
  EXPECT_EQ(ReadAll(), text);
  for (const size_t size : {size_t{0}, size_t{1}, size_t{5000}, text.size()}) {
    dir_.Write("mail.log.1", text.substr(0, size));
    EXPECT_EQ(ReadAll(), "") << size;
  }
  dir_.Write("mail.log", "b\n");
  EXPECT_EQ(ReadAll(), "b\n");
}

TEST_F(TailScenario, S16S17CopiedAndTruncatedWhileDown) {
  for (const int refill : {2, 500}) {  // shorter than the offset; longer
    SCOPED_TRACE(refill);
    dir_.Append("mail.log", Lines("a", 100));
    Start();
    ReadAll();
    Stop();
    dir_.Append("mail.log", Lines("b", 5));
    CopyTruncate("mail.log." + std::to_string(refill));
    dir_.Append("mail.log", Lines("c", refill));
    Start();
    EXPECT_EQ(ReadAll(), Lines("b", 5) + Lines("c", refill));
    Stop();
  }
}

TEST_F(TailScenario, S18TruncatedAndRefilledPastTheOffset) {
  dir_.Write("mail.log", Lines("a", 10));
  Start();
  ReadAll();
  dir_.Append("mail.log", Lines("unread", 10));
  const uint64_t read = source_->stats().bytes_read;
  dir_.Write("mail.log", Lines("b", 1000));
  EXPECT_EQ(ReadAll(), Lines("b", 1000));
  EXPECT_EQ(source_->stats().truncations, 1u);
  EXPECT_EQ(source_->stats().bytes_read, read + Lines("b", 1000).size());
}

TEST_F(TailScenario, S18WhatWasSeenAndNotReadIsCountedAsLost) {
  dir_.Write("mail.log", Lines("a", 40'000));  // more than one read takes
  Start();
  ASSERT_TRUE(source_->Read().ok());
  const uint64_t read = source_->stats().bytes_read;
  dir_.Write("mail.log", "b\n");
  EXPECT_EQ(ReadAll(), "b\n");
  EXPECT_EQ(source_->stats().lost_bytes, Lines("a", 40'000).size() - read);
}

TEST_F(TailScenario, S19TruncatedToTheSameSizeWithOtherBytes) {
  dir_.Write("mail.log", Lines("a", 100));
  Start();
  ReadAll();
  dir_.Write("mail.log", Lines("b", 100));
  EXPECT_EQ(ReadAll(), Lines("b", 100));
}

TEST_F(TailScenario, S20S21ANewFileWithTheInodeOfADeletedOne) {
  for (const bool same_head : {false, true}) {
    SCOPED_TRACE(same_head);
    const std::string header = "type,timeLogged," + std::string(5000, 'h') + "\n";
    dir_.Write("mail.log", header + Lines("a", 10));
    Start();
    ReadAll();
    Stop();
    const uint64_t inode = InodeOf(dir_ / "mail.log");
    fs::remove(dir_ / "mail.log");
    const std::string text = (same_head ? header : "") + Lines("b", 20);
    dir_.Write("mail.log", text);
    if (InodeOf(dir_ / "mail.log") != inode) GTEST_LOG_(INFO) << "another inode: this proves less here";
    Start();
    EXPECT_EQ(ReadAll(), text);
    Stop();
    fs::remove(dir_ / "mail.log");
  }
}

TEST_F(TailScenario, S22DeletedAndStillWrittenTo) {
  options_.rotate_wait = seconds(30);
  dir_.Write("mail.log", "a\n");
  Start();
  ReadAll();
  const size_t open_before = source_->open_files();
  {
    std::ofstream writer(dir_ / "mail.log", std::ios::app);
    fs::remove(dir_ / "mail.log");
    writer << "b\n" << std::flush;
    EXPECT_EQ(ReadAll(), "b\n");
    now_ += seconds(60);
    Save();
    writer << "c\n" << std::flush;  // whoever still has it open may still write
    EXPECT_EQ(ReadAll(), "c\n");
  }
  now_ += seconds(60);
  ReadAll();
  Save();
  Save();
  EXPECT_EQ(source_->open_files(), open_before - 1);
}

TEST_F(TailScenario, S23TwoFilesThatBeginAlike) {
  const std::string header = "type,timeLogged," + std::string(5000, 'h') + "\n";
  dir_.Write("acct-1.csv", header + "d,1\n");
  dir_.Write("acct-2.csv", header + "d,2\n");
  Start({"acct-*.csv"});
  EXPECT_EQ(ReadAll(), header + "d,1\n" + header + "d,2\n");
  Stop();
  dir_.Append("acct-1.csv", "d,3\n");
  dir_.Write("acct-3.csv", header);  // might be any of them as yet
  Start({"acct-*.csv"});
  std::string read = ReadAll();
  dir_.Append("acct-3.csv", "d,4\n");
  read += ReadAll();
  EXPECT_EQ(read.size(), header.size() + 8);
  EXPECT_NE(read.find("d,3\n"), std::string::npos);
  EXPECT_NE(read.find("d,4\n"), std::string::npos);
}

TEST_F(TailScenario, S24OneFileUnderManyNames) {
  dir_.Write("mail.log", Lines("a", 3));
  fs::create_hard_link(dir_ / "mail.log", dir_ / "hard.log");
  fs::create_symlink(dir_ / "mail.log", dir_ / "soft.log");
  Start({"*.log", "mail*", "mail.log"});
  EXPECT_EQ(ReadAll(), Lines("a", 3));
}

TEST_F(TailScenario, S25ALinkGetsAnotherTarget) {
  dir_.Write("day1", "1\n");
  fs::create_symlink(dir_ / "day1", dir_ / "current.log");
  Start({"current.log"});
  EXPECT_EQ(ReadAll(), "1\n");
  dir_.Append("day1", "1 again\n");
  dir_.Write("day2", "2\n");
  fs::remove(dir_ / "current.log");
  fs::create_symlink(dir_ / "day2", dir_ / "current.log");
  EXPECT_EQ(ReadAll(), "1 again\n2\n");
}

TEST_F(TailScenario, S26ASmallFileGrowsAndIsRotated) {
  dir_.Write("mail.log", "a\n");
  Start();
  std::string read = ReadAll();
  Save();
  dir_.Append("mail.log", Lines("b", 500));
  read += ReadAll();
  Save();
  Rename("mail.log", "mail.log.1");
  dir_.Write("mail.log", "a\n");
  read += ReadAll();
  EXPECT_EQ(read, "a\n" + Lines("b", 500) + "a\n");
}

TEST_F(TailScenario, S27NewFilesAndDirectories) {
  Start({"*/mail.log"});
  EXPECT_EQ(ReadAll(), "");
  fs::create_directory(dir_ / "a");
  dir_.Write("a/mail.log", "1\n");
  EXPECT_EQ(ReadAll(), "1\n");
  dir_.Append("a/mail.log", "2\n");
  Rename("a", "b");
  dir_.Append("b/mail.log", "3\n");
  EXPECT_EQ(ReadAll(), "2\n3\n");
}

TEST_F(TailScenario, S28TheQueueOfInotifyOverflows) {
  options_.scan_interval = options_.watched_scan_interval = std::chrono::hours(1);
  dir_.Write("a.log", "");
  dir_.Write("b.log", "");
  Start({"*.log"});
  ReadAll();
  std::ofstream a(dir_ / "a.log", std::ios::app), b(dir_ / "b.log", std::ios::app);
  const size_t lines = 40'000;  // fs.inotify.max_queued_events is 16384 unless somebody raised it
  for (size_t i = 0; i < lines; ++i) (i % 2 == 0 ? a : b) << "x\n" << std::flush;
  EXPECT_EQ(ReadAll().size(), 2 * lines);
}

TEST_F(TailScenario, S29WithoutEvents) {
  options_.use_inotify = false;
  options_.scan_interval = milliseconds(200);
  options_.watched_scan_interval = std::chrono::hours(1);
  Start();
  ReadAll();
  dir_.Write("mail.log", "a\n");
  now_ += milliseconds(200);
  EXPECT_EQ(ReadAll(), "a\n");
  dir_.Append("mail.log", "b\n");
  now_ += milliseconds(200);
  EXPECT_EQ(ReadAll(), "b\n");
}

// The superuser may read everything, so the refusal is one that holds for him too.
TEST_F(TailScenario, S30AFileThatCannotBeOpenedYet) {
  fs::create_symlink(dir_ / "mail.log", dir_ / "mail.log");  // leads to itself
  dir_.Write("other.log", "other\n");
  Start({"*.log"});
  int refused = 0;
  std::string read;
  for (int i = 0; i < 10; ++i) {
    now_ += seconds(1);
    const absl::StatusOr<Chunk> chunk = source_->Read();
    if (chunk.ok()) read += chunk->lines;
    if (!chunk.ok()) ++refused;
  }
  EXPECT_EQ(read, "other\n");
  EXPECT_GE(refused, 2);  // told each time it is tried
  fs::remove(dir_ / "mail.log");
  dir_.Write("mail.log", "a\n");
  now_ += seconds(1);
  EXPECT_EQ(ReadAll(), "a\n");
}

TEST_F(TailScenario, S30PermissionIsGrantedLater) {
  if (::geteuid() == 0) GTEST_SKIP() << "the superuser may read everything";
  dir_.Write("mail.log", "a\n");
  ::chmod((dir_ / "mail.log").c_str(), 0);
  Start();
  EXPECT_TRUE(absl::IsPermissionDenied(source_->Read().status()));
  ::chmod((dir_ / "mail.log").c_str(), 0600);
  now_ += seconds(1);
  EXPECT_EQ(ReadAll(), "a\n");
}

TEST_F(TailScenario, S35AnOlderBackupOfTheStore) {
  dir_.Write("mail.log", Lines("a", 10));
  dir_.Write("gone.log", Lines("g", 10));
  Start({"*.log"});
  ReadAll();
  Save();
  const StateTable backup = states_;
  dir_.Append("mail.log", Lines("b", 10));
  dir_.Append("gone.log", Lines("h", 10));
  ReadAll();
  Stop();
  fs::remove(dir_ / "gone.log");
  states_ = backup;
  Start({"*.log"});
  EXPECT_EQ(ReadAll(), Lines("b", 10));        // what still exists is read again
  EXPECT_EQ(source_->stats().lost_files, 1u);  // what does not is told
}

}  // namespace
}  // namespace bouncewatch

#include "daemon/source/replay_source.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/support/compressed_file.h"
#include "tests/support/state_table.h"
#include "tests/support/temp_dir.h"

namespace bouncewatch {
namespace {

std::string Log(const std::string& stamp, int lines) {
  std::string text;
  for (int i = 0; i < lines; ++i) text += stamp + " mx postfix/smtp[1]: line " + std::to_string(i) + "\n";
  return text;
}

std::unique_ptr<ReplaySource> Open(const std::vector<std::string>& paths, const SavedStates& saved = {},
                                   int year = 0) {
  ReplayOptions options;
  options.paths = paths;
  options.year = year;
  absl::StatusOr<std::unique_ptr<ReplaySource>> source = ReplaySource::Open(options, saved);
  EXPECT_TRUE(source.ok()) << source.status();
  return source.ok() ? *std::move(source) : nullptr;
}

std::string ReadAll(ReplaySource* source, int* errors = nullptr) {
  std::string text;
  while (!source->done()) {
    const absl::StatusOr<Chunk> chunk = source->Read();
    if (chunk.ok()) {
      text += chunk->lines;
    } else if (errors != nullptr) {
      ++*errors;
    }
  }
  return text;
}

TEST(ReplaySource, OrdersFilesByTheirFirstStamp) {
  const TempDir dir;
  const std::string c = dir.Write("a", "no stamp here\n<22>1 2026-11-23T05:00:00+00:00 mx x - - - c\n");
  const std::string b = dir.Write("b", "2026-11-23T05:30:00+01:00 mx x: b\n");
  const std::string a = dir.Write("c", "2026-11-23T04:00:00Z mx x: a\n");
  EXPECT_EQ(Open({c, b, a})->ordered_paths(), (std::vector<std::string>{a, b, c}));
}

TEST(ReplaySource, OrdersAcrossTheTurnOfTheYear) {
  const TempDir dir;
  const std::string january = dir.Write("mail.log", "Jan  1 00:00:10 mx x: new\n");
  const std::string december = dir.Write("mail.log.1", "Dec 31 23:00:00 mx x: old\n");
  EXPECT_EQ(Open({january, december})->ordered_paths(), (std::vector<std::string>{december, january}));
}

TEST(ReplaySource, ReadsCompressedFilesLikePlainOnes) {
  const TempDir dir;
  const std::string text = Log("2026-11-23T03:00:00Z", 20'000);
  const struct {
    const char* name;
    int (*add_filter)(archive*);
  } kCases[] = {{"x.gz", archive_write_add_filter_gzip},
                {"x.zst", archive_write_add_filter_zstd},
                {"x.xz", archive_write_add_filter_xz},
                {"x.bz2", archive_write_add_filter_bzip2}};
  for (const auto& test : kCases) {
    const std::string path = dir / test.name;
    ASSERT_TRUE(WriteCompressed(path, text, test.add_filter)) << test.name;
    EXPECT_EQ(ReadAll(Open({path}).get()), text) << test.name;
  }
}

// As KumoMTA leaves a segment when it dies: blocks of 128 KiB, and no end of the frame.
TEST(ReplaySource, ReadsATornZstdFileAsFarAsItGoes) {
  const TempDir dir;
  const std::string text = Log("2026-11-23T03:00:00Z", 20'000);
  ASSERT_TRUE(WriteCompressed(dir / "whole", text, archive_write_add_filter_zstd));
  std::filesystem::resize_file(dir / "whole", std::filesystem::file_size(dir / "whole") - 5);
  int errors = 0;
  const std::string read = ReadAll(Open({dir / "whole"}).get(), &errors);
  EXPECT_EQ(errors, 1);
  EXPECT_TRUE(text.starts_with(read));
  EXPECT_GT(read.size(), text.size() - 128 * 1024 - 100);  // all but the block that was cut, and half a line
}

TEST(ReplaySource, EndsTheLastLine) {
  const TempDir dir;
  EXPECT_EQ(ReadAll(Open({dir.Write("a", "2026-11-23T03:00:00Z mx x: cut"), dir.Write("b", "")}).get()),
            "2026-11-23T03:00:00Z mx x: cut\n");
}

TEST(ReplaySource, ASecondReplayAddsNothing) {
  const TempDir dir;
  const std::string first = Log("2026-11-23T03:00:00Z", 3000), second = Log("2026-11-23T04:00:00Z", 10);
  const std::string a = dir.Write("mail.log", first), b = dir.Write("mail.log.1", second);
  StateTable states;
  const auto source = Open({a, b});
  EXPECT_EQ(ReadAll(source.get()), first + second);
  states.Save(source.get());

  std::filesystem::rename(b, dir / "renamed");
  ASSERT_TRUE(WriteCompressed(dir / "mail.log.2.gz", first, archive_write_add_filter_gzip));
  const auto again = Open({dir / "renamed", dir / "mail.log.2.gz", a}, states.saved());
  EXPECT_EQ(ReadAll(again.get()), "");
  EXPECT_EQ(again->files_known(), 3u);
  EXPECT_EQ(again->stats().lag_bytes, 0u);
}

TEST(ReplaySource, ReadsAFileThatIsGivenTwiceOnce) {
  const TempDir dir;
  const std::string text = Log("2026-11-23T03:00:00Z", 100);
  const std::string a = dir.Write("a", text), b = dir.Write("b", text);
  EXPECT_EQ(ReadAll(Open({a, b, a}).get()), text);
}

TEST(ReplaySource, GoesOnWhereAGrownFileWasLeft) {
  const TempDir dir;
  const std::string text = Log("2026-11-23T03:00:00Z", 3000);
  const std::string path = dir.Write("mail.log", text);
  StateTable states;
  const auto source = Open({path});
  ReadAll(source.get());
  states.Save(source.get());
  dir.Append("mail.log", "2026-11-23T03:00:01Z mx x: new\n");
  EXPECT_EQ(ReadAll(Open({path}, states.saved()).get()), "2026-11-23T03:00:01Z mx x: new\n");
  ASSERT_TRUE(WriteCompressed(dir / "grown.gz", text + "2026-11-23T03:00:02Z mx x: gz\n",
                              archive_write_add_filter_gzip));
  EXPECT_EQ(ReadAll(Open({dir / "grown.gz"}, states.saved()).get()), "2026-11-23T03:00:02Z mx x: gz\n");
}

TEST(ReplaySource, SavesThePositionInTheMiddleOfAFile) {
  const TempDir dir;
  const std::string text = Log("2026-11-23T03:00:00Z", 30'000);
  const std::string path = dir.Write("mail.log", text);
  StateTable states;
  const auto source = Open({path});
  const absl::StatusOr<Chunk> chunk = source->Read();
  ASSERT_TRUE(chunk.ok());
  const std::string first(chunk->lines);
  ASSERT_LT(first.size(), text.size());
  states.Save(source.get());
  EXPECT_EQ(first + ReadAll(Open({path}, states.saved()).get()), text);
}

TEST(ReplaySource, RefusesAFileThatDoesNotTellItsFormat) {
  const TempDir dir;
  const std::string untold = Log("2026-11-23T03:00:00Z", 10);
  const std::string told =
      "2026-11-23T04:00:00Z mx postfix/qmgr[1]: 9E6187D: from=<s@example.net>, size=1, nrcpt=1 (queue "
      "active)\n";
  ReplayOptions options;
  options.paths = {dir.Write("a", untold), dir.Write("b", told), dir.Write("c", "")};
  options.tell_formats = true;
  const auto source = ReplaySource::Open(options, {});
  ASSERT_TRUE(source.ok());
  int refused = 0;
  std::string text;
  while (!(*source)->done()) {
    const absl::StatusOr<Chunk> chunk = (*source)->Read();
    if (absl::IsInvalidArgument(chunk.status())) ++refused;
    if (!chunk.ok() || chunk->lines.empty()) continue;
    EXPECT_EQ(chunk->file->format, "postfix");
    text += chunk->lines;
  }
  EXPECT_EQ(refused, 1);
  EXPECT_EQ(text, told);
}

TEST(ReplaySource, KeepsTheYearOfAFile) {
  const TempDir dir;
  const std::string path = dir.Write("mail.log", "Nov 23 03:00:00 mx x: a\n");
  const auto source = Open({path}, {}, 2019);
  const absl::StatusOr<Chunk> chunk = source->Read();
  ASSERT_TRUE(chunk.ok() && chunk->file != nullptr);
  EXPECT_EQ(chunk->file->anchor.year, 2019);
  StateTable states;
  states.Save(source.get());
  dir.Append("mail.log", "Nov 23 03:00:01 mx x: b\n");
  const auto later = Open({path}, states.saved());
  const absl::StatusOr<Chunk> rest = later->Read();
  ASSERT_TRUE(rest.ok() && rest->file != nullptr);
  EXPECT_EQ(rest->file->anchor.year, 2019);
}

TEST(ReplaySource, ReportsACutArchiveAndGoesOn) {
  const TempDir dir;
  const std::string text = Log("2026-11-23T03:00:00Z", 20'000);
  ASSERT_TRUE(WriteCompressed(dir / "cut.gz", text, archive_write_add_filter_gzip));
  std::filesystem::resize_file(dir / "cut.gz", std::filesystem::file_size(dir / "cut.gz") / 2);
  const std::string good = dir.Write("good", "2026-11-23T05:00:00Z mx x: good\n");
  int errors = 0;
  const std::string read = ReadAll(Open({dir / "cut.gz", good}).get(), &errors);
  EXPECT_EQ(errors, 1);
  EXPECT_TRUE(read.ends_with("x: good\n"));
}

TEST(ReplaySource, FailsBeforeReadingWhenAFileIsMissing) {
  const TempDir dir;
  ReplayOptions options;
  options.paths = {dir.Write("a", "x\n"), dir / "absent"};
  EXPECT_TRUE(absl::IsNotFound(ReplaySource::Open(options, {}).status()));
}

}  // namespace
}  // namespace bouncewatch

#include "daemon/source/journal_source.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/temp_dir.h"

namespace bouncewatch {
namespace {

TEST(JournalLine, LooksLikeAnRfc3339LogLine) {
  EXPECT_EQ(RenderJournalLine(1'795'404'001'768'749, "mx1", "postfix/smtp", "812", "4Y: to=<a@example.org>"),
            "2026-11-23T03:20:01.768749+00:00 mx1 postfix/smtp[812]: 4Y: to=<a@example.org>\n");
  EXPECT_EQ(RenderJournalLine(1'795'404'001'000'000, "mx1", "postfix", "", std::string_view("a\nb\0c\r", 6)),
            "2026-11-23T03:20:01.000000+00:00 mx1 postfix: a b c \n");
}

TEST(JournalSource, FollowsAnEmptyDirectory) {
  const TempDir dir;
  JournalOptions options;
  options.name = "mail";
  options.directory = dir.path();
  absl::StatusOr<std::unique_ptr<JournalSource>> source = JournalSource::Open(options, {});
  ASSERT_TRUE(source.ok()) << source.status();
  const absl::StatusOr<Chunk> chunk = (*source)->Read();
  ASSERT_TRUE(chunk.ok()) << chunk.status();
  EXPECT_TRUE(chunk->lines.empty());
  std::vector<StateUpdate> states;
  (*source)->SaveState(&states);
  EXPECT_TRUE(states.empty());
  EXPECT_FALSE((*source)->done());
}

TEST(JournalSource, SaysWhichDirectoryItCannotOpen) {
  JournalOptions options;
  options.directory = "/nonexistent/journal";
  const absl::Status status = JournalSource::Open(options, {}).status();
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.ToString().find("/nonexistent/journal"), std::string::npos);
}

}  // namespace
}  // namespace bouncewatch

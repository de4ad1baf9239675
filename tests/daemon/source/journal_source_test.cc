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

TEST(JournalLine, TheCommandLineTellsTheAddress) {
  const struct {
    const char* command_line;
    const char* address;
  } kCases[] = {
      {"smtp -n out1 -t unix -u -o smtp_bind_address=192.0.2.1 -o syslog_name=postfix-out1", "192.0.2.1"},
      {"smtp -n out1 -o smtp_bind_address6=2001:db8::1", "2001:db8::1"},
      {"smtp -o smtp_bind_address=192.0.2.1 -o smtp_bind_address6=2001:db8::1", ""},
      {"smtp -n relay -t unix -u", ""},
      {"smtp -o xsmtp_bind_address=192.0.2.1", ""},
      {"smtp -o smtp_bind_address=", ""},
      {"smtp -o smtp_bind_address=a/b", ""},
      {"smtp_bind_address", ""},
      {"", ""},
  };
  for (const auto& test : kCases)
    EXPECT_EQ(BoundAddress(test.command_line), test.address) << test.command_line;
}

TEST(JournalLine, JournaldTellsWhatItDropped) {
  const struct {
    const char* message;
    uint64_t dropped;
  } kCases[] = {
      {"Suppressed 1234 messages from postfix@-.service", 1234},
      {"Suppressed 7 messages from /system.slice/exim4.service", 7},
      {"Suppressed 7 messages from cron.service", 0},
      {"Suppressed messages from postfix.service", 0},
      {"Suppressed 99999999999999999999 messages from postfix.service", 0},
      {"postfix.service: Suppressed 7 messages from postfix.service", 0},
      {"", 0},
  };
  for (const auto& test : kCases) EXPECT_EQ(DroppedMailMessages(test.message), test.dropped) << test.message;
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

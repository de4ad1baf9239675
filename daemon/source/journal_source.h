// JournalSource: the mail facility of the systemd journal, each entry rendered as one line:
//
//   2026-11-23T03:20:01.768749+00:00 HOST IDENT[PID]: MESSAGE
//
// The position is the journal's cursor. When the entry it names was vacuumed away, reading goes on at the
// next one that is left, and a gap is counted: entries between the two may have gone with it. What journald
// says it dropped from a mail service for want of rate (journald.conf(5), RateLimitBurst) counts as lost
// messages. One thread. sd_journal_seek_cursor(3), systemd.journal-fields(7).
//
// Postfix does not log its own address, but the journal keeps the command line of the process: where that
// binds one, it stands in the tag, as "postfix-out1/bind=192.0.2.1/smtp".
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "daemon/config.h"
#include "daemon/log.h"
#include "daemon/source/file_identity.h"
#include "daemon/source/source.h"

namespace bouncewatch {

struct JournalOptions {
  std::string name;
  std::string directory;  // "": the system's journal
  StartAt start_at = StartAt::kBeginning;
};

class JournalSource final : public Source {
 public:
  static absl::StatusOr<std::unique_ptr<JournalSource>> Open(JournalOptions options,
                                                             const SavedStates& saved);
  ~JournalSource() override;

  const std::string& name() const override { return options_.name; }
  absl::StatusOr<Chunk> Read() override;
  bool done() const override { return false; }
  void SaveState(std::vector<StateUpdate>* states) override;
  int wakeup_fd() const override { return -1; }
  SourceStats stats() const override { return stats_; }

 private:
  struct Journal;
  explicit JournalSource(JournalOptions options);
  absl::Status Seek(const std::string& cursor);
  absl::Status TakeEntry();  // to lines_, or to the counts of what was lost
  absl::Status AppendLine();

  JournalOptions options_;
  std::unique_ptr<Journal> journal_;
  std::string key_, cursor_, saved_cursor_;
  bool at_unread_entry_ = false;  // after a seek; else the next entry is the first unread one
  std::string lines_;
  FileState file_;
  SourceStats stats_;
  LogLimiter limiter_;
};

// Exposed for tests. Line ends and NUL inside `message` become blanks: one entry is one line.
std::string RenderJournalLine(uint64_t time_us, std::string_view host, std::string_view identifier,
                              std::string_view pid, std::string_view message);

// The one address that a command line of Postfix's smtp(8) binds; empty when there is none, or one for each
// family and the line does not tell which was used.
std::string_view BoundAddress(std::string_view command_line);

// How many messages of a mail service an entry of journald says were dropped, "Suppressed 12 messages from
// postfix.service"; 0 when it says nothing of the kind.
uint64_t DroppedMailMessages(std::string_view message);

}  // namespace bouncewatch

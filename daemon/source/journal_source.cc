#include "daemon/source/journal_source.h"

#include <systemd/sd-journal.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <iterator>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "classifier/status_macros.h"
#include "daemon/identity.h"
#include "daemon/log.h"

namespace bouncewatch {
namespace {

constexpr size_t kChunkBytes = 128 * 1024;
constexpr size_t kMaxAddressText = 45;  // longest text form of an IPv6 address
constexpr char kMailFacility[] = "SYSLOG_FACILITY=2";
// SD_MESSAGE_JOURNAL_DROPPED of systemd/sd-messages.h, from journald alone.
constexpr char kDropped[] = "MESSAGE_ID=a596d6fe7bfa4994828e72309e95d61e";
constexpr char kFromJournald[] = "_TRANSPORT=driver";

absl::Status JournalError(int result, std::string_view what) {
  return absl::ErrnoToStatus(-result, absl::StrFormat("journal: cannot %s", what));
}

// The value of a Postfix parameter given with -o; empty when it is not.
std::string_view Option(std::string_view command_line, std::string_view name) {
  for (size_t at = command_line.find(name); at != std::string_view::npos;
       at = command_line.find(name, at + 1)) {
    const size_t value = at + name.size();
    const bool whole = at > 0 && command_line[at - 1] == ' ' && value < command_line.size();
    if (!whole || command_line[value] != '=') continue;
    const std::string_view rest = command_line.substr(value + 1);
    return rest.substr(0, rest.find(' '));
  }
  return {};
}

bool IsAddressText(std::string_view text) {
  return !text.empty() && text.size() <= kMaxAddressText &&
         text.find_first_not_of("0123456789abcdefABCDEF.:") == std::string_view::npos;
}

}  // namespace

std::string_view BoundAddress(std::string_view command_line) {
  const std::string_view v4 = Option(command_line, "smtp_bind_address");
  const std::string_view v6 = Option(command_line, "smtp_bind_address6");
  if (!v4.empty() && !v6.empty()) return {};
  const std::string_view bound = v4.empty() ? v6 : v4;
  return IsAddressText(bound) ? bound : std::string_view();
}

uint64_t DroppedMailMessages(std::string_view message) {
  constexpr std::string_view kBefore = "Suppressed ", kBehind = " messages from ";
  constexpr std::string_view kMailUnits[] = {"postfix", "exim",    "sendmail", "opensmtpd", "smtpd",
                                             "haraka",  "kumomta", "pmta",     "halon",     "smtp"};
  if (!message.starts_with(kBefore)) return 0;
  message.remove_prefix(kBefore.size());
  uint64_t count = 0;
  const auto number = std::from_chars(message.data(), message.data() + message.size(), count);
  message.remove_prefix(static_cast<size_t>(number.ptr - message.data()));
  if (number.ec != std::errc() || !message.starts_with(kBehind)) return 0;
  message.remove_prefix(kBehind.size());
  message = message.substr(message.rfind('/') == std::string_view::npos ? 0 : message.rfind('/') + 1);
  const bool mail = std::any_of(std::begin(kMailUnits), std::end(kMailUnits),
                                [&](std::string_view unit) { return message.starts_with(unit); });
  return mail ? count : 0;
}

struct JournalSource::Journal {
  ~Journal() {
    if (handle != nullptr) sd_journal_close(handle);
  }

  // The value of a field of the current entry; empty when it has none. Lives until the next call.
  std::string_view Field(const char* name) const {
    const void* data = nullptr;
    size_t size = 0;
    if (sd_journal_get_data(handle, name, &data, &size) < 0) return {};
    const std::string_view field(static_cast<const char*>(data), size);
    const size_t equals = field.find('=');
    return equals == std::string_view::npos ? std::string_view() : field.substr(equals + 1);
  }

  sd_journal* handle = nullptr;
};

std::string RenderJournalLine(uint64_t time_us, std::string_view host, std::string_view identifier,
                              std::string_view pid, std::string_view message) {
  std::string line = absl::FormatTime(
      "%Y-%m-%dT%H:%M:%E6S+00:00", absl::FromUnixMicros(static_cast<int64_t>(time_us)), absl::UTCTimeZone());
  absl::StrAppendFormat(&line, " %s %s", host, identifier);
  if (!pid.empty()) absl::StrAppendFormat(&line, "[%s]", pid);
  line += ": ";
  line += message.substr(0, std::min(message.size(), kMaxLineBytes / 2));
  for (char& c : line) {
    if (c == '\n' || c == '\r' || c == '\0') c = ' ';
  }
  line += '\n';
  return line;
}

JournalSource::JournalSource(JournalOptions options)
    : options_(std::move(options)),
      journal_(std::make_unique<Journal>()),
      key_(absl::StrFormat("position/%s/cursor", options_.name)) {}

JournalSource::~JournalSource() = default;

absl::StatusOr<std::unique_ptr<JournalSource>> JournalSource::Open(JournalOptions options,
                                                                   const SavedStates& saved) {
  std::unique_ptr<JournalSource> source(new JournalSource(std::move(options)));
  sd_journal** handle = &source->journal_->handle;
  const std::string& directory = source->options_.directory;
  const int opened = directory.empty() ? sd_journal_open(handle, SD_JOURNAL_LOCAL_ONLY)
                                       : sd_journal_open_directory(handle, directory.c_str(), 0);
  if (opened < 0) return JournalError(opened, directory.empty() ? "open" : "open " + directory);
  const int matched = sd_journal_add_match(*handle, kMailFacility, 0);
  if (matched < 0) return JournalError(matched, "select the mail facility");
  const bool also = sd_journal_add_disjunction(*handle) >= 0 &&
                    sd_journal_add_match(*handle, kDropped, 0) >= 0 &&
                    sd_journal_add_match(*handle, kFromJournald, 0) >= 0;
  if (!also) return absl::InternalError("journal: cannot select what journald dropped");
  // Without this, new entries are only seen once the descriptor was asked for.
  sd_journal_get_fd(*handle);
  std::string cursor;
  for (const auto& [key, value] : saved) {
    if (key == source->key_) cursor = value;
  }
  RETURN_IF_ERROR(source->Seek(cursor));
  return source;
}

absl::Status JournalSource::Seek(const std::string& cursor) {
  sd_journal* handle = journal_->handle;
  if (cursor.empty()) {
    if (options_.start_at == StartAt::kBeginning) {
      const int result = sd_journal_seek_head(handle);
      return result < 0 ? JournalError(result, "seek") : absl::OkStatus();
    }
    const int result = sd_journal_seek_tail(handle);
    if (result < 0) return JournalError(result, "seek");
    sd_journal_previous(handle);  // the next entry is then the first new one
    return absl::OkStatus();
  }
  cursor_ = saved_cursor_ = cursor;
  int result = sd_journal_seek_cursor(handle, cursor.c_str());
  if (result < 0) return JournalError(result, "seek to the stored cursor");
  // Lands on the entry of the cursor, which was read already, or on the first after it when that one is gone.
  result = sd_journal_next(handle);
  const bool found = result > 0 && sd_journal_test_cursor(handle, cursor.c_str()) > 0;
  at_unread_entry_ = result > 0 && !found;
  if (found) return absl::OkStatus();
  ++stats_.gaps;
  LogWarning("entries of the journal went away before they were read, or may have",
             {{"source", options_.name}, {"cursor", cursor}});
  return absl::OkStatus();
}

absl::Status JournalSource::TakeEntry() {
  const Journal& journal = *journal_;
  if (journal.Field("SYSLOG_FACILITY") == "2") {
    RETURN_IF_ERROR(AppendLine());
  } else if (const uint64_t dropped = DroppedMailMessages(journal.Field("MESSAGE")); dropped > 0) {
    stats_.lost_messages += dropped;
    LogWarningLimited(&limiter_, "dropped", "journald dropped messages of the mail service",
                      {{"source", options_.name}, {"messages", std::to_string(dropped)}});
  }
  char* cursor = nullptr;
  const int result = sd_journal_get_cursor(journal.handle, &cursor);
  if (result < 0) return JournalError(result, "read a cursor");
  cursor_ = cursor;
  std::free(cursor);
  return absl::OkStatus();
}

absl::Status JournalSource::AppendLine() {
  const Journal& journal = *journal_;
  uint64_t time_us = 0;
  const std::string_view source_time = journal.Field("_SOURCE_REALTIME_TIMESTAMP");
  std::from_chars(source_time.data(), source_time.data() + source_time.size(), time_us);
  if (time_us == 0) {
    const int result = sd_journal_get_realtime_usec(journal.handle, &time_us);
    if (result < 0) return JournalError(result, "read an entry's time");
  }
  const std::string host(journal.Field("_HOSTNAME"));
  std::string identifier(journal.Field("SYSLOG_IDENTIFIER"));
  const size_t slash = identifier.rfind('/');
  if (slash != std::string::npos) {
    const std::string_view bound = BoundAddress(journal.Field("_CMDLINE"));
    if (!bound.empty()) identifier.insert(slash, absl::StrFormat("/%s%s", kBindPrefix, bound));
  }
  std::string pid(journal.Field("SYSLOG_PID"));
  if (pid.empty()) pid = journal.Field("_PID");
  lines_ += RenderJournalLine(time_us, host, identifier, pid, journal.Field("MESSAGE"));
  return absl::OkStatus();
}

absl::StatusOr<Chunk> JournalSource::Read() {
  lines_.clear();
  const int processed = sd_journal_process(journal_->handle);
  if (processed < 0) return JournalError(processed, "follow");
  while (lines_.size() < kChunkBytes) {
    const int next = at_unread_entry_ ? 1 : sd_journal_next(journal_->handle);
    at_unread_entry_ = false;
    if (next == 0) break;
    absl::Status status = next < 0 ? JournalError(next, "read") : TakeEntry();
    if (status.ok()) continue;
    if (lines_.empty()) return status;
    break;  // first what was read; the error will come again
  }
  stats_.bytes_read += lines_.size();
  return Chunk{lines_, &file_};
}

void JournalSource::SaveState(std::vector<StateUpdate>* states) {
  if (cursor_ == saved_cursor_) return;
  saved_cursor_ = cursor_;
  states->push_back({key_, cursor_});
}

}  // namespace bouncewatch

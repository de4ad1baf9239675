#include "daemon/source/journal_source.h"

#include <systemd/sd-journal.h>

#include <charconv>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "classifier/status_macros.h"

namespace bouncewatch {
namespace {

constexpr size_t kChunkBytes = 128 * 1024;
constexpr char kMailFacility[] = "SYSLOG_FACILITY=2";

absl::Status JournalError(int result, std::string_view what) {
  return absl::ErrnoToStatus(-result, absl::StrFormat("journal: cannot %s", what));
}

}  // namespace

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
  at_unread_entry_ = result > 0 && sd_journal_test_cursor(handle, cursor.c_str()) <= 0;
  return absl::OkStatus();
}

absl::Status JournalSource::AppendEntry() {
  const Journal& journal = *journal_;
  uint64_t time_us = 0;
  const std::string_view source_time = journal.Field("_SOURCE_REALTIME_TIMESTAMP");
  std::from_chars(source_time.data(), source_time.data() + source_time.size(), time_us);
  if (time_us == 0) {
    const int result = sd_journal_get_realtime_usec(journal.handle, &time_us);
    if (result < 0) return JournalError(result, "read an entry's time");
  }
  const std::string host(journal.Field("_HOSTNAME"));
  const std::string identifier(journal.Field("SYSLOG_IDENTIFIER"));
  std::string pid(journal.Field("SYSLOG_PID"));
  if (pid.empty()) pid = journal.Field("_PID");
  lines_ += RenderJournalLine(time_us, host, identifier, pid, journal.Field("MESSAGE"));
  char* cursor = nullptr;
  const int result = sd_journal_get_cursor(journal.handle, &cursor);
  if (result < 0) return JournalError(result, "read a cursor");
  cursor_ = cursor;
  std::free(cursor);
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
    absl::Status status = next < 0 ? JournalError(next, "read") : AppendEntry();
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

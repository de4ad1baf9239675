// The notes are a list of entries, oldest first: u8 length of pid, u8 part that comes next, u32 length of
// text (little-endian), pid, text.
#include "classifier/decode/exim_parts.h"

#include <algorithm>

#include "classifier/text.h"

namespace bouncewatch {
namespace {

constexpr size_t kHead = 6;
constexpr size_t kMaxPid = 16, kMaxText = 12 * 1024;  // src/macros.h: LOG_BUFFER_SIZE is 8192
constexpr size_t kMaxNotes = 64 * 1024;

// "[2/3] " or "[2\3] ".
struct Mark {
  uint32_t part = 0, parts = 0;
  bool line_end = false;
  size_t length = 0;
};

bool ConsumeSmallNumber(std::string_view* text, uint32_t* number) {
  size_t digits = 0;
  for (*number = 0; digits < text->size() && digits < 3 && IsDigit((*text)[digits]); ++digits) {
    *number = *number * 10 + static_cast<uint32_t>((*text)[digits] - '0');
  }
  text->remove_prefix(digits);
  return digits > 0;
}

bool ReadMark(std::string_view body, Mark* mark) {
  std::string_view rest = body;
  if (!rest.starts_with('[')) return false;
  rest.remove_prefix(1);
  if (!ConsumeSmallNumber(&rest, &mark->part) || rest.empty() || (rest[0] != '/' && rest[0] != '\\'))
    return false;
  mark->line_end = rest[0] == '\\';
  rest.remove_prefix(1);
  if (!ConsumeSmallNumber(&rest, &mark->parts) || !rest.starts_with("] ")) return false;
  mark->length = body.size() - rest.size() + 2;
  return mark->part >= 1 && mark->part <= mark->parts && mark->parts <= 255;
}

struct Entry {
  size_t at = 0, size = 0;  // in the notes
  uint8_t next = 0;
  std::string_view pid, text;
};

// The entry at `at`. False: the notes end there, or are damaged.
bool ReadEntry(std::string_view notes, size_t at, Entry* entry) {
  if (notes.size() < at + kHead) return false;
  const auto* p = reinterpret_cast<const unsigned char*>(notes.data() + at);
  const size_t pid = p[0], text = p[2] | size_t{p[3]} << 8 | size_t{p[4]} << 16 | size_t{p[5]} << 24;
  if (pid > kMaxPid || text > kMaxText || notes.size() < at + kHead + pid + text) return false;
  *entry = {at, kHead + pid + text, p[1], notes.substr(at + kHead, pid),
            notes.substr(at + kHead + pid, text)};
  return true;
}

void AppendEntry(std::string_view pid, uint32_t next, std::string_view text, std::string* notes) {
  text = text.substr(0, kMaxText);
  const size_t n = text.size();
  for (const size_t byte : {pid.size(), size_t{next}, n, n >> 8, n >> 16, n >> 24}) {
    notes->push_back(static_cast<char>(byte & 0xff));
  }
  notes->append(pid).append(text);
}

bool FindEntry(std::string_view pid, std::string_view notes, Entry* entry) {
  for (size_t at = 0; ReadEntry(notes, at, entry); at += entry->size) {
    if (entry->pid == pid) return true;
  }
  return false;
}

}  // namespace

EximPart JoinEximParts(std::string_view pid, std::string_view body, std::string* notes, TextArena* arena,
                       std::string_view* record) {
  Mark mark;
  if (!ReadMark(body, &mark)) {
    *record = body;
    return EximPart::kWhole;
  }
  pid = pid.substr(0, kMaxPid);
  const std::string_view text = body.substr(mark.length), end = mark.line_end ? " " : "";
  Entry entry;
  Entry damage;
  if (!ReadEntry(*notes, 0, &damage)) notes->clear();
  const bool waits = FindEntry(pid, *notes, &entry);
  if (mark.part > 1 && (!waits || entry.next != mark.part)) return EximPart::kStray;
  EximPart result = EximPart::kWaiting;
  if (waits) {
    *record = mark.part == 1 ? arena->Join(entry.text, {}) : arena->Join(entry.text, text, end);
    notes->erase(entry.at, entry.size);
    if (mark.part == 1 || mark.part == mark.parts) result = EximPart::kJoined;
  }
  if (mark.part == mark.parts) return waits ? result : (*record = text, EximPart::kWhole);
  if (result == EximPart::kWaiting && notes->size() + kHead + kMaxPid + kMaxText > kMaxNotes &&
      ReadEntry(*notes, 0, &entry)) {
    const std::string_view oldest = arena->Join(entry.text, {});
    notes->erase(0, entry.size);
    AppendEntry(pid, mark.part + 1, mark.part == 1 ? arena->Join(text, end) : *record, notes);
    *record = oldest;
    return EximPart::kJoined;
  }
  AppendEntry(pid, mark.part + 1, mark.part == 1 ? arena->Join(text, end) : *record, notes);
  return result;
}

}  // namespace bouncewatch

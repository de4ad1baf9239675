#include "daemon/source/file_identity.h"

#include <algorithm>
#include <charconv>
#include <utility>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "absl/strings/str_format.h"
#include "classifier/status_macros.h"
#include "daemon/source/position_table.h"

namespace bouncewatch {
namespace {

// Version 1 had no format; versions 1 and 2 had neither the length of the head nor the time of the last
// change.
constexpr uint64_t kVersion = 3, kVersionWithFormat = 2, kVersionWithHead = 3;
constexpr size_t kEndWindow = 512 * 1024;  // the last newline is looked for in this much of a file's end

constexpr uint32_t kSkipping = 1, kFinished = 2;  // flags

// Takes one blank-ended field off the front of `text`.
template <typename T>
bool TakeNumber(std::string_view* text, T* value, int base = 10) {
  const size_t end = std::min(text->find(' '), text->size());
  const auto result = std::from_chars(text->data(), text->data() + end, *value, base);
  if (result.ec != std::errc() || result.ptr != text->data() + end) return false;
  text->remove_prefix(std::min(end + 1, text->size()));
  return true;
}

// "format SP size SP notes SP"
bool TakeFormat(std::string_view* text, FileState* file) {
  const size_t format_end = text->find(' ');
  if (format_end == std::string_view::npos) return false;
  file->format = text->substr(0, format_end);
  text->remove_prefix(format_end + 1);
  size_t size = 0;
  if (!TakeNumber(text, &size) || size > FileState::kNotesMax || size >= text->size()) return false;
  file->notes = text->substr(0, size);
  if ((*text)[size] != ' ') return false;
  text->remove_prefix(size + 1);
  return true;
}

// Reads up to `bytes` bytes; fewer at the end of the stream, or where a compressed file is damaged: who reads
// on from there meets the damage again.
absl::StatusOr<std::string> ReadUpTo(ByteStream* stream, size_t bytes) {
  std::string out(bytes, '\0');
  size_t got = 0;
  while (got < bytes) {
    absl::StatusOr<size_t> n = stream->Read(std::span(out.data() + got, bytes - got));
    if (absl::IsDataLoss(n.status())) break;
    RETURN_IF_ERROR(n.status());
    if (*n == 0) break;
    got += *n;
  }
  out.resize(got);
  return out;
}

// Moves a fresh stream to the position and checks the bytes before it; those of the head were compared
// before, and are given. OutOfRange: the file ends before it.
absl::StatusOr<std::optional<ReadMark>> Seek(ByteStream* stream, const FilePosition& position) {
  ASSIGN_OR_RETURN(std::string head, ReadUpTo(stream, std::min<uint64_t>(position.offset, kHeadBytes)));
  const uint64_t tail_begin = position.offset - std::min<uint64_t>(position.offset, kTailBytes);
  std::string tail;
  if (tail_begin < head.size()) tail = head.substr(tail_begin);
  if (tail_begin > head.size()) RETURN_IF_ERROR(stream->Skip(tail_begin - head.size()));
  const size_t missing = static_cast<size_t>(position.offset - std::max<uint64_t>(tail_begin, head.size()));
  ASSIGN_OR_RETURN(const std::string more, ReadUpTo(stream, missing));
  if (more.size() < missing) return absl::OutOfRangeError("the file ends before the position");
  tail += more;
  if (HashBytes(tail) != position.tail_hash) return std::optional<ReadMark>();
  return std::optional(ReadMark::At(position.offset, std::move(head), std::move(tail)));
}

// Read to its end, and not written to since: compressors keep the time of the last change. Spares
// decompressing every archive at every start.
bool IsReadOut(const FilePosition& position, const Recognized& found) {
  return position.finished && position.offset >= found.head.size() &&
         found.facts.modified_s <= position.modified_s;
}

}  // namespace

uint64_t HashBytes(std::string_view bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

std::string FilePosition::Encode() const {
  const uint32_t flags = (skipping ? kSkipping : 0) | (finished ? kFinished : 0);
  std::string value = absl::StrFormat("%d %d %d %x %x %d %d %d %d %d %d %d %d ", kVersion, offset, head_len,
                                      head_hash, tail_hash, flags, file.anchor.year, file.anchor.month,
                                      file.anchor.not_after_s, dev, inode, modified_s, seen_s);
  absl::StrAppendFormat(&value, "%s %d %s %s", file.format, file.notes.size(), file.notes, path);
  return value;
}

std::optional<FilePosition> FilePosition::Decode(std::string_view key, std::string_view value) {
  FilePosition position;
  position.key = key;
  uint64_t version = 0;
  uint32_t flags = 0;
  int month = 0;
  bool ok = TakeNumber(&value, &version) && version >= 1 && version <= kVersion &&
            TakeNumber(&value, &position.offset);
  position.head_len = static_cast<uint32_t>(std::min<uint64_t>(position.offset, kHeadBytes));
  if (version >= kVersionWithHead) ok = ok && TakeNumber(&value, &position.head_len);
  ok = ok && TakeNumber(&value, &position.head_hash, 16) && TakeNumber(&value, &position.tail_hash, 16) &&
       TakeNumber(&value, &flags) && TakeNumber(&value, &position.file.anchor.year) &&
       TakeNumber(&value, &month) && TakeNumber(&value, &position.file.anchor.not_after_s) &&
       TakeNumber(&value, &position.dev) && TakeNumber(&value, &position.inode);
  if (version >= kVersionWithHead) ok = ok && TakeNumber(&value, &position.modified_s);
  ok = ok && TakeNumber(&value, &position.seen_s);
  if (version >= kVersionWithFormat) ok = ok && TakeFormat(&value, &position.file);
  const bool sound = position.head_len <= kHeadBytes &&
                     (position.offset > 0 || version >= kVersionWithHead) && month >= 0 && month <= 12 &&
                     flags <= (kSkipping | kFinished);
  if (!ok || !sound) return std::nullopt;
  position.skipping = (flags & kSkipping) != 0;
  position.finished = (flags & kFinished) != 0;
  position.file.anchor.month = static_cast<int8_t>(month);
  position.path = value;
  return position;
}

std::vector<FilePosition> DecodePositions(const SavedStates& saved) {
  std::vector<FilePosition> positions;
  for (const auto& [key, value] : saved) {
    if (std::optional<FilePosition> position = FilePosition::Decode(key, value)) {
      positions.push_back(*std::move(position));
    }
  }
  return positions;
}

ReadMark ReadMark::At(uint64_t offset, std::string head, std::string tail) {
  ReadMark mark;
  mark.offset_ = offset;
  mark.tail_ = std::move(tail);
  mark.KeepHead(head);
  return mark;
}

void ReadMark::KeepHead(std::string_view bytes) {
  head_.append(bytes.substr(0, kHeadBytes - head_.size()));
  if (head_.size() < kHeadBytes) return;
  full_head_hash_ = HashBytes(head_);
  head_ = std::string();
}

void ReadMark::Pass(std::string_view bytes) {
  if (offset_ < kHeadBytes) KeepHead(bytes);
  offset_ += bytes.size();
  if (bytes.size() >= kTailBytes) {
    tail_.assign(bytes.substr(bytes.size() - kTailBytes));
    return;
  }
  tail_.append(bytes);
  if (tail_.size() > kTailBytes) tail_.erase(0, tail_.size() - kTailBytes);
}

absl::StatusOr<Recognized> Recognize(const std::string& path, const PositionTable& positions,
                                     const std::set<std::string>& except) {
  Recognized result;
  ASSIGN_OR_RETURN(result.stream, ByteStream::Open(path));
  ASSIGN_OR_RETURN(result.facts, result.stream->Facts());
  ASSIGN_OR_RETURN(result.head, ReadUpTo(result.stream.get(), kHeadBytes));
  for (const FilePosition* candidate : positions.Candidates(result.head, result.facts)) {
    if (except.contains(candidate->key)) continue;
    if (result.stream->compressed() && IsReadOut(*candidate, result)) {
      result.is_older_copy = true;
      result.older_copy_of = candidate->path;
      break;
    }
    ASSIGN_OR_RETURN(result.stream, ByteStream::Open(path));
    absl::StatusOr<std::optional<ReadMark>> mark = Seek(result.stream.get(), *candidate);
    if (absl::IsOutOfRange(mark.status())) {
      if (result.head.size() < kHeadBytes) continue;
      result.is_older_copy = true;
      result.older_copy_of = candidate->path;
      continue;
    }
    RETURN_IF_ERROR(mark.status());
    if (!mark->has_value()) continue;
    result.mark = **std::move(mark);
    result.position = *candidate;
    result.is_older_copy = false;
    break;
  }
  if (!result.position) {
    ASSIGN_OR_RETURN(result.stream, ByteStream::Open(path));
  }
  // Of the file that is open now: the name may have gone to another one between the looks.
  ASSIGN_OR_RETURN(const FileFacts now, result.stream->Facts());
  if (now.dev != result.facts.dev || now.inode != result.facts.inode) {
    return absl::AbortedError(absl::StrFormat("%s was replaced while it was looked at", path));
  }
  return result;
}

absl::Status SkipToLastLine(const std::string& path, Recognized* found) {
  ByteStream* stream = found->stream.get();
  ASSIGN_OR_RETURN(const std::string head, ReadUpTo(stream, kHeadBytes));
  std::string window = head;  // the last bytes read
  uint64_t end = head.size();
  if (!stream->compressed()) {
    ASSIGN_OR_RETURN(const FileFacts facts, stream->Facts());
    if (facts.size > end + kEndWindow) {
      RETURN_IF_ERROR(stream->Skip(facts.size - kEndWindow - end));
      end = facts.size - kEndWindow;
      window.clear();
    }
  }
  while (true) {
    ASSIGN_OR_RETURN(const std::string more, ReadUpTo(stream, kEndWindow));
    if (more.empty()) break;
    window += more;
    end += more.size();
    if (window.size() > 2 * kEndWindow) window.erase(0, window.size() - kEndWindow);
  }
  const size_t newline = window.rfind('\n');
  ASSIGN_OR_RETURN(found->stream, ByteStream::Open(path));
  if (newline == std::string::npos) return absl::OkStatus();
  const uint64_t offset = end - window.size() + newline + 1;
  RETURN_IF_ERROR(found->stream->Skip(offset));
  const size_t tail_size = static_cast<size_t>(std::min<uint64_t>(offset, kTailBytes));
  found->mark = ReadMark::At(offset, head.substr(0, std::min<uint64_t>(offset, kHeadBytes)),
                             window.substr(newline + 1 - std::min(newline + 1, tail_size), tail_size));
  return absl::OkStatus();
}

}  // namespace bouncewatch

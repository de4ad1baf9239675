#include "daemon/source/file_identity.h"

#include <algorithm>
#include <charconv>
#include <utility>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "absl/strings/str_format.h"
#include "classifier/status_macros.h"

namespace bouncewatch {
namespace {

constexpr std::string_view kVersion = "1";
constexpr std::string_view kVersionWithFormat = "2";
constexpr size_t kEndWindow = 512 * 1024;  // the last newline is looked for in this much of a file's end
constexpr size_t kMaxCandidates = 8;       // positions with equal heads that are looked at

uint64_t Hash(std::string_view bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

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

// Moves a fresh stream to the position and checks the bytes before it. OutOfRange: the file ends before it.
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
  if (Hash(head) != position.head_hash || Hash(tail) != position.tail_hash) return std::optional<ReadMark>();
  return std::optional(ReadMark::At(position.offset, std::move(head), std::move(tail)));
}

}  // namespace

std::string FilePosition::Encode() const {
  std::string value = absl::StrFormat("%s %d %x %x %d %d %d %d %d %d %d ", kVersionWithFormat, offset,
                                      head_hash, tail_hash, skipping ? 1 : 0, file.anchor.year,
                                      file.anchor.month, file.anchor.not_after_s, dev, inode, seen_s);
  absl::StrAppendFormat(&value, "%s %d %s %s", file.format, file.notes.size(), file.notes, path);
  return value;
}

std::optional<FilePosition> FilePosition::Decode(std::string_view key, std::string_view value) {
  FilePosition position;
  position.key = key;
  const bool has_format = value.starts_with(kVersionWithFormat);
  if (!has_format && !value.starts_with(kVersion)) return std::nullopt;
  if (value.size() <= kVersion.size()) return std::nullopt;
  value.remove_prefix(kVersion.size() + 1);
  int skipping = 0, month = 0;
  const bool ok = TakeNumber(&value, &position.offset) && TakeNumber(&value, &position.head_hash, 16) &&
                  TakeNumber(&value, &position.tail_hash, 16) && TakeNumber(&value, &skipping) &&
                  TakeNumber(&value, &position.file.anchor.year) && TakeNumber(&value, &month) &&
                  TakeNumber(&value, &position.file.anchor.not_after_s) &&
                  TakeNumber(&value, &position.dev) && TakeNumber(&value, &position.inode) &&
                  TakeNumber(&value, &position.seen_s);
  if (!ok || position.offset == 0 || month < 0 || month > 12) return std::nullopt;
  position.skipping = skipping != 0;
  position.file.anchor.month = static_cast<int8_t>(month);
  if (has_format && !TakeFormat(&value, &position.file)) return std::nullopt;
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

std::string NewPositionKey(std::string_view source, const std::vector<FilePosition>& positions) {
  const std::string prefix = absl::StrFormat("position/%s/", source);
  uint64_t highest = 0;
  for (const FilePosition& position : positions) {
    if (!position.key.starts_with(prefix)) continue;
    uint64_t number = 0;
    const char* end = position.key.data() + position.key.size();
    if (std::from_chars(position.key.data() + prefix.size(), end, number).ptr == end) {
      highest = std::max(highest, number);
    }
  }
  return absl::StrFormat("%s%d", prefix, highest + 1);
}

ReadMark ReadMark::At(uint64_t offset, std::string head, std::string tail) {
  ReadMark mark;
  mark.offset_ = offset;
  mark.head_ = std::move(head);
  mark.tail_ = std::move(tail);
  return mark;
}

void ReadMark::Pass(std::string_view bytes) {
  offset_ += bytes.size();
  if (head_.size() < kHeadBytes) head_.append(bytes.substr(0, kHeadBytes - head_.size()));
  if (bytes.size() >= kTailBytes) {
    tail_.assign(bytes.substr(bytes.size() - kTailBytes));
    return;
  }
  tail_.append(bytes);
  if (tail_.size() > kTailBytes) tail_.erase(0, tail_.size() - kTailBytes);
}

uint64_t ReadMark::HeadHash() const {
  return Hash(head_);
}
uint64_t ReadMark::TailHash() const {
  return Hash(tail_);
}

absl::StatusOr<Recognized> Recognize(const std::string& path, const std::vector<FilePosition>& positions) {
  Recognized result;
  ASSIGN_OR_RETURN(result.stream, ByteStream::Open(path));
  ASSIGN_OR_RETURN(result.head, ReadUpTo(result.stream.get(), kHeadBytes));
  const std::string_view head = result.head;
  std::vector<const FilePosition*> candidates;
  for (const FilePosition& position : positions) {
    const size_t length = static_cast<size_t>(std::min<uint64_t>(position.offset, kHeadBytes));
    if (length <= head.size() && Hash(head.substr(0, length)) == position.head_hash) {
      candidates.push_back(&position);
    }
  }
  // The farthest first: a short position may be the beginning of many files, a long one is of few.
  std::sort(candidates.begin(), candidates.end(),
            [](const FilePosition* a, const FilePosition* b) { return a->offset > b->offset; });
  if (candidates.size() > kMaxCandidates) candidates.resize(kMaxCandidates);
  for (const FilePosition* candidate : candidates) {
    ASSIGN_OR_RETURN(result.stream, ByteStream::Open(path));
    absl::StatusOr<std::optional<ReadMark>> mark = Seek(result.stream.get(), *candidate);
    if (absl::IsOutOfRange(mark.status())) {
      if (head.size() == kHeadBytes) result.is_older_copy = true;
      continue;
    }
    RETURN_IF_ERROR(mark.status());
    if (!mark->has_value()) continue;
    result.mark = **std::move(mark);
    result.position = *candidate;
    result.is_older_copy = false;
    return result;
  }
  ASSIGN_OR_RETURN(result.stream, ByteStream::Open(path));
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

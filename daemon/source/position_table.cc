#include "daemon/source/position_table.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <tuple>

#include "absl/strings/str_format.h"

namespace bouncewatch {
namespace {

constexpr size_t kMaxCandidates = 16;
// Of one head: more files than this begin alike only when somebody made them so.
constexpr size_t kMaxAlike = 4096;
// A file of which nothing was taken yet is known by this much of its beginning; by less of it only together
// with its inode, or with the time of its last change, which compressors keep.
constexpr uint32_t kTellingHead = 64;

constexpr std::string_view kPrefix = "position/";

}  // namespace

PositionTable::PositionTable(const std::vector<FilePosition>& positions) {
  for (const FilePosition& position : positions) Put(position);
}

void PositionTable::Put(FilePosition position) {
  Erase(position.key);
  const std::string key = position.key;
  const size_t slash = key.rfind('/');
  if (key.starts_with(kPrefix) && slash > kPrefix.size()) {
    uint64_t number = 0;
    const char* end = key.data() + key.size();
    if (std::from_chars(key.data() + slash + 1, end, number).ptr == end) {
      uint64_t& next = next_number_[key.substr(kPrefix.size(), slash - kPrefix.size())];
      next = std::max(next, number + 1);
    }
  }
  const FilePosition& stored = by_key_.insert_or_assign(key, std::move(position)).first->second;
  by_head_.emplace(Head{stored.head_len, stored.head_hash}, &stored);
  ++lengths_[stored.head_len];
}

void PositionTable::Erase(std::string_view key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return;
  const FilePosition& stored = found->second;
  const auto [first, last] = by_head_.equal_range({stored.head_len, stored.head_hash});
  by_head_.erase(std::find_if(first, last, [&](const auto& entry) { return entry.second == &stored; }));
  if (const auto length = lengths_.find(stored.head_len); --length->second == 0) lengths_.erase(length);
  by_key_.erase(found);
}

const FilePosition* PositionTable::Find(std::string_view key) const {
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? nullptr : &found->second;
}

std::vector<const FilePosition*> PositionTable::Candidates(std::string_view head,
                                                           const FileFacts& facts) const {
  std::vector<const FilePosition*> candidates;
  const auto same_inode = [&](const FilePosition* p) {
    return p->dev == facts.dev && p->inode == facts.inode;
  };
  const auto same_time = [&](const FilePosition* p) { return p->modified_s == facts.modified_s; };
  for (const auto& [length, count] : lengths_) {
    if (length > head.size()) break;
    const auto [first, last] = by_head_.equal_range({length, HashBytes(head.substr(0, length))});
    size_t alike = 0;
    for (auto entry = first; entry != last && alike < kMaxAlike; ++entry, ++alike) {
      const FilePosition* position = entry->second;
      const bool telling = position->offset > 0 || length >= kTellingHead;
      const bool same = same_inode(position) || (length > 0 && same_time(position));
      if (telling || same) candidates.push_back(position);
    }
  }
  // A short position may be the beginning of many files, a long one is of few. A position at the front of a
  // file says the least: its inode may have gone to a copy of another one.
  const auto rank = [&](const FilePosition* p) {
    return std::tuple(p->offset > 0, same_inode(p), p->offset);
  };
  std::sort(candidates.begin(), candidates.end(),
            [&](const FilePosition* a, const FilePosition* b) { return rank(a) > rank(b); });
  if (candidates.size() > kMaxCandidates) candidates.resize(kMaxCandidates);
  return candidates;
}

std::string PositionTable::NewKey(std::string_view source) {
  auto next = next_number_.find(source);
  if (next == next_number_.end()) next = next_number_.emplace(source, 1).first;
  return absl::StrFormat("%s%s/%d", kPrefix, source, next->second++);
}

}  // namespace bouncewatch

// PositionTable: the positions of many files, found by what identifies a file. A look-up costs the same
// whether there are ten or ten thousand. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "daemon/source/file_identity.h"

namespace bouncewatch {

class PositionTable {
 public:
  PositionTable() = default;
  explicit PositionTable(const std::vector<FilePosition>& positions);

  // Adds it, or replaces the one with the same key.
  void Put(FilePosition position);
  void Erase(std::string_view key);
  // Null when there is none. The pointer lives until that position is put or erased.
  const FilePosition* Find(std::string_view key) const;

  // Positions that a file with these first bytes may have, the likeliest first, at most kMaxCandidates: those
  // of which something was read before others, those of the same device and inode before others, and those
  // that reach farthest first.
  std::vector<const FilePosition*> Candidates(std::string_view head, const FileFacts& facts) const;

  // A key of `source` that no position has or had here.
  std::string NewKey(std::string_view source);

  const std::map<std::string, FilePosition, std::less<>>& all() const { return by_key_; }

 private:
  using Head = std::pair<uint32_t, uint64_t>;  // length, hash
  struct HeadHash {
    size_t operator()(const Head& head) const { return head.second ^ head.first; }
  };

  std::map<std::string, FilePosition, std::less<>> by_key_;
  std::unordered_multimap<Head, const FilePosition*, HeadHash> by_head_;
  std::map<uint32_t, size_t> lengths_;  // of heads, with the number of positions that have it
  std::map<std::string, uint64_t, std::less<>> next_number_;  // by source
};

}  // namespace bouncewatch

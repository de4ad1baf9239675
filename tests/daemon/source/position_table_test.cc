#include "daemon/source/position_table.h"

#include <gtest/gtest.h>

#include <string>

namespace bouncewatch {
namespace {

FilePosition Position(const std::string& key, const std::string& head, uint64_t offset, uint64_t inode = 0) {
  FilePosition position;
  position.key = key;
  position.offset = offset;
  position.head_len = static_cast<uint32_t>(head.size());
  position.head_hash = HashBytes(head);
  position.inode = inode;
  return position;
}

FileFacts Facts(uint64_t inode, int64_t modified_s = 1) {
  FileFacts facts;
  facts.inode = inode;
  facts.modified_s = modified_s;
  return facts;
}

std::vector<std::string> Keys(const std::vector<const FilePosition*>& positions) {
  std::vector<std::string> keys;
  for (const FilePosition* position : positions) keys.push_back(position->key);
  return keys;
}

TEST(PositionTable, KeysAreNeverGivenTwice) {
  PositionTable table;
  EXPECT_EQ(table.NewKey("a"), "position/a/1");
  table.Put(Position("position/a/7", "x", 2));
  table.Put(Position("position/ab/9", "x", 2));
  EXPECT_EQ(table.NewKey("a"), "position/a/8");
  table.Erase("position/a/7");
  EXPECT_EQ(table.NewKey("a"), "position/a/9");
}

TEST(PositionTable, FindsByTheBeginning) {
  PositionTable table;
  table.Put(Position("position/a/1", "one", 3));
  table.Put(Position("position/a/2", "one two", 7));
  table.Put(Position("position/a/3", "other", 5));
  EXPECT_EQ(Keys(table.Candidates("one two three", Facts(1))),
            (std::vector<std::string>{"position/a/2", "position/a/1"}));
  EXPECT_EQ(Keys(table.Candidates("one", Facts(1))), (std::vector<std::string>{"position/a/1"}));
  table.Put(Position("position/a/2", "changed", 7));
  table.Erase("position/a/1");
  EXPECT_TRUE(table.Candidates("one two three", Facts(1)).empty());
}

TEST(PositionTable, PrefersTheInode) {
  PositionTable table;
  table.Put(Position("position/a/1", "head", 100, 11));
  table.Put(Position("position/a/2", "head", 200, 22));
  EXPECT_EQ(Keys(table.Candidates("head", Facts(11))),
            (std::vector<std::string>{"position/a/1", "position/a/2"}));
  // Not where nothing was read of that file: the inode may be another one's by now.
  table.Put(Position("position/a/1", "", 0, 11));
  EXPECT_EQ(Keys(table.Candidates("head", Facts(11))),
            (std::vector<std::string>{"position/a/2", "position/a/1"}));
}

TEST(PositionTable, AFileThatWasNotReadNeedsMoreThanAFewEqualBytes) {
  PositionTable table;
  table.Put(Position("position/a/1", "few", 0, 11));
  table.Put(Position("position/a/2", std::string(64, 'x'), 0, 22));
  EXPECT_TRUE(table.Candidates("few bytes", Facts(99)).empty());
  EXPECT_EQ(table.Candidates("few bytes", Facts(11)).size(), 1u);
  EXPECT_EQ(table.Candidates("few bytes", Facts(99, 0)).size(), 1u);  // unchanged since it was seen
  EXPECT_EQ(table.Candidates(std::string(100, 'x'), Facts(99)).size(), 1u);
}

}  // namespace
}  // namespace bouncewatch

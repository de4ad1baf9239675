#include "daemon/source/file_identity.h"

#include <gtest/gtest.h>

#include <string>

#include "daemon/source/position_table.h"
#include "tests/support/temp_dir.h"

namespace bouncewatch {
namespace {

std::string Lines(int count, char salt) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "line " + std::to_string(i) + " of " + salt + "\n";
  return text;
}

// The position behind the first `offset` bytes of `text`.
FilePosition At(const std::string& text, size_t offset, const std::string& key = "position/a/1") {
  ReadMark mark;
  mark.Pass(std::string_view(text).substr(0, offset));
  FilePosition position;
  position.key = key;
  position.offset = offset;
  position.head_len = mark.head_len();
  position.head_hash = mark.HeadHash();
  position.tail_hash = mark.TailHash();
  return position;
}

TEST(FilePosition, SurvivesEncoding) {
  FilePosition position = At(Lines(1000, 'a'), 5000);
  position.skipping = true;
  position.finished = true;
  position.file.anchor = {2026, 11, 1'795'400'000};
  position.file.format = "powermta";
  position.file.notes = std::string("type, a\n\0 b", 12);
  position.modified_s = 1'795'399'999;
  position.dev = 66;
  position.inode = 123456789;
  position.seen_s = 1'795'400'001;
  position.path = "/var/log/mail log";
  const std::optional<FilePosition> back = FilePosition::Decode(position.key, position.Encode());
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->Encode(), position.Encode());
  EXPECT_EQ(back->path, position.path);
  EXPECT_EQ(back->file.anchor.month, 11);
  EXPECT_EQ(back->file.format, "powermta");
  EXPECT_EQ(back->file.notes, position.file.notes);
}

TEST(FilePosition, RefusesDamagedValues) {
  const std::string good = At("line\n", 5).Encode();
  EXPECT_TRUE(FilePosition::Decode("k", good).has_value());
  for (const char* bad :
       {"", "3", "3 ", "4 5 5 1 1 0 0 0 0 0 0 0 0 a 0  x", "3 x 5 1 1 0 0 0 0 0 0 0 0 a 0  x",
        "3 5 5 1 1 0 0 99 0 0 0 0 0 a 0  x", "3 -5 5 1 1 0 0 0 0 0 0 0 0 a 0  x",
        "3 5 4097 1 1 0 0 0 0 0 0 0 0 a 0  x", "3 5 5 1 1 4 0 0 0 0 0 0 0 a 0  x",
        "3 5 5 1 1 0 0 0 0 0 0 0 0 x", "3 5 5 1 1 0 0 0 0 0 0 0 0 a 9 x y",
        "3 5 5 1 1 0 0 0 0 0 0 0 0 a 1 xx y", "1 0 1 1 0 0 0 0 0 0 0 x", "3 5 5 1 1 0 0", "s=8a;i=1"}) {
    EXPECT_FALSE(FilePosition::Decode("k", bad).has_value()) << bad;
  }
}

TEST(FilePosition, ReadsValuesOfVersion2) {
  const std::optional<FilePosition> old = FilePosition::Decode(
      "k", "2 100 ab cd 0 2026 11 1795400000 66 77 1795400001 powermta 3 a b /var/log/mail.log");
  ASSERT_TRUE(old.has_value());
  EXPECT_EQ(old->head_len, 100u);
  EXPECT_EQ(old->file.format, "powermta");
  EXPECT_EQ(old->file.notes, "a b");
  EXPECT_EQ(old->path, "/var/log/mail.log");
}

TEST(FilePosition, ReadsValuesOfVersion1) {
  const std::optional<FilePosition> old =
      FilePosition::Decode("k", "1 9000 ab cd 1 2026 11 1795400000 66 77 1795400001 /var/log/mail.log");
  ASSERT_TRUE(old.has_value());
  EXPECT_EQ(old->offset, 9000u);
  EXPECT_EQ(old->head_len, kHeadBytes);
  EXPECT_EQ(old->tail_hash, 0xcdu);
  EXPECT_TRUE(old->skipping);
  EXPECT_FALSE(old->finished);
  EXPECT_EQ(old->seen_s, 1'795'400'001);
  EXPECT_EQ(old->path, "/var/log/mail.log");
}

TEST(ReadMark, DoesNotDependOnThePieces) {
  const std::string text = Lines(2000, 'm');
  ReadMark whole, pieces;
  whole.Pass(text);
  for (size_t at = 0; at < text.size(); at += 37) pieces.Pass(std::string_view(text).substr(at, 37));
  EXPECT_EQ(whole.offset(), pieces.offset());
  EXPECT_EQ(whole.HeadHash(), pieces.HeadHash());
  EXPECT_EQ(whole.TailHash(), pieces.TailHash());
}

TEST(Recognize, TellsFilesByContent) {
  const TempDir dir;
  const std::string a = Lines(1000, 'a'), b = Lines(1000, 'b');
  const std::string path = dir.Write("any-name", a);
  const struct {
    const char* what;
    std::vector<FilePosition> positions;
    bool known, older_copy;
  } kCases[] = {
      {"nothing stored", {}, false, false},
      {"its own", {At(a, 9000)}, true, false},
      {"read to the end", {At(a, a.size())}, true, false},
      {"another file's", {At(b, 9000)}, false, false},
      {"equal head, other tail", {At(a.substr(0, 5000) + b, 9000)}, false, false},
      {"a longer version of it was read", {At(a + a, a.size() + 100)}, false, true},
      {"other first, then its own", {At(b, 100), At(a, 12)}, true, false},
  };
  for (const auto& test : kCases) {
    const absl::StatusOr<Recognized> found = Recognize(path, PositionTable(test.positions));
    ASSERT_TRUE(found.ok()) << test.what;
    EXPECT_EQ(found->position.has_value(), test.known) << test.what;
    EXPECT_EQ(found->is_older_copy, test.older_copy) << test.what;
  }
}

TEST(Recognize, StandsBehindThePosition) {
  const TempDir dir;
  const std::string text = Lines(3000, 'a');
  const std::string path = dir.Write("log", text);
  for (const size_t offset : {size_t{12}, size_t{300}, size_t{4096}, size_t{4200}, size_t{40'000}}) {
    absl::StatusOr<Recognized> found = Recognize(path, PositionTable({At(text, offset)}));
    ASSERT_TRUE(found.ok() && found->position.has_value()) << offset;
    std::string rest(text.size(), '\0');
    const absl::StatusOr<size_t> n = found->stream->Read(std::span(rest));
    ASSERT_TRUE(n.ok());
    EXPECT_EQ(rest.substr(0, *n), text.substr(offset)) << offset;
    found->mark.Pass(text.substr(offset));
    EXPECT_EQ(found->mark.TailHash(), At(text, text.size()).tail_hash) << offset;
    EXPECT_EQ(found->mark.HeadHash(), At(text, text.size()).head_hash) << offset;
  }
}

TEST(Recognize, FailsWhereThereIsNoFile) {
  const TempDir dir;
  EXPECT_TRUE(absl::IsNotFound(Recognize(dir / "absent", PositionTable()).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(Recognize(dir.path(), PositionTable()).status()));
}

}  // namespace
}  // namespace bouncewatch

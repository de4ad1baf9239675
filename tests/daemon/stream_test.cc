#include "daemon/stream.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/support/temp_dir.h"

namespace bouncewatch {
namespace {

class NoSource final : public Source {
 public:
  const std::string& name() const override { return name_; }
  absl::StatusOr<Chunk> Read() override { return Chunk{}; }
  bool done() const override { return true; }
  void SaveState(std::vector<StateUpdate>*) override {}
  int wakeup_fd() const override { return -1; }
  SourceStats stats() const override { return {}; }

 private:
  std::string name_ = "mail";
};

// Remembers the records it was given; saves what the test tells it to.
class FakeDecoder final : public Decoder {
 public:
  size_t Decode(std::string_view lines, FileState*, EventBatch*) override { return lines.size(); }
  bool SaveChanges(std::string* record) override {
    *record = next_record;
    return next_is_snapshot;
  }
  bool LoadRecord(std::string_view record) override {
    loaded.emplace_back(record);
    return record != "damaged";
  }
  const DecoderCounters& counters() const override { return numbers; }

  std::vector<std::string> loaded;
  std::string next_record;
  bool next_is_snapshot = false;
  DecoderCounters numbers;
};

class StreamTest : public ::testing::Test {
 protected:
  StreamTest() {
    StoreOptions options;
    options.path = dir_ / "store";
    absl::StatusOr<std::unique_ptr<Store>> store = Store::Open(options);
    EXPECT_TRUE(store.ok()) << store.status();
    if (store.ok()) store_ = *std::move(store);
  }

  void Open() {
    auto decoder = std::make_unique<FakeDecoder>();
    decoder_ = decoder.get();
    absl::StatusOr<std::unique_ptr<Stream>> stream =
        Stream::Open(*store_, std::make_unique<NoSource>(), std::move(decoder));
    ASSERT_TRUE(stream.ok()) << stream.status();
    stream_ = *std::move(stream);
  }

  void Commit(const std::string& record, bool is_snapshot) {
    decoder_->next_record = record;
    decoder_->next_is_snapshot = is_snapshot;
    ++decoder_->numbers.lines;
    std::vector<StateUpdate> states;
    stream_->Collect(&states);
    ASSERT_TRUE(store_->Commit(Rollup(1), states).ok());
  }

  TempDir dir_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Stream> stream_;
  FakeDecoder* decoder_ = nullptr;
};

TEST_F(StreamTest, GivesRecordsBackInOrder) {
  Open();
  for (int i = 0; i < 20; ++i) Commit("r" + std::to_string(i), false);
  Open();
  ASSERT_EQ(decoder_->loaded.size(), 20u);
  EXPECT_EQ(decoder_->loaded.front(), "r0");
  EXPECT_EQ(decoder_->loaded.back(), "r19");
}

TEST_F(StreamTest, ASnapshotReplacesWhatWasBefore) {
  Open();
  Commit("old", false);
  Open();
  Commit("snapshot", true);
  Commit("newer", false);
  Open();
  EXPECT_EQ(decoder_->loaded, (std::vector<std::string>{"snapshot", "newer"}));
}

TEST_F(StreamTest, ForgetsDamagedRecords) {
  Open();
  Commit("damaged", false);
  Open();
  Commit("good", false);
  Open();
  EXPECT_EQ(decoder_->loaded, (std::vector<std::string>{"good"}));
}

TEST_F(StreamTest, SavesNothingWhenNothingWasRead) {
  Open();
  decoder_->next_record = "x";
  std::vector<StateUpdate> states;
  stream_->Collect(&states);
  EXPECT_TRUE(states.empty());
}

TEST(NewDecoder, NamesFormatsItCannotRead) {
  EXPECT_TRUE(NewDecoder("auto", DecoderOptions()).ok());
  const absl::Status status = NewDecoder("pigeon", DecoderOptions()).status();
  EXPECT_EQ(status.message(), "format \"pigeon\" is not supported by this version");
}

}  // namespace
}  // namespace bouncewatch

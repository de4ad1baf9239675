// The writer on a disk that fails: nothing is lost, nothing counted twice.
#include "storage/writer.h"

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <atomic>

#include <atomic>
#include <memory>
#include <random>

#include "gtest/gtest.h"
#include "storage/live_reader.h"
#include "tests/support/store_samples.h"

namespace bouncewatch {
namespace {

constexpr uint32_t kHour = 490'000;

enum class Fault { kNone, kAppend, kSync };
using FaultSwitch = std::atomic<Fault>;  // RocksDB's own threads write files too

// Files that say "no space" on command. A failed append writes nothing; a failed sync comes after the bytes
// landed.
class FaultyFile : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultyFile(std::unique_ptr<rocksdb::FSWritableFile>&& file, const FaultSwitch* fault)
      : FSWritableFileOwnerWrapper(std::move(file)), fault_(fault) {}

  using FSWritableFileOwnerWrapper::Append;
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* context) override {
    if (*fault_ == Fault::kAppend) return rocksdb::IOStatus::NoSpace("told to");
    return FSWritableFileOwnerWrapper::Append(data, options, context);
  }
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) override {
    if (*fault_ == Fault::kSync) return rocksdb::IOStatus::NoSpace("told to");
    return FSWritableFileOwnerWrapper::Sync(options, context);
  }

 private:
  const FaultSwitch* fault_;
};

class FaultyFileSystem : public rocksdb::FileSystemWrapper {
 public:
  explicit FaultyFileSystem(const FaultSwitch* fault)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), fault_(fault) {}
  const char* Name() const override { return "FaultyFileSystem"; }
  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* result,
                                    rocksdb::IODebugContext* context) override {
    if (*fault_ == Fault::kAppend) return rocksdb::IOStatus::NoSpace("told to");
    const rocksdb::IOStatus status = FileSystemWrapper::NewWritableFile(path, options, result, context);
    if (status.ok()) *result = std::make_unique<FaultyFile>(std::move(*result), fault_);
    return status;
  }

 private:
  const FaultSwitch* fault_;
};

class WriterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    env_ = rocksdb::NewCompositeEnv(std::make_shared<FaultyFileSystem>(&fault_));
    options_.path = directory_.store();
    auto database = Database::Open(options_.path, env_.get());
    ASSERT_TRUE(database.ok()) << database.status().ToString();
    database_ = *std::move(database);
    auto writer = Writer::Open(database_, options_);
    ASSERT_TRUE(writer.ok()) << writer.status().ToString();
    writer_ = *std::move(writer);
  }

  absl::Status Commit(const std::vector<Sample>& samples, const std::string& position) {
    Rollup rollup(1);
    for (const Sample& sample : samples) AddSample(&rollup, sample);
    return writer_->Commit(rollup, {{"position", position}});
  }
  std::map<std::string, Sums> Totals() {
    auto reader = OpenLiveReader(database_);
    EXPECT_TRUE(reader.ok());
    auto result = (*reader)->Query(Everything({Key::kDomain}));
    EXPECT_TRUE(result.ok()) << result.status().ToString();
    return result.ok() ? SumsOf(*result) : std::map<std::string, Sums>();
  }

  FaultSwitch fault_ = Fault::kNone;
  TestDirectory directory_;
  StoreOptions options_;
  std::unique_ptr<rocksdb::Env> env_;
  std::shared_ptr<Database> database_;
  std::unique_ptr<Writer> writer_;
};

TEST_F(WriterTest, ABatchThatDidNotLandIsAppliedOnce) {
  ASSERT_TRUE(Commit({{kHour * 60, "a.test"}}, "1").ok());
  fault_ = Fault::kAppend;
  const std::vector<Sample> samples = {{kHour * 60, "a.test"}, {kHour * 60 + 300, "b.test"}};
  EXPECT_FALSE(Commit(samples, "2").ok());
  EXPECT_FALSE(Commit(samples, "2").ok()) << "the disk is still full";
  fault_ = Fault::kNone;
  ASSERT_TRUE(Commit(samples, "2").ok());
  EXPECT_EQ(Totals(), (std::map<std::string, Sums>{{"a.test|0", {2, 0, 0}}, {"b.test|0", {1, 0, 0}}}));
  ASSERT_TRUE(Commit(samples, "3").ok());
  EXPECT_EQ(Totals(), (std::map<std::string, Sums>{{"a.test|0", {3, 0, 0}}, {"b.test|0", {2, 0, 0}}}));
}

TEST_F(WriterTest, ABatchThatLandedInSpiteOfTheErrorIsNotAppliedAgain) {
  ASSERT_TRUE(Commit({{kHour * 60, "a.test"}}, "1").ok());
  fault_ = Fault::kSync;
  const std::vector<Sample> samples = {{kHour * 60, "a.test"}, {kHour * 60 + 300, "b.test"}};
  EXPECT_FALSE(Commit(samples, "2").ok());
  fault_ = Fault::kNone;
  ASSERT_TRUE(Commit(samples, "2").ok());
  EXPECT_EQ(Totals(), (std::map<std::string, Sums>{{"a.test|0", {2, 0, 0}}, {"b.test|0", {1, 0, 0}}}));
  EXPECT_EQ(writer_->stats().failures, 1u);
  EXPECT_EQ(writer_->stats().commits, 2u);
}

// As after a reload while the disk is full: the commit that comes next is another one.
TEST_F(WriterTest, AfterSettlingAnotherCommitIsNotTakenForTheOneInDoubt) {
  for (Fault fault : {Fault::kAppend, Fault::kSync}) {
    const bool lands = fault == Fault::kSync;
    const std::string domain = lands ? "landed.test" : "lost.test";
    fault_ = fault;
    EXPECT_FALSE(Commit({{kHour * 60, domain}}, "1").ok());
    fault_ = Fault::kNone;
    ASSERT_TRUE(writer_->Settle().ok());
    EXPECT_EQ(Totals().count(domain + "|0"), lands ? 1u : 0u);
    ASSERT_TRUE(Commit({{kHour * 60, "next-" + domain}}, "2").ok());
    EXPECT_EQ(Totals().count("next-" + domain + "|0"), 1u);
    EXPECT_TRUE(writer_->FoldAll().ok());
  }
}

TEST_F(WriterTest, FoldAllWaitsForTheCommitInDoubt) {
  fault_ = Fault::kAppend;
  EXPECT_FALSE(Commit({{kHour * 60, "a.test"}}, "1").ok());
  fault_ = Fault::kNone;
  EXPECT_EQ(writer_->FoldAll().code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(Commit({{kHour * 60, "a.test"}}, "1").ok());
  EXPECT_TRUE(writer_->FoldAll().ok());
  EXPECT_EQ(Totals(), (std::map<std::string, Sums>{{"a.test|0", {1, 0, 0}}}));
}

TEST_F(WriterTest, AFoldThatFailedIsDoneAgain) {
  ASSERT_TRUE(Commit({{kHour * 60, "a.test"}}, "1").ok());
  for (Fault fault : {Fault::kAppend, Fault::kSync}) {
    fault_ = fault;
    EXPECT_FALSE(writer_->FoldAll().ok());
    fault_ = Fault::kNone;
    ASSERT_TRUE(Commit({{kHour * 60, "a.test"}}, "2").ok());
  }
  ASSERT_TRUE(writer_->FoldAll().ok());
  EXPECT_EQ(writer_->stats().open_rows, 0u);
  EXPECT_EQ(Totals(), (std::map<std::string, Sums>{{"a.test|0", {3, 0, 0}}}));
}

TEST_F(WriterTest, ReadersFailWhileTheStoreIsClosedAndWorkAfter) {
  ASSERT_TRUE(Commit({{kHour * 60, "a.test"}}, "1").ok());
  auto reader = OpenLiveReader(database_);
  ASSERT_TRUE(reader.ok());
  fault_ = Fault::kAppend;
  EXPECT_FALSE(Commit({{kHour * 60, "a.test"}}, "2").ok());
  EXPECT_FALSE(Commit({{kHour * 60, "a.test"}}, "2").ok());
  EXPECT_EQ((*reader)->Query(Everything({})).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_FALSE(OpenLiveReader(database_).ok());
  fault_ = Fault::kNone;
  ASSERT_TRUE(Commit({{kHour * 60, "a.test"}}, "2").ok());
  const auto result = (*reader)->Query(Everything({}));
  ASSERT_TRUE(result.ok()) << result.status().ToString();
  EXPECT_EQ(result->series[0].points[0].attempts, 2u);
}

TEST_F(WriterTest, CountsAreExactUnderRandomFaults) {
  const uint32_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  std::map<std::string, Sums> model;
  uint32_t now = kHour * 60;
  for (int step = 0; step < 30; ++step) {
    std::vector<Sample> samples;
    for (uint32_t n = random() % 20 + 1; n > 0; --n) {
      now += random() % 4;
      const uint32_t late = random() % 90;
      samples.push_back({now - late, "d" + std::to_string(random() % 40) + ".test"});
      ++model[samples.back().domain + "|0"].attempts;
    }
    const std::string position = std::to_string(step);
    if (random() % 3 == 0) {
      fault_ = random() % 2 == 0 ? Fault::kAppend : Fault::kSync;
      const int tries = static_cast<int>(random() % 3 + 1);
      for (int i = 0; i < tries; ++i) {
        if (Commit(samples, position).ok()) {
          // A recovery that found the batch landed has nothing to write.
          samples.clear();
          break;
        }
      }
      fault_ = Fault::kNone;
    }
    if (!samples.empty()) {
      ASSERT_TRUE(Commit(samples, position).ok());
    }
    if (random() % 10 == 0) {
      ASSERT_TRUE(writer_->FoldAll().ok());
    }
  }
  EXPECT_EQ(Totals(), model);
}

}  // namespace
}  // namespace bouncewatch

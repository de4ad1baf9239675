#include "storage/quarantine.h"

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/options.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/keys.h"
#include "storage/store.h"
#include "tests/support/simulated_disk.h"
#include "tests/support/store_samples.h"

namespace bouncewatch {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr uint32_t kHour = 490'000;  // 2025-11-24T16:00Z

class QuarantineTest : public ::testing::Test {
 protected:
  void SetUp() override {
    env_ = rocksdb::NewCompositeEnv(disk_);
    options_.path = "/store";
    options_.env = env_.get();
    options_.on_damage = [this](std::string_view what) { reports_.emplace_back(what); };
    ASSERT_TRUE(Reopen().ok());
  }
  absl::Status Reopen() {
    store_.reset();
    auto store = Store::Open(options_);
    if (store.ok()) store_ = *std::move(store);
    return store.status();
  }
  absl::Status Commit(const std::vector<Sample>& samples) {
    Rollup rollup(1);
    for (const Sample& sample : samples) AddSample(&rollup, sample);
    return store_->Commit(rollup, {});
  }
  std::map<std::string, Sums> Totals() {
    auto reader = store_->NewReader();
    EXPECT_TRUE(reader.ok());
    auto result = (*reader)->Query(OfMinutes());
    EXPECT_TRUE(result.ok()) << result.status().ToString();
    return result.ok() ? SumsOf(*result) : std::map<std::string, Sums>();
  }

  // By domain, out of blocks: marginals do not know both names.
  static QuerySpec OfMinutes() {
    QuerySpec spec = Everything({Key::kDomain});
    spec.where = {{Key::kHost, {"mx1"}}};
    return spec;
  }

  // Closes the store and works on its database.
  template <typename Change>
  void Behind(Change change) {
    store_.reset();
    rocksdb::DB* opened = nullptr;
    ASSERT_TRUE(rocksdb::DB::Open(MakeOptions(env_.get()), "/store", &opened).ok());
    const std::unique_ptr<rocksdb::DB> db(opened);
    change(db.get());
  }
  void Damage(const std::string& key) {
    Behind([&](rocksdb::DB* db) {
      std::string value;
      ASSERT_TRUE(db->Get(rocksdb::ReadOptions(), key, &value).ok()) << "nothing to damage";
      ASSERT_TRUE(db->Put(rocksdb::WriteOptions(), key, "garbage").ok());
    });
  }
  std::vector<std::string> InQuarantine() {
    std::vector<std::string> values;
    Behind([&](rocksdb::DB* db) {
      const std::unique_ptr<rocksdb::Iterator> it(db->NewIterator(rocksdb::ReadOptions()));
      for (it->Seek("q"); it->Valid() && it->key().starts_with("q"); it->Next()) {
        values.push_back(it->value().ToString());
      }
    });
    return values;
  }

  std::shared_ptr<SimulatedDisk> disk_ = std::make_shared<SimulatedDisk>(1);
  std::unique_ptr<rocksdb::Env> env_;
  StoreOptions options_;
  std::vector<std::string> reports_;
  std::unique_ptr<Store> store_;
};

// Domain ids begin with 1, and an id is its own shard below 64.
TEST_F(QuarantineTest, ADamagedBlockIsSetAsideWhenItsHourIsFoldedAgain) {
  ASSERT_TRUE(Commit({{kHour * 60, "a.test"}, {kHour * 60, "b.test"}}).ok());
  ASSERT_TRUE(store_->FoldAll().ok());
  Damage(BlockKey(1, kHour));
  ASSERT_TRUE(Reopen().ok());
  EXPECT_THAT(reports_, IsEmpty()) << "nobody has looked at it";
  ASSERT_TRUE(Commit({{kHour * 60 + 1, "a.test"}, {kHour * 60 + 1, "b.test"}}).ok());
  ASSERT_TRUE(store_->FoldAll().ok());
  EXPECT_THAT(reports_, ElementsAre(HasSubstr("block of hour 2025-11-24T16:00Z, shard 1 was set aside")));
  EXPECT_EQ(store_->stats().damaged_values, 1u);
  EXPECT_EQ(Totals(), (std::map<std::string, Sums>{{"a.test|0", {1, 0, 0}}, {"b.test|0", {2, 0, 0}}}));

  ASSERT_TRUE(Commit({{kHour * 60 + 2, "a.test"}}).ok());
  ASSERT_TRUE(store_->FoldAll().ok());
  EXPECT_EQ(Totals()["a.test|0"].attempts, 2u);
  EXPECT_THAT(InQuarantine(), ElementsAre("garbage"));
  ASSERT_TRUE(Reopen().ok());
  EXPECT_EQ(store_->stats().damaged_values, 1u);
  EXPECT_EQ(reports_.size(), 1u);
}

TEST_F(QuarantineTest, ADamagedDeltaIsSetAsideWhenTheStoreIsOpened) {
  ASSERT_TRUE(Commit({{kHour * 60, "a.test"}}).ok());
  ASSERT_TRUE(Commit({{kHour * 60, "b.test"}}).ok());
  Damage(DeltaKey(kHour, 1));
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(Reopen().ok());
    EXPECT_THAT(reports_, ElementsAre(HasSubstr("delta of hour 2025-11-24T16:00Z, commit 1 was set aside")));
    EXPECT_EQ(store_->stats().damaged_values, 1u);
    EXPECT_EQ(Totals(), (std::map<std::string, Sums>{{"b.test|0", {1, 0, 0}}}));
  }
  EXPECT_THAT(InQuarantine(), ElementsAre("garbage"));
}

// Damage that RocksDB finds itself, by the checksum of a file. Ingest goes on; a question about that hour is
// an error and not a wrong number.
TEST_F(QuarantineTest, ABlockThatTheDiskHasSpoiledDoesNotStopIngest) {
  std::vector<Sample> samples;
  for (uint32_t i = 0; i < 60 * 200; ++i) {  // more than one of RocksDB's own blocks
    samples.push_back({kHour * 60 + i % 60, "a.test"});
    samples.back().ip = "192.0.2." + std::to_string(i / 60);
  }
  ASSERT_TRUE(Commit(samples).ok());
  ASSERT_TRUE(store_->FoldAll().ok());
  ASSERT_TRUE(Reopen().ok());  // which writes what was only in the log into a table
  store_.reset();
  ASSERT_EQ(disk_->Spoil(".sst", 20), 1u);
  ASSERT_TRUE(Reopen().ok());
  ASSERT_TRUE(Commit({{kHour * 60, "a.test"}}).ok());
  const absl::Status folded = store_->FoldAll();
  ASSERT_TRUE(folded.ok()) << folded.ToString();
  EXPECT_THAT(reports_, ElementsAre(HasSubstr("shard 1 was set aside")));
  auto reader = store_->NewReader();
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ((*reader)->Query(OfMinutes()).status().code(), absl::StatusCode::kDataLoss);
}

// The batch that moves the block fails, and tells nobody whether it landed.
TEST_F(QuarantineTest, ADamagedBlockIsReportedOnceThoughTheCommitFails) {
  for (const auto effect : {DiskFault::Effect::kNone, DiskFault::Effect::kAll}) {
    const uint32_t hour = effect == DiskFault::Effect::kAll ? kHour + 10 : kHour;
    reports_.clear();
    ASSERT_TRUE(Commit({{hour * 60, "a.test"}}).ok());
    ASSERT_TRUE(store_->FoldAll().ok());
    Damage(BlockKey(1, hour));
    ASSERT_TRUE(Reopen().ok());
    DiskFault fault;
    fault.effect = effect;
    fault.operations = kDiskSync;
    ASSERT_TRUE(Commit({{hour * 60 + 1, "a.test"}}).ok());
    disk_->Inject(fault);
    const std::vector<Sample> next = {{(hour + 2) * 60, "a.test"}};
    EXPECT_FALSE(Commit(next).ok());
    disk_->Heal();
    EXPECT_THAT(reports_, IsEmpty()) << "not durable yet";
    ASSERT_TRUE(Commit(next).ok());
    EXPECT_EQ(reports_.size(), 1u);
    ASSERT_TRUE(store_->FoldAll().ok());
    EXPECT_EQ(reports_.size(), 1u);
  }
  EXPECT_EQ(store_->stats().damaged_values, 2u);
  EXPECT_EQ(Totals()["a.test|0"].attempts, 4u);
}

}  // namespace
}  // namespace bouncewatch

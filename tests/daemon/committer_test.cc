// A store that stalls: ingest stops and says so, then goes on, and nothing is lost or counted twice.
#include "daemon/committer.h"

#include <rocksdb/env.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/simulated_disk.h"
#include "tests/support/store_samples.h"

namespace bouncewatch {
namespace {

using ::testing::HasSubstr;

constexpr uint32_t kMinute = 490'000 * 60;
constexpr std::chrono::milliseconds kSlow(20);

class CommitterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    env_ = rocksdb::NewCompositeEnv(disk_);
    StoreOptions options;
    options.path = "/store";
    options.env = env_.get();
    auto store = Store::Open(options);
    ASSERT_TRUE(store.ok()) << store.status().ToString();
    store_ = *std::move(store);
    committer_ = std::make_unique<Committer>(
        store_.get(), [this](const Rollup&) { ++durable_; }, kSlow);
  }

  bool Submit() {
    auto rollup = std::make_unique<Rollup>(1);
    AddSample(rollup.get(), {kMinute, "a.test"});
    std::vector<StateUpdate> states = {{"position", std::to_string(submitted_ + 1)}};
    const bool taken = committer_->Submit(&rollup, &states);
    EXPECT_EQ(rollup == nullptr, taken);
    submitted_ += taken ? 1 : 0;
    return taken;
  }
  // Hands over until no more is taken.
  void SubmitUntilStalled() {
    while (Submit()) {
    }
  }
  void WaitUntilDurable() {
    while (!committer_->Flush()) std::this_thread::yield();
  }
  uint64_t Counted() {
    auto reader = store_->NewReader();
    EXPECT_TRUE(reader.ok());
    auto result = (*reader)->Query(Everything({Key::kDomain}));
    EXPECT_TRUE(result.ok()) << result.status().ToString();
    return result.ok() ? SumsOf(*result)["a.test|0"].attempts : 0;
  }

  std::shared_ptr<SimulatedDisk> disk_ = std::make_shared<SimulatedDisk>(1);
  std::unique_ptr<rocksdb::Env> env_;
  std::unique_ptr<Store> store_;
  std::atomic<uint64_t> durable_{0};
  uint64_t submitted_ = 0;
  std::unique_ptr<Committer> committer_;
};

TEST_F(CommitterTest, ADiskThatDoesNotComeBackIsAStall) {
  ASSERT_TRUE(Submit());
  WaitUntilDurable();
  EXPECT_EQ(committer_->stalled_reason(), "");
  disk_->Hold();
  SubmitUntilStalled();
  EXPECT_LE(submitted_, 3u) << "one in the commit, one in the queue";
  EXPECT_THAT(committer_->stalled_reason(), HasSubstr("has not come back"));
  EXPECT_FALSE(committer_->Flush());
  disk_->Release();
  WaitUntilDurable();
  EXPECT_EQ(committer_->stalled_reason(), "");
  EXPECT_EQ(durable_, submitted_);
  EXPECT_EQ(Counted(), submitted_);
}

// Also when nothing more is to be committed: the metric asks.
TEST_F(CommitterTest, AStallIsNoticedByWhoeverAsks) {
  disk_->Hold();
  ASSERT_TRUE(Submit());
  while (committer_->stalled_reason().empty()) std::this_thread::yield();
  disk_->Release();
  WaitUntilDurable();
  EXPECT_EQ(Counted(), 1u);
}

TEST_F(CommitterTest, AFullDiskIsAStallUntilThereIsRoom) {
  disk_->Inject({});
  SubmitUntilStalled();
  while (committer_->stalled_reason().find("No space") == std::string::npos) std::this_thread::yield();
  disk_->Heal();
  WaitUntilDurable();
  ASSERT_TRUE(Submit());
  WaitUntilDurable();
  EXPECT_EQ(committer_->stalled_reason(), "");
  EXPECT_GT(committer_->failed_attempts(), 0u);
  EXPECT_EQ(Counted(), submitted_);
  EXPECT_EQ(*store_->GetState("position"), std::to_string(submitted_));
}

TEST_F(CommitterTest, WhatCannotBeCommittedAtTheEndIsNotCounted) {
  ASSERT_TRUE(Submit());
  WaitUntilDurable();
  disk_->Inject({});
  SubmitUntilStalled();
  committer_.reset();
  disk_->Heal();
  ASSERT_TRUE(store_->Settle().ok());
  EXPECT_EQ(Counted(), 1u);
  EXPECT_EQ(*store_->GetState("position"), "1");
}

}  // namespace
}  // namespace bouncewatch

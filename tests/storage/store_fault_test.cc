// The store on a disk that refuses, fails or forgets at every single step of commits and folds: nothing is
// lost, nothing counted twice.
#include <rocksdb/env.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "storage/store.h"
#include "tests/support/simulated_disk.h"
#include "tests/support/store_samples.h"

namespace bouncewatch {
namespace {

constexpr uint32_t kHour = 490'000;
constexpr int kTriesMax = 6;

struct FaultCase {
  const char* name;
  unsigned operations;
  uint64_t count;
  DiskFault::Error error;
  DiskFault::Effect effect;
};
constexpr uint64_t kLasting = UINT64_MAX;

// Commits over four hours, late lines that fold an hour again, a restart in the midst, a last fold: a small
// life of a store. Every step that fails is called again, as the committer does.
class SmallLife {
 public:
  SmallLife() : env_(rocksdb::NewCompositeEnv(disk_)) {
    options_.path = "/store";
    options_.env = env_.get();
  }

  SimulatedDisk* disk() { return disk_.get(); }

  void Run() {
    Open();
    for (uint32_t hour = 0; hour < 4; ++hour) {
      const uint32_t start = (kHour + hour) * 60;
      Commit({{start, "a.test"}, {start + 1, "b.test", Outcome::kBounced, 3, "auth.spf"}});
      Commit({{start + 59, "c" + std::to_string(hour) + ".test"}, {kHour * 60 + hour, "late.test"}});
      if (hour == 2) Open();
    }
    Until([this] { return store_->FoldAll(); });
  }

  // The power goes once all of it was acknowledged.
  void LosePower() {
    store_.reset();
    disk_->CutPowerAt(0);
    disk_->RestorePower();
    Open();
  }

  std::map<std::string, Sums> Totals() {
    auto reader = store_->NewReader();
    EXPECT_TRUE(reader.ok());
    auto result = (*reader)->Query(Everything({Key::kDomain, Key::kCause, Key::kOutcome}, 60));
    EXPECT_TRUE(result.ok()) << result.status().ToString();
    return result.ok() ? SumsOf(*result) : std::map<std::string, Sums>();
  }
  std::string Position() { return store_->GetState("position")->value_or(""); }
  int failures() const { return failures_; }

 private:
  void Open() {
    Until([this] {
      store_.reset();
      auto store = Store::Open(options_);
      if (store.ok()) store_ = *std::move(store);
      return store.status();
    });
  }
  void Commit(const std::vector<Sample>& samples) {
    Rollup rollup(1);
    for (const Sample& sample : samples) AddSample(&rollup, sample);
    const std::vector<StateUpdate> states = {{"position", std::to_string(++position_)}};
    Until([&] { return store_->Commit(rollup, states); });
  }
  // A lasting fault goes after it was met twice.
  template <typename Step>
  void Until(Step step) {
    for (int i = 0; i < kTriesMax; ++i) {
      const absl::Status status = step();
      if (status.ok()) return;
      ++failures_;
      if (i == 1) disk_->Heal();
      ASSERT_LT(i + 1, kTriesMax) << status.ToString();
    }
  }

  std::shared_ptr<SimulatedDisk> disk_ = std::make_shared<SimulatedDisk>(1);
  std::unique_ptr<rocksdb::Env> env_;
  StoreOptions options_;
  std::unique_ptr<Store> store_;
  int position_ = 0, failures_ = 0;
};

class StoreFaultTest : public ::testing::TestWithParam<FaultCase> {};

TEST_P(StoreFaultTest, EveryStepMayFail) {
  SmallLife straight;
  straight.Run();
  const std::map<std::string, Sums> expected = straight.Totals();
  ASSERT_EQ(expected.size(), 4u * 3 + 4);
  ASSERT_EQ(straight.Position(), "8");

  int lives_with_failures = 0;
  for (uint64_t first = 1;; ++first) {
    SCOPED_TRACE("operation " + std::to_string(first));
    SmallLife life;
    DiskFault fault;
    fault.operations = GetParam().operations;
    fault.first = first;
    fault.count = GetParam().count;
    fault.error = GetParam().error;
    fault.effect = GetParam().effect;
    life.disk()->Inject(fault);
    life.Run();
    if (HasFatalFailure()) return;
    const bool was_met = life.disk()->counted_operations() >= first;
    life.disk()->Heal();
    ASSERT_EQ(life.Totals(), expected);
    ASSERT_EQ(life.Position(), "8");
    life.LosePower();
    ASSERT_EQ(life.Totals(), expected) << "after a power loss";
    ASSERT_EQ(life.Position(), "8") << "after a power loss";
    lives_with_failures += life.failures() > 0 ? 1 : 0;
    if (!was_met) break;
  }
  EXPECT_GE(lives_with_failures, 8) << "the faults were not felt";
}

constexpr FaultCase kFaultCases[] = {
    {"NoSpace", kDiskCreate | kDiskAppend, kLasting, DiskFault::Error::kNoSpace, DiskFault::Effect::kNone},
    {"NoSpaceForTheWhole", kDiskCreate | kDiskAppend, kLasting, DiskFault::Error::kNoSpace,
     DiskFault::Effect::kHalf},
    {"OneFailedChange", kDiskChanges, 1, DiskFault::Error::kInputOutput, DiskFault::Effect::kNone},
    {"OneTornChange", kDiskChanges, 1, DiskFault::Error::kInputOutput, DiskFault::Effect::kHalf},
    {"OneChangeThatLanded", kDiskChanges, 1, DiskFault::Error::kInputOutput, DiskFault::Effect::kAll},
    {"LastingFailedSyncs", kDiskSync | kDiskSyncDirectory, kLasting, DiskFault::Error::kInputOutput,
     DiskFault::Effect::kHalf},
    {"OneFailedRead", kDiskRead, 1, DiskFault::Error::kInputOutput, DiskFault::Effect::kNone},
    {"LastingFailedReads", kDiskRead, kLasting, DiskFault::Error::kInputOutput, DiskFault::Effect::kNone},
};
INSTANTIATE_TEST_SUITE_P(Disk, StoreFaultTest, ::testing::ValuesIn(kFaultCases),
                         [](const auto& instance) { return std::string(instance.param.name); });

}  // namespace
}  // namespace bouncewatch

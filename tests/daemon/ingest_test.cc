// Back-pressure end to end: what is read and not yet durable is bounded, however long the store stands still.
#include "daemon/ingest.h"

#include <rocksdb/env.h>

#include <atomic>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "daemon/identity.h"
#include "daemon/rule_files.h"
#include "gtest/gtest.h"
#include "tests/support/simulated_disk.h"
#include "tests/support/store_samples.h"

namespace bouncewatch {
namespace {

constexpr uint64_t kLinesPerChunk = 500;
// One rollup in the commit, one in the queue, one being handed over, each of 64 Ki rows and a turn of chunks.
constexpr uint64_t kUncommittedMax = 3 * (65'536 + 8 * kLinesPerChunk);

// A busy log: there is always more to read, each line of another domain.
class EndlessSource : public Source {
 public:
  const std::string& name() const override { return name_; }
  absl::StatusOr<Chunk> Read() override {
    if (ended_) return Chunk{};
    text_.clear();
    for (uint64_t i = 0; i < kLinesPerChunk; ++i) {
      const uint64_t number = lines_++;
      absl::StrAppendFormat(&text_,
                            "2026-01-05T10:%02d:00+00:00 mx postfix/smtp[9]: %X: to=<a@d%d.test>, "
                            "relay=mx.example[192.0.2.1]:25, delay=1, dsn=2.0.0, status=sent (250 ok)\n",
                            number / 4000 % 60, number + 0x10000000, number);
    }
    return Chunk{text_, &file_};
  }
  bool done() const override { return ended_; }
  void SaveState(std::vector<StateUpdate>* states) override {
    states->push_back({"position/busy/1", std::to_string(lines_)});
  }
  int wakeup_fd() const override { return -1; }
  SourceStats stats() const override { return {}; }

  uint64_t lines() const { return lines_; }
  void End() { ended_ = true; }

 private:
  const std::string name_ = "busy";
  std::string text_;
  FileState file_;
  std::atomic<uint64_t> lines_{0};
  std::atomic<bool> ended_{false};
};

TEST(Ingest, ReadsNoFurtherThanTheStoreCanFollow) {
  auto disk = std::make_shared<SimulatedDisk>(1);
  const std::unique_ptr<rocksdb::Env> env = rocksdb::NewCompositeEnv(disk);
  StoreOptions store_options;
  store_options.path = "/store";
  store_options.env = env.get();
  auto store = Store::Open(store_options);
  ASSERT_TRUE(store.ok()) << store.status().ToString();
  auto rules = LoadRules("", "");
  ASSERT_TRUE(rules.ok()) << rules.status().ToString();
  const auto identity = Identity::Make({});
  ASSERT_TRUE(identity.ok());

  auto owned = std::make_unique<EndlessSource>();
  EndlessSource* source = owned.get();
  auto decoder = NewDecoder("postfix", DecoderOptions());
  ASSERT_TRUE(decoder.ok());
  auto stream = Stream::Open(**store, std::move(owned), *std::move(decoder));
  ASSERT_TRUE(stream.ok()) << stream.status().ToString();
  std::vector<std::unique_ptr<Stream>> streams;
  streams.push_back(*std::move(stream));

  Worker worker(*rules, *identity, 1);
  std::atomic<uint64_t> durable{0};
  Committer committer(
      store->get(), [&](const Rollup& rollup) { durable += rollup.size(); }, std::chrono::milliseconds(20));
  std::atomic<uint64_t> ticks_of_stall{0};
  IngestOptions options;
  options.tick = [&] { ticks_of_stall += committer.stalled_reason().empty() ? 0 : 1; };
  Ingest ingest(&worker, &committer, &streams, std::move(options));
  absl::Status ended;
  std::jthread thread([&](const std::stop_token& stop) { ended = ingest.Run(stop); });

  while (durable == 0) std::this_thread::yield();
  disk->Hold();
  // Until it reads no more: what it may still take is bounded.
  uint64_t read = 0;
  while (read != source->lines()) {
    read = source->lines();
    ASSERT_LE(read - durable, kUncommittedMax) << "it reads on though nothing can be stored";
    const uint64_t ticks = ticks_of_stall;
    while (ticks_of_stall < ticks + 3) std::this_thread::yield();
  }

  disk->Release();
  while (source->lines() == read) std::this_thread::yield();
  source->End();
  thread.join();
  EXPECT_TRUE(ended.ok()) << ended.ToString();
  EXPECT_EQ(durable, source->lines());
  EXPECT_EQ(*(*store)->GetState("position/busy/1"), std::to_string(source->lines()));
}

}  // namespace
}  // namespace bouncewatch

// Committer: the writer thread. Takes rollups from the ingest thread one at a time, commits them with the
// positions they came from, and tells the metrics what became durable. While the disk refuses writes it keeps
// the rollup, logs the reason, and tries again: ingest waits (back-pressure) and nothing is lost or counted
// twice. A disk that takes a write and does not come back is a stall like a refusal.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "storage/rollup.h"
#include "storage/store.h"

namespace bouncewatch {

class Committer {
 public:
  // A commit takes milliseconds; one that takes this long is a stall.
  static constexpr std::chrono::seconds kSlowCommit{10};

  // `committed` is called on the writer thread after each durable commit, before the rollup is reused.
  Committer(Store* store, std::function<void(const Rollup&)> committed,
            std::chrono::milliseconds slow_commit = kSlowCommit);
  // Commits what was submitted (one last try each), then joins.
  ~Committer();

  // Hands over one commit. Blocks while an earlier one is waiting, but not longer than a stall takes to be
  // known. False: commits are stalled and the caller should look at its stop flag; the arguments are then
  // untouched.
  bool Submit(std::unique_ptr<Rollup>* rollup, std::vector<StateUpdate>* states);
  // A rollup to fill next, cleared, or null when none has come back yet.
  std::unique_ptr<Rollup> TakeSpare();
  // Waits until everything submitted is durable. False when it cannot be made durable now (the disk is full).
  bool Flush();

  // Why ingest stands still, "" when it does not. Any thread.
  std::string stalled_reason();
  // Commits handed over, and how many of them, in this order, are durable. Any thread.
  uint64_t submitted() const { return submitted_.load(std::memory_order_relaxed); }
  uint64_t durable() const { return durable_.load(std::memory_order_acquire); }
  uint64_t failed_attempts() const { return failed_attempts_.load(std::memory_order_relaxed); }

 private:
  struct Work {
    std::unique_ptr<Rollup> rollup;
    std::vector<StateUpdate> states;
  };
  void Run(std::stop_token stop);
  // All with the lock held.
  void Stall(std::string reason);
  void NoticeSlowCommit();
  bool WaitUnlessStalled(std::unique_lock<std::mutex>* lock, const std::function<bool()>& ready);

  Store* store_;
  std::function<void(const Rollup&)> committed_;
  const std::chrono::milliseconds slow_commit_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<Work> waiting_;
  bool busy_ = false;
  std::optional<std::chrono::steady_clock::time_point> commit_began_;
  std::string stalled_reason_;
  std::unique_ptr<Rollup> spare_;
  std::atomic<uint64_t> failed_attempts_{0}, submitted_{0}, durable_{0};
  std::jthread thread_;
};

}  // namespace bouncewatch

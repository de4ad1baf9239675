#include "daemon/committer.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "daemon/log.h"

namespace bouncewatch {
namespace {

constexpr std::chrono::milliseconds kFirstRetry{250}, kLongestRetry{5000};

}  // namespace

Committer::Committer(Store* store, std::function<void(const Rollup&)> committed,
                     std::chrono::milliseconds slow_commit)
    : store_(store),
      committed_(std::move(committed)),
      slow_commit_(slow_commit),
      thread_([this](std::stop_token stop) { Run(stop); }) {}

Committer::~Committer() = default;  // thread_ is the last member: it is stopped and joined first

bool Committer::Submit(std::unique_ptr<Rollup>* rollup, std::vector<StateUpdate>* states) {
  std::unique_lock lock(mutex_);
  if (!WaitUnlessStalled(&lock, [this] { return !waiting_.has_value(); })) return false;
  waiting_.emplace(Work{std::move(*rollup), std::move(*states)});
  states->clear();
  submitted_.fetch_add(1, std::memory_order_relaxed);
  changed_.notify_all();
  return true;
}

std::unique_ptr<Rollup> Committer::TakeSpare() {
  std::lock_guard lock(mutex_);
  return std::move(spare_);
}

bool Committer::Flush() {
  std::unique_lock lock(mutex_);
  return WaitUnlessStalled(&lock, [this] { return !waiting_.has_value() && !busy_; });
}

std::string Committer::stalled_reason() {
  std::lock_guard lock(mutex_);
  NoticeSlowCommit();
  return stalled_reason_;
}

void Committer::Stall(std::string reason) {
  if (stalled_reason_.empty()) {
    LogError("the store refuses writes; ingest stops until it takes them again", {{"reason", reason}});
  }
  stalled_reason_ = std::move(reason);
  changed_.notify_all();
}

// The writer thread itself sits in the commit: whoever waits for it, or asks, looks at the clock.
void Committer::NoticeSlowCommit() {
  if (!stalled_reason_.empty() || !commit_began_.has_value()) return;
  const auto taken = std::chrono::steady_clock::now() - *commit_began_;
  if (taken < slow_commit_) return;
  Stall(absl::StrFormat("the disk has not come back from a write for %d ms",
                        std::chrono::duration_cast<std::chrono::milliseconds>(taken).count()));
}

bool Committer::WaitUnlessStalled(std::unique_lock<std::mutex>* lock, const std::function<bool()>& ready) {
  while (!ready()) {
    NoticeSlowCommit();
    if (!stalled_reason_.empty()) return false;
    if (commit_began_.has_value()) {
      changed_.wait_until(*lock, *commit_began_ + slow_commit_);
    } else {
      changed_.wait(*lock);
    }
  }
  return true;
}

void Committer::Run(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, stop, [&] { return waiting_.has_value(); });
    if (!waiting_.has_value()) return;  // stopped, and nothing left to do
    Work work = std::move(*waiting_);
    waiting_.reset();
    busy_ = true;
    std::chrono::milliseconds pause = kFirstRetry;
    while (true) {
      commit_began_ = std::chrono::steady_clock::now();
      changed_.notify_all();
      lock.unlock();
      const absl::Status status = store_->Commit(*work.rollup, work.states);
      lock.lock();
      commit_began_.reset();
      if (status.ok()) break;
      failed_attempts_.fetch_add(1, std::memory_order_relaxed);
      Stall(status.ToString());
      if (stop.stop_requested()) return;  // not committed: the positions were not either, so nothing is lost
      changed_.wait_for(lock, stop, pause, [] { return false; });
      pause = std::min(pause * 2, kLongestRetry);
    }
    if (!stalled_reason_.empty()) {
      LogInfo("the store takes writes again; ingest goes on", {});
      stalled_reason_.clear();
    }
    durable_.fetch_add(1, std::memory_order_release);
    lock.unlock();
    committed_(*work.rollup);
    work.rollup->Clear();
    lock.lock();
    spare_ = std::move(work.rollup);
    busy_ = false;
    changed_.notify_all();
  }
}

}  // namespace bouncewatch

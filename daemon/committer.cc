#include "daemon/committer.h"

#include <chrono>

#include "daemon/log.h"

namespace bouncewatch {
namespace {

constexpr std::chrono::milliseconds kFirstRetry{250}, kLongestRetry{5000};

}  // namespace

Committer::Committer(Store* store, std::function<void(const Rollup&)> committed)
    : store_(store), committed_(std::move(committed)), thread_([this](std::stop_token stop) { Run(stop); }) {}

Committer::~Committer() = default;  // thread_ is the last member: it is stopped and joined first

bool Committer::Submit(std::unique_ptr<Rollup>* rollup, std::vector<StateUpdate>* states) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !waiting_.has_value() || !stalled_reason_.empty(); });
  if (waiting_.has_value()) return false;
  waiting_.emplace(Work{std::move(*rollup), std::move(*states)});
  states->clear();
  changed_.notify_all();
  return true;
}

std::unique_ptr<Rollup> Committer::TakeSpare() {
  std::lock_guard lock(mutex_);
  return std::move(spare_);
}

bool Committer::Flush() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return (!waiting_.has_value() && !busy_) || !stalled_reason_.empty(); });
  return stalled_reason_.empty();
}

std::string Committer::stalled_reason() const {
  std::lock_guard lock(mutex_);
  return stalled_reason_;
}

void Committer::Run(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, stop, [&] { return waiting_.has_value(); });
    if (!waiting_.has_value()) return;  // stopped, and nothing left to do
    Work work = std::move(*waiting_);
    waiting_.reset();
    busy_ = true;
    changed_.notify_all();
    std::chrono::milliseconds pause = kFirstRetry;
    while (true) {
      lock.unlock();
      const absl::Status status = store_->Commit(*work.rollup, work.states);
      lock.lock();
      if (status.ok()) break;
      failed_attempts_.fetch_add(1, std::memory_order_relaxed);
      if (stalled_reason_.empty()) {
        LogError("the store refuses writes; ingest stops until it takes them again",
                 {{"reason", status.ToString()}});
      }
      stalled_reason_ = status.ToString();
      changed_.notify_all();
      if (stop.stop_requested()) return;  // not committed: the positions were not either, so nothing is lost
      changed_.wait_for(lock, stop, pause, [] { return false; });
      pause = std::min(pause * 2, kLongestRetry);
    }
    if (!stalled_reason_.empty()) {
      LogInfo("the store takes writes again; ingest goes on", {});
      stalled_reason_.clear();
    }
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

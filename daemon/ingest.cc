#include "daemon/ingest.h"

#include <poll.h>

#include <algorithm>
#include <utility>

namespace bouncewatch {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kPollMs = 200;
constexpr int kPauseMs = 20;
constexpr std::chrono::milliseconds kTickInterval(100);
// Positions also change without lines: a rotated file is let go, a vanished one forgotten.
constexpr std::chrono::seconds kIdleCollectInterval(10);
// A stream that has much to read yields to the others after this many chunks.
constexpr int kChunksPerTurn = 8;

}  // namespace

Ingest::Ingest(Worker* worker, Committer* committer, std::vector<std::unique_ptr<Stream>>* streams,
               IngestOptions options)
    : worker_(worker),
      committer_(committer),
      streams_(streams),
      options_(std::move(options)),
      last_collect_(Clock::now()) {}

absl::Status Ingest::Run(std::stop_token stop) {
  bool all_done = false;
  while (!all_done && !failed_ && !stop.stop_requested()) {
    bool any = false;
    all_done = true;
    for (const std::unique_ptr<Stream>& stream : *streams_) {
      for (int i = 0; i < kChunksPerTurn && !stream->source()->done() && !stop.stop_requested(); ++i) {
        if (!ReadSome(stream.get())) break;
        any = true;
        if (worker_->full()) Commit(stop);
        if (failed_) break;
        Tick();
      }
      all_done = all_done && stream->source()->done();
    }
    TellDurable();
    const Clock::time_point now = Clock::now();
    const bool due = uncommitted_since_ && now - *uncommitted_since_ >= options_.commit_interval;
    const bool idle = now - last_collect_ >= kIdleCollectInterval;
    if (due || idle) Commit(stop);
    Tick();
    if (!any && !all_done) Wait();
  }
  if (!failed_) Commit(stop);
  while (!failed_ && !committer_->Flush()) WaitForStore(stop);
  if (failed_) {
    return absl::UnavailableError("the last counts could not be committed; their lines will be read again");
  }
  return absl::OkStatus();
}

bool Ingest::ReadSome(Stream* stream) {
  absl::StatusOr<Chunk> chunk = stream->source()->Read();
  if (!chunk.ok()) {
    ++stream->errors;
    LogWarningLimited(&limiter_, stream->source()->name(), "cannot read",
                      {{"source", stream->source()->name()}, {"error", chunk.status().ToString()}});
    return false;
  }
  const bool to_commit = !chunk->lines.empty() || stream->source()->wants_save();
  if (to_commit && !uncommitted_since_) uncommitted_since_ = Clock::now();
  if (chunk->lines.empty()) return false;
  worker_->Process(stream->decoder(), chunk->lines, chunk->file);
  return true;
}

// After a failure nothing more may be committed: a later position would stand behind lines whose counts were
// dropped.
void Ingest::Commit(const std::stop_token& stop) {
  last_collect_ = Clock::now();
  uncommitted_since_.reset();
  std::vector<StateUpdate> states;
  for (const std::unique_ptr<Stream>& stream : *streams_) stream->Collect(&states);
  ++saves_;
  if (options_.evidence != nullptr) options_.evidence->Add(worker_->TakeEvidence(), &states);
  if (states.empty() && worker_->empty()) {
    in_flight_.emplace_back(committer_->submitted(), saves_);  // what was saved before went with that one
    return;
  }
  std::unique_ptr<Rollup> rollup = worker_->TakeRollup(committer_->TakeSpare());
  while (!failed_ && !committer_->Submit(&rollup, &states)) WaitForStore(stop);
  if (!failed_) in_flight_.emplace_back(committer_->submitted(), saves_);
}

// A stall lasts until the store takes writes again, or somebody wants an end.
void Ingest::WaitForStore(const std::stop_token& stop) {
  failed_ = stop.stop_requested();
  if (failed_) return;
  Tick();
  ::poll(nullptr, 0, kPollMs);
}

void Ingest::TellDurable() {
  const uint64_t durable = committer_->durable();
  uint64_t saves = 0;
  for (; !in_flight_.empty() && in_flight_.front().first <= durable; in_flight_.pop_front()) {
    saves = in_flight_.front().second;
  }
  if (saves == 0) return;
  for (const std::unique_ptr<Stream>& stream : *streams_) stream->source()->Durable(saves);
}

// Until there may be more to read, or the next commit is due. First a short time in any case: a log that
// grows line by line is read many lines at a time.
void Ingest::Wait() const {
  ::poll(nullptr, 0, kPauseMs);
  std::vector<pollfd> fds;
  for (const std::unique_ptr<Stream>& stream : *streams_) {
    const int fd = stream->source()->done() ? -1 : stream->source()->wakeup_fd();
    if (fd >= 0) fds.push_back({fd, POLLIN, 0});
  }
  int wait_ms = kPollMs;
  if (uncommitted_since_) {
    const auto due = *uncommitted_since_ + options_.commit_interval - Clock::now();
    const int64_t due_ms = std::chrono::ceil<std::chrono::milliseconds>(due).count();
    wait_ms = static_cast<int>(std::clamp<int64_t>(due_ms, 0, kPollMs));
  }
  ::poll(fds.data(), fds.size(), wait_ms);
}

void Ingest::Tick() {
  const Clock::time_point now = Clock::now();
  if (now - last_tick_ < kTickInterval) return;
  last_tick_ = now;
  options_.tick();
}

uint64_t Ingest::read_errors() const {
  uint64_t errors = 0;
  for (const std::unique_ptr<Stream>& stream : *streams_) errors += stream->errors;
  return errors;
}

void Ingest::Fill(IngestSnapshot* snapshot) const {
  for (const std::unique_ptr<Stream>& stream : *streams_) {
    const SourceStats stats = stream->source()->stats();
    const DecoderCounters& decoded = std::as_const(*stream).decoder().counters();
    SourceSnapshot& out = snapshot->sources[stream->source()->name()];
    out.bytes = stats.bytes_read;
    out.lines = decoded.lines;
    out.lag_bytes = stats.lag_bytes;
    out.errors = stream->errors;
    out.join_misses = decoded.join_misses;
    out.lost = {{"bytes", stats.lost_bytes},
                {"files", stats.lost_files},
                {"messages", stats.lost_messages},
                {"gaps", stats.gaps}};
    out.altered = {
        {"cut", stats.cut_lines}, {"nul_bytes", stats.nul_bytes}, {"unterminated", stats.unterminated_lines}};
    out.rotations = stats.rotations;
    out.truncations = stats.truncations;
    for (int i = 0; i < kLineShapeCount; ++i) {
      const LineShape shape = static_cast<LineShape>(i);
      const uint64_t skipped = shape == LineShape::kTooLong ? stats.lines_too_long : 0;
      out.unparsed[std::string(LineShapeName(shape))] = decoded.by_shape[i] + skipped;
    }
  }
  snapshot->cache_hits = worker_->classifier_counters().hits;
  snapshot->cache_misses = worker_->classifier_counters().misses;
  snapshot->classified = worker_->counters().classified;
  snapshot->unclassified = worker_->counters().unclassified;
}

}  // namespace bouncewatch

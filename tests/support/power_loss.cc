#include "tests/support/power_loss.h"

#include <rocksdb/env.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "classifier/status_macros.h"
#include "daemon/identity.h"
#include "daemon/rule_files.h"
#include "daemon/source/file_source.h"
#include "daemon/stream.h"
#include "daemon/worker.h"
#include "storage/store.h"
#include "tests/bench/log_writer.h"
#include "tests/bench/mail_flow.h"
#include "tests/bench/mail_world.h"
#include "tests/bench/truth.h"
#include "tests/support/simulated_disk.h"
#include "tests/support/temp_dir.h"

namespace bouncewatch {
namespace {

using Random = std::mt19937_64;

constexpr char kCommitState[] = "test/commit";
constexpr uint64_t kBytesPerLoss = 12'000;
constexpr double kHoursPerLoss = 1;
// Opening a store makes about as many changes of the disk as this, a life of it twice as many.
constexpr uint64_t kChangesOfOpening = 30;

// Mail of a small site over some days, with every outcome in it.
std::string MakeLog(uint64_t seed, uint64_t bytes, double hours) {
  char* text = nullptr;
  size_t size = 0;
  std::FILE* file = open_memstream(&text, &size);
  const bench::MailWorld world(seed, 300, 4, 20);
  bench::Truth truth;
  bench::LogWriter writer(file, bench::HeaderForm::kRfc3339, world.host);
  bench::MailFlow flow(&world, seed, &writer, &truth);
  constexpr int64_t kStartUs = int64_t{490'000} * 3'600'000'000;
  constexpr double kBytesPerMessage = 1460;
  const double gap_us = hours * 3600e6 * kBytesPerMessage / static_cast<double>(bytes);
  for (int64_t i = 0; writer.bytes() < bytes; ++i) {
    flow.Arrive(kStartUs + static_cast<int64_t>(gap_us * static_cast<double>(i)));
  }
  writer.Flush();
  std::fclose(file);
  std::string log(text, size);
  std::free(text);
  return log;
}

// The log as it is on the machine's disk, written by somebody who knows nothing of us.
class GrowingLog {
 public:
  GrowingLog(const TempDir* directory, std::string_view text) : directory_(directory), rest_(text) {}
  std::string path() const { return *directory_ / "mail.log"; }
  bool complete() const { return rest_.empty(); }

  void Append(size_t bytes) {
    bytes = std::min(bytes, rest_.size());
    directory_->Append("mail.log", rest_.substr(0, bytes));
    written_ += bytes;
    rest_.remove_prefix(bytes);
  }
  // As logrotate does, at the end of a line.
  void Rotate() {
    if (written_ == 0) return;
    const size_t end = rest_.find('\n');
    Append(end == std::string_view::npos ? rest_.size() : end + 1);
    for (int i = generations_++; i > 0; --i) std::filesystem::rename(Name(i), Name(i + 1));
    std::filesystem::rename(path(), Name(1));
    directory_->Write("mail.log", "");
    written_ = 0;
  }

 private:
  std::string Name(int generation) const { return path() + "." + std::to_string(generation); }

  const TempDir* directory_;
  std::string_view rest_;
  size_t written_ = 0;
  int generations_ = 0;
};

// One process, from its start to its end.
class Life {
 public:
  Life(rocksdb::Env* env, std::shared_ptr<const RuleSet> rules, const Identity* identity)
      : rules_(std::move(rules)), identity_(identity) {
    options_.path = "/store";
    options_.env = env;
    options_.retention = {24 * 365, 365, 400};  // every minute is compared
    options_.dictionary_cache_entries = 256;    // so that the index is written too
  }

  absl::Status Open(const std::string& log) {
    ASSIGN_OR_RETURN(store_, Store::Open(options_));
    ASSIGN_OR_RETURN(const SavedStates positions, LoadStates(*store_, "position/"));
    FileSourceOptions options;
    options.name = "mail";
    options.paths = {log};
    options.scan_interval = options.rotate_wait = std::chrono::milliseconds(0);
    auto source = std::make_unique<FileSource>(std::move(options), positions);
    DecoderOptions decoder_options;
    decoder_options.hash_seed = store_->hash_seed();
    ASSIGN_OR_RETURN(std::unique_ptr<Decoder> decoder, NewDecoder("postfix", decoder_options));
    ASSIGN_OR_RETURN(stream_, Stream::Open(*store_, std::move(source), std::move(decoder)));
    worker_ = std::make_unique<Worker>(rules_, *identity_, store_->hash_seed());
    ASSIGN_OR_RETURN(const std::optional<std::string> commit, store_->GetState(kCommitState));
    if (commit.has_value()) std::from_chars(commit->data(), commit->data() + commit->size(), commit_);
    return absl::OkStatus();
  }

  // Everything that stands in the log, or one chunk of it.
  absl::StatusOr<bool> ReadSome() {
    ASSIGN_OR_RETURN(const Chunk chunk, stream_->source()->Read());
    if (!chunk.lines.empty()) worker_->Process(stream_->decoder(), chunk.lines, chunk.file);
    return !chunk.lines.empty();
  }
  absl::Status ReadAll() {
    for (bool more = true; more;) {
      ASSIGN_OR_RETURN(more, ReadSome());
    }
    return absl::OkStatus();
  }

  absl::Status Commit() {
    std::vector<StateUpdate> states = {{kCommitState, std::to_string(commit_ + 1)}};
    stream_->Collect(&states);
    const std::unique_ptr<Rollup> rollup = worker_->TakeRollup(nullptr);
    RETURN_IF_ERROR(store_->Commit(*rollup, states));
    ++commit_;
    return absl::OkStatus();
  }

  Store* store() { return store_.get(); }
  uint64_t commit() const { return commit_; }  // that is durable

 private:
  StoreOptions options_;
  std::shared_ptr<const RuleSet> rules_;
  const Identity* identity_;
  uint64_t commit_ = 0;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Stream> stream_;
  std::unique_ptr<Worker> worker_;
};

using Totals = std::map<std::string, std::array<uint64_t, 5>>;

absl::StatusOr<Totals> TotalsOf(const Store& store) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Reader> reader, store.NewReader());
  QuerySpec spec;
  spec.by = {Key::kDomain, Key::kCause, Key::kOutcome};
  spec.to_s = int64_t{1} << 40;
  spec.step_s = 60;
  spec.limit = 0;
  ASSIGN_OR_RETURN(const QueryResult result, reader->Query(spec));
  Totals totals;
  for (const Series& series : result.series) {
    std::string name;
    for (const auto& [key, value] : series.key) name += value + " ";
    for (const Point& point : series.points) {
      totals[name + std::to_string(point.t_s)] = {point.attempts, point.delivered, point.deferred,
                                                  point.bounced, point.expired};
    }
  }
  return totals;
}

absl::Status Compare(const Totals& expected, const Totals& found) {
  if (expected == found) return absl::OkStatus();
  for (const auto& [name, counts] : expected) {
    const auto other = found.find(name);
    if (other == found.end()) return absl::DataLossError("missing: " + name);
    if (other->second != counts) {
      return absl::DataLossError(
          absl::StrFormat("%s: %d attempts, not %d", name, other->second[0], counts[0]));
    }
  }
  return absl::DataLossError(
      absl::StrFormat("%d points too many", static_cast<int64_t>(found.size() - expected.size())));
}

class Ordeal {
 public:
  explicit Ordeal(const PowerLossOptions& options)
      : options_(options),
        random_(options.seed),
        text_(MakeLog(options.seed, kBytesPerLoss * static_cast<uint64_t>(options.count),
                      kHoursPerLoss * options.count)),
        log_(&directory_, text_),
        disk_(std::make_shared<SimulatedDisk>(options.seed)),
        env_(rocksdb::NewCompositeEnv(disk_)) {}

  absl::StatusOr<PowerLossReport> Run() {
    ASSIGN_OR_RETURN(rules_, LoadRules("", ""));
    ASSIGN_OR_RETURN(identity_, Identity::Make({}));
    log_.Append(1);
    for (int loss = 0; loss < options_.count; ++loss) {
      disk_->CutPowerAt(1 + Draw(2 * kChangesOfOpening));
      const absl::Status status = LiveUntilPowerIsLost();
      if (disk_->powered()) return status;  // it ended for another reason
      disk_->RestorePower();
    }
    while (!log_.complete()) log_.Append(text_.size());
    ASSIGN_OR_RETURN(const Totals found, ReadToTheEnd(env_.get(), log_.path(), acknowledged_));
    ASSIGN_OR_RETURN(const Totals expected, RunStraight());
    RETURN_IF_ERROR(Compare(expected, found));
    report_.bytes = text_.size();
    report_.points = expected.size();
    for (const auto& [name, counts] : expected) report_.events += counts[0] + counts[4];
    return report_;
  }

 private:
  uint64_t Draw(uint64_t bound) { return random_() % bound; }

  absl::Status LiveUntilPowerIsLost() {
    Life life(env_.get(), rules_, &*identity_);
    if (const absl::Status status = life.Open(log_.path()); !status.ok()) {
      ++report_.in_opening;
      return status;
    }
    RETURN_IF_ERROR(CheckDurable(life));
    const uint64_t share = 2 * kBytesPerLoss / 8;
    for (uint64_t pieces = Draw(15) + 1; pieces > 0; --pieces) {
      log_.Append(Draw(share) + 1);
      if (Draw(60) == 0) log_.Rotate();
      RETURN_IF_ERROR(Draw(4) == 0 ? life.ReadSome().status() : life.ReadAll());
      const uint64_t folded = life.store()->stats().folded_hours;
      const absl::Status status = life.Commit();
      const bool folds = life.store()->stats().folded_hours > folded;
      if (!status.ok()) {
        ++(folds ? report_.in_fold : report_.in_commit);
        return status;
      }
      report_.folds += folds ? 1 : 0;
      acknowledged_ = life.commit();
      ++report_.commits;
    }
    ++report_.at_rest;
    disk_->CutPowerAt(0);
    return absl::UnavailableError("the power is off");
  }

  // What was acknowledged is there, and at most the one commit that was under way besides.
  absl::Status CheckDurable(const Life& life) {
    const uint64_t at_most = acknowledged_ + 1;
    if (life.commit() < acknowledged_ || life.commit() > at_most) {
      return absl::DataLossError(
          absl::StrFormat("commit %d was acknowledged, %d is there", acknowledged_, life.commit()));
    }
    acknowledged_ = life.commit();
    return absl::OkStatus();
  }

  absl::StatusOr<Totals> ReadToTheEnd(rocksdb::Env* env, const std::string& path, uint64_t acknowledged) {
    Life life(env, rules_, &*identity_);
    RETURN_IF_ERROR(life.Open(path));
    acknowledged_ = acknowledged;
    RETURN_IF_ERROR(CheckDurable(life));
    RETURN_IF_ERROR(life.ReadAll());
    RETURN_IF_ERROR(life.Commit());
    RETURN_IF_ERROR(life.store()->FoldAll());
    return TotalsOf(*life.store());
  }

  absl::StatusOr<Totals> RunStraight() {
    const TempDir directory;
    auto disk = std::make_shared<SimulatedDisk>(options_.seed);
    const std::unique_ptr<rocksdb::Env> env = rocksdb::NewCompositeEnv(disk);
    return ReadToTheEnd(env.get(), directory.Write("mail.log", text_), 0);
  }

  const PowerLossOptions options_;
  Random random_;
  const std::string text_;
  TempDir directory_;
  GrowingLog log_;
  std::shared_ptr<SimulatedDisk> disk_;
  std::unique_ptr<rocksdb::Env> env_;
  std::shared_ptr<const RuleSet> rules_;
  absl::StatusOr<Identity> identity_ = absl::UnknownError("not made");
  uint64_t acknowledged_ = 0;
  PowerLossReport report_;
};

}  // namespace

absl::StatusOr<PowerLossReport> RunPowerLosses(const PowerLossOptions& options) {
  return Ordeal(options).Run();
}

}  // namespace bouncewatch

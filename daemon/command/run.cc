#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <ctime>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "classifier/status_macros.h"
#include "daemon/command/command.h"
#include "daemon/config.h"
#include "daemon/http_api.h"
#include "daemon/http_server.h"
#include "daemon/log.h"
#include "daemon/notify.h"
#include "daemon/open_store.h"
#include "daemon/pipeline.h"
#include "daemon/postfix_instances.h"
#include "daemon/rule_files.h"
#include "daemon/rule_moves.h"
#include "daemon/version.h"
#include "metrics/delivery_totals.h"
#include "metrics/self_metrics.h"
#include "storage/store.h"

namespace bouncewatch {
namespace {

constexpr std::chrono::milliseconds kLoopInterval(500);

// Counters of pipelines that a reload replaced, so that what is shown never goes back.
void AddTotals(const IngestSnapshot& earlier, IngestSnapshot* now) {
  for (const auto& [name, source] : earlier.sources) {
    SourceSnapshot& sum = now->sources[name];
    sum.bytes += source.bytes;
    sum.lines += source.lines;
    sum.errors += source.errors;
    sum.join_misses += source.join_misses;
    sum.last_event_s = std::max(sum.last_event_s, source.last_event_s);
    sum.rotations += source.rotations;
    sum.truncations += source.truncations;
    for (const auto& [reason, count] : source.unparsed) sum.unparsed[reason] += count;
    for (const auto& [what, count] : source.lost) sum.lost[what] += count;
    for (const auto& [what, count] : source.altered) sum.altered[what] += count;
  }
  now->cache_hits += earlier.cache_hits;
  now->cache_misses += earlier.cache_misses;
  now->classified += earlier.classified;
  now->unclassified += earlier.unclassified;
}

// What Postfix is set up to do now. Nothing when it is not installed, or does not tell.
std::map<std::string, std::string> DiscoverTransports(const IdentityConfig& config) {
  if (!config.discover_postfix) return {};
  const absl::StatusOr<std::vector<PostfixTransport>> transports = FindPostfixTransports();
  if (!transports.ok()) {
    if (!absl::IsNotFound(transports.status())) {
      LogWarning("Postfix does not tell its transports", {{"reason", transports.status().ToString()}});
    }
    return {};
  }
  std::map<std::string, std::string> addresses = AddressesBySyslogName(*transports);
  for (const auto& [name, ip] : addresses) {
    if (!ip.empty()) LogInfo("transport of Postfix", {{"syslog_name", name}, {"source_ip", ip}});
  }
  return addresses;
}

// What lives as long as the process. Everything but `ready` is used by one thread, or locks for itself.
class Daemon {
 public:
  static absl::StatusOr<std::unique_ptr<Daemon>> Start(const std::string& config_path);
  ~Daemon() {
    ready_ = false;
    NotifyStopping();
  }

  // Nothing more can come, or a reload left nothing that can be read.
  bool done() const { return failed() || pipeline_->done(); }
  bool failed() const { return pipeline_ == nullptr; }
  void Reload();

 private:
  Daemon(std::string config_path, Config config, std::shared_ptr<const RuleSet> rules)
      : config_path_(std::move(config_path)),
        config_(std::move(config)),
        totals_(static_cast<size_t>(config_.top_domains), rules->providers().names()),
        self_metrics_(std::string(kVersion), RulesVersion(*rules)),
        rules_(std::move(rules)) {}

  absl::Status OpenPipeline(const Config& config);
  absl::Status Replace(const Config& config);
  absl::Status ReloadAll();
  void LogMoves(const RuleSet& next) const;
  absl::Status Serve();
  void Publish(const IngestSnapshot& snapshot);
  std::shared_ptr<const RuleSet> rules() const {
    const std::lock_guard lock(mutex_);
    return rules_;
  }
  void SetRules(std::shared_ptr<const RuleSet> rules) {
    const std::lock_guard lock(mutex_);
    rules_ = std::move(rules);
  }

  std::string config_path_;
  Config config_;
  std::unique_ptr<Store> store_;
  DeliveryTotals totals_;
  SelfMetrics self_metrics_;
  mutable std::mutex mutex_;  // of the four below
  std::shared_ptr<const RuleSet> rules_;
  IngestSnapshot earlier_, latest_;
  Identity identity_;
  std::atomic<bool> ready_{false};
  std::unique_ptr<Pipeline> pipeline_;
  std::unique_ptr<HttpServer> http_;  // last: its handlers use the rest
};

absl::StatusOr<std::unique_ptr<Daemon>> Daemon::Start(const std::string& config_path) {
  ASSIGN_OR_RETURN(Config config, Config::Load(config_path));
  RETURN_IF_ERROR(CheckSources(config));
  ASSIGN_OR_RETURN(std::unique_ptr<Store> store, OpenStore(config.storage_path, config));
  ASSIGN_OR_RETURN(std::shared_ptr<const RuleSet> rules,
                   LoadRules(config.rules_directory, StoreRuleCache(config.storage_path)));
  std::unique_ptr<Daemon> daemon(new Daemon(config_path, std::move(config), std::move(rules)));
  daemon->store_ = std::move(store);
  RETURN_IF_ERROR(daemon->Serve());
  RETURN_IF_ERROR(daemon->OpenPipeline(daemon->config_));
  daemon->ready_ = true;
  LogInfo("following", {{"sources", std::to_string(daemon->config_.sources.size())},
                        {"store", daemon->config_.storage_path},
                        {"http", absl::StrFormat("port %d", daemon->http_->port())},
                        {"rules", RulesVersion(*daemon->rules())}});
  NotifyReady();
  return daemon;
}

absl::Status Daemon::Serve() {
  HttpApi api;
  api.store = store_.get();
  api.totals = &totals_;
  api.self_metrics = &self_metrics_;
  api.rules = [this] { return rules(); };
  api.identity = [this] {
    const std::lock_guard lock(mutex_);
    return identity_;
  };
  api.ready = [this] { return ready_.load(); };
  if (config_.http_enable_reload) {
    api.request_reload = [] { ::kill(::getpid(), SIGHUP); };
  }
  ASSIGN_OR_RETURN(http_, HttpServer::Start(config_.http_listen, HttpRoutes(std::move(api))));
  return absl::OkStatus();
}

absl::Status Daemon::OpenPipeline(const Config& config) {
  PipelineParts parts;
  parts.transports = DiscoverTransports(config.identity);
  ASSIGN_OR_RETURN(Identity identity, Identity::Make(config.identity, parts.transports));
  {
    const std::lock_guard lock(mutex_);
    identity_ = std::move(identity);
  }
  parts.store = store_.get();
  parts.rules = rules();
  parts.committed = [this](const Rollup& rollup) { totals_.Apply(rollup); };
  parts.publish = [this](const IngestSnapshot& snapshot) { Publish(snapshot); };
  ASSIGN_OR_RETURN(pipeline_, Pipeline::Open(config, std::move(parts)));
  return absl::OkStatus();
}

void Daemon::Publish(const IngestSnapshot& snapshot) {
  const std::lock_guard lock(mutex_);
  latest_ = snapshot;
  AddTotals(earlier_, &latest_);
  self_metrics_.Set(latest_);
}

// The old pipeline commits and lets go of its files before the new one opens them: both would count the same
// lines.
absl::Status Daemon::Replace(const Config& config) {
  ready_ = false;
  pipeline_.reset();
  {
    const std::lock_guard lock(mutex_);
    earlier_ = latest_;
  }
  // The old pipeline may have given a failed commit up; the new one must not start from a position of before
  // it.
  absl::Status status = store_->Settle();
  if (status.ok()) status = OpenPipeline(config);
  ready_ = status.ok();
  return status;
}

// What the rules to come would have said of the replies that are known: the last chance to see a rule that
// takes more than it should.
void Daemon::LogMoves(const RuleSet& next) const {
  const absl::StatusOr<std::unique_ptr<Reader>> reader = store_->NewReader();
  const absl::StatusOr<RuleMoves> moves =
      reader.ok() ? CompareRules(reader->get(), *rules(), next) : reader.status();
  if (!moves.ok()) return LogWarning("rules not compared", {{"reason", moves.status().ToString()}});
  for (const RuleMove& move : moves->first) {
    LogInfo("template moves", {{"from", move.from},
                               {"to", move.to},
                               {"provider", move.provider},
                               {"id", absl::StrFormat("%016x", move.template_id)},
                               {"template", move.text}});
  }
  LogInfo("rules compared", {{"replies", std::to_string(moves->looked_at)},
                             {"moved", std::to_string(moves->moved)},
                             {"not_shown", std::to_string(moves->moved - moves->first.size())}});
}

// All or nothing: rules that do not load refuse the configuration too.
absl::Status Daemon::ReloadAll() {
  ASSIGN_OR_RETURN(Config config, Config::Load(config_path_));
  RETURN_IF_ERROR(CheckSources(config));
  absl::StatusOr<std::shared_ptr<const RuleSet>> next =
      LoadRules(config.rules_directory, StoreRuleCache(config_.storage_path));
  if (!next.ok()) {
    self_metrics_.SetRulesRefused();
    return next.status();
  }
  if (config.storage_path != config_.storage_path || config.http_listen != config_.http_listen ||
      config.http_enable_reload != config_.http_enable_reload || config.top_domains != config_.top_domains) {
    LogWarning("changes of [storage].path and [http] take effect at the next start");
  }
  const std::shared_ptr<const RuleSet> before = rules();
  if ((*next)->fingerprint() != before->fingerprint()) LogMoves(**next);
  SetRules(*std::move(next));
  const absl::Status status = Replace(config);
  if (!status.ok()) {
    SetRules(before);
    if (const absl::Status back = Replace(config_); !back.ok()) {
      LogError("the old configuration does not open any more either", {{"reason", back.ToString()}});
    }
    return status;
  }
  config_ = std::move(config);
  self_metrics_.SetRules(RulesVersion(*rules()));
  return absl::OkStatus();
}

void Daemon::Reload() {
  NotifyReloading();
  const absl::Status status = ReloadAll();
  self_metrics_.SetReload(status.ok(), std::time(nullptr));
  if (status.ok()) {
    LogInfo("configuration reloaded", {{"rules", RulesVersion(*rules())}});
  } else {
    LogError("configuration not reloaded; the old one stays", {{"reason", std::string(status.message())}});
  }
  NotifyReady();
}

// Signals are taken by one thread at one place, so that a handler never interrupts anything.
sigset_t BlockSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

int RunDaemon(const std::string& config_path) {
  const sigset_t signals = BlockSignals();
  absl::StatusOr<std::unique_ptr<Daemon>> daemon = Daemon::Start(config_path);
  if (!daemon.ok()) return Fail(daemon.status());
  const std::chrono::nanoseconds pause =
      std::min<std::chrono::nanoseconds>(kLoopInterval, WatchdogInterval().value_or(kLoopInterval));
  const timespec timeout = {0, static_cast<long>(std::min<int64_t>(pause.count(), 999'999'999))};
  while (!(*daemon)->done()) {
    const int signal = ::sigtimedwait(&signals, nullptr, &timeout);
    if (signal == SIGTERM || signal == SIGINT) break;
    if (signal == SIGHUP) (*daemon)->Reload();
    NotifyAlive();
  }
  const bool failed = (*daemon)->failed();
  daemon->reset();
  LogInfo("stopped");
  return failed ? kExitFailed : kExitDone;
}

}  // namespace

CommandBody SetUpRun(CLI::App* app) {
  auto config = std::make_shared<std::string>();
  app->add_option("--config", *config,
                  "Configuration file; without one: /var/log/mail.log, or else the journal");
  app->footer("SIGHUP reads the configuration again; SIGTERM commits and ends.");
  return [config] { return RunDaemon(*config); };
}

}  // namespace bouncewatch

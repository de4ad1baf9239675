#include "metrics/self_metrics.h"

#include <mutex>
#include <utility>

#include "metrics/exposition.h"
#include "prometheus/counter.h"
#include "prometheus/gauge.h"
#include "prometheus/registry.h"

namespace bouncewatch {
namespace {

using CounterFamily = prometheus::Family<prometheus::Counter>;
using GaugeFamily = prometheus::Family<prometheus::Gauge>;

void RaiseTo(uint64_t total, prometheus::Counter* counter) {
  const double missing = static_cast<double>(total) - counter->Value();
  if (missing > 0) counter->Increment(missing);
}

}  // namespace

struct SelfMetrics::Impl {
  explicit Impl(std::string program_version) : version(std::move(program_version)) {}

  const std::string version;
  std::mutex set_mutex;  // raising a counter reads it first
  prometheus::Registry registry;

  CounterFamily& AddCounter(const char* name, const char* help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
  }
  GaugeFamily& AddGauge(const char* name, const char* help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
  }

  void RaiseAll(CounterFamily* family, const std::string& source, const char* label,
                const std::map<std::string, uint64_t>& totals) {
    for (const auto& [value, total] : totals) {
      RaiseTo(total, &family->Add({{"source", LabelValue(source)}, {label, LabelValue(value)}}));
    }
  }

  // Of sources.
  CounterFamily& bytes = AddCounter("bouncewatch_source_bytes_total", "Bytes read from the source.");
  CounterFamily& lines = AddCounter("bouncewatch_source_lines_total", "Lines read from the source.");
  CounterFamily& errors = AddCounter("bouncewatch_source_errors_total", "Failed reads of the source.");
  CounterFamily& join_misses =
      AddCounter("bouncewatch_queue_join_misses_total", "Delivery lines whose queue id was not known.");
  CounterFamily& unparsed =
      AddCounter("bouncewatch_unparsed_lines_total", "Lines that look like a delivery but cannot be read.");
  CounterFamily& rotations = AddCounter("bouncewatch_source_rotations_total", "Files that were rotated.");
  CounterFamily& truncations =
      AddCounter("bouncewatch_source_truncations_total", "Files that were truncated or rewritten in place.");
  CounterFamily& lost =
      AddCounter("bouncewatch_source_lost_total", "What was logged, and lost before it could be read.");
  CounterFamily& altered =
      AddCounter("bouncewatch_source_altered_total", "What was read, but not as the logger was given it.");
  GaugeFamily& lag =
      AddGauge("bouncewatch_source_lag_bytes", "Bytes written to the source and not read yet.");
  GaugeFamily& last_event =
      AddGauge("bouncewatch_source_last_event_timestamp_seconds", "Time of the newest event of the source.");

  // Of the daemon. The first two have one series each, that of what is in use.
  GaugeFamily& build_info = AddGauge("bouncewatch_build_info", "Always 1; the labels tell what is running.");
  GaugeFamily& rules_info = AddGauge("bouncewatch_rules_info", "Always 1; the label names the rules in use.");
  prometheus::Gauge* build_info_now = nullptr;
  prometheus::Gauge* rules_info_now = nullptr;
  prometheus::Gauge& rules_reload_successful =
      AddGauge("bouncewatch_rules_last_reload_successful", "1 when the last load of the rules worked.")
          .Add({});
  prometheus::Counter& commits =
      AddCounter("bouncewatch_commits_total", "Durable commits to the store.").Add({});
  prometheus::Counter& committed_rows =
      AddCounter("bouncewatch_committed_rows_total", "Rows of the durable commits.").Add({});
  prometheus::Counter& commit_failures =
      AddCounter("bouncewatch_commit_failures_total", "Commits that failed and are tried again.").Add({});
  prometheus::Counter& folded_hours =
      AddCounter("bouncewatch_store_folds_total", "Hours sorted into blocks.").Add({});
  prometheus::Counter& cache_hits =
      AddCounter("bouncewatch_classifier_cache_hits_total", "Replies whose shape was classified before.")
          .Add({});
  prometheus::Counter& cache_misses =
      AddCounter("bouncewatch_classifier_cache_misses_total", "Replies matched against all rules.").Add({});
  prometheus::Counter& classified =
      AddCounter("bouncewatch_classified_total", "Replies given to the classifier.").Add({});
  prometheus::Counter& unclassified =
      AddCounter("bouncewatch_unclassified_total", "Replies that no rule could tell.").Add({});
  CounterFamily& misdated =
      AddCounter("bouncewatch_misdated_events_total",
                 "Events counted whose stamp is older than what is retained, or in the future.");
  prometheus::Counter& late_events = misdated.Add({{"reason", "late"}});
  prometheus::Counter& future_events = misdated.Add({{"reason", "future"}});
  prometheus::Gauge& open_rows =
      AddGauge("bouncewatch_store_open_rows", "Rows in memory of hours that are still open.").Add({});
  prometheus::Gauge& disk_bytes =
      AddGauge("bouncewatch_store_disk_bytes", "Files of the store, as of the last folded hour.").Add({});
  prometheus::Gauge& dictionary_entries =
      AddGauge("bouncewatch_store_dictionary_entries", "Names known to the store.").Add({});
  prometheus::Gauge& damaged_values =
      AddGauge("bouncewatch_store_damaged_values",
               "Damaged blocks that were set aside; their counts are missing.")
          .Add({});
  prometheus::Gauge& stalled =
      AddGauge("bouncewatch_ingest_stalled", "1 while the store refuses commits and reading waits.").Add({});
  prometheus::Gauge& reload_successful = AddGauge("bouncewatch_config_last_reload_successful",
                                                  "1 when the last load of the configuration worked.")
                                             .Add({});
  prometheus::Gauge& reload_time = AddGauge("bouncewatch_config_last_reload_success_timestamp_seconds",
                                            "Time of the last load of the configuration that worked.")
                                       .Add({});
};

SelfMetrics::SelfMetrics(const std::string& version, const std::string& rules_version)
    : impl_(std::make_unique<Impl>(LabelValue(version))) {
  SetRules(rules_version);
}

SelfMetrics::~SelfMetrics() = default;

void SelfMetrics::Set(const IngestSnapshot& snapshot) {
  const std::lock_guard lock(impl_->set_mutex);
  for (const auto& [name, source] : snapshot.sources) {
    const prometheus::Labels labels = {{"source", LabelValue(name)}};
    RaiseTo(source.bytes, &impl_->bytes.Add(labels));
    RaiseTo(source.lines, &impl_->lines.Add(labels));
    RaiseTo(source.errors, &impl_->errors.Add(labels));
    RaiseTo(source.join_misses, &impl_->join_misses.Add(labels));
    impl_->lag.Add(labels).Set(static_cast<double>(source.lag_bytes));
    // Before the first event there is no series: 1970 would look like a source that died.
    if (source.last_event_s > 0) impl_->last_event.Add(labels).Set(static_cast<double>(source.last_event_s));
    RaiseTo(source.rotations, &impl_->rotations.Add(labels));
    RaiseTo(source.truncations, &impl_->truncations.Add(labels));
    impl_->RaiseAll(&impl_->lost, name, "what", source.lost);
    impl_->RaiseAll(&impl_->altered, name, "what", source.altered);
    impl_->RaiseAll(&impl_->unparsed, name, "reason", source.unparsed);
  }
  RaiseTo(snapshot.commits, &impl_->commits);
  RaiseTo(snapshot.committed_rows, &impl_->committed_rows);
  RaiseTo(snapshot.commit_failures, &impl_->commit_failures);
  RaiseTo(snapshot.folded_hours, &impl_->folded_hours);
  RaiseTo(snapshot.cache_hits, &impl_->cache_hits);
  RaiseTo(snapshot.cache_misses, &impl_->cache_misses);
  RaiseTo(snapshot.classified, &impl_->classified);
  RaiseTo(snapshot.unclassified, &impl_->unclassified);
  impl_->open_rows.Set(static_cast<double>(snapshot.open_rows));
  impl_->disk_bytes.Set(static_cast<double>(snapshot.disk_bytes));
  impl_->dictionary_entries.Set(static_cast<double>(snapshot.dictionary_entries));
  impl_->damaged_values.Set(static_cast<double>(snapshot.damaged_values));
  RaiseTo(snapshot.late_events, &impl_->late_events);
  RaiseTo(snapshot.future_events, &impl_->future_events);
  impl_->stalled.Set(snapshot.stalled ? 1 : 0);
}

void SelfMetrics::SetReload(bool successful, int64_t now_s) {
  impl_->reload_successful.Set(successful ? 1 : 0);
  if (successful) impl_->reload_time.Set(static_cast<double>(now_s));
}

void SelfMetrics::SetRules(const std::string& rules_version) {
  const std::lock_guard lock(impl_->set_mutex);
  if (impl_->build_info_now != nullptr) impl_->build_info.Remove(impl_->build_info_now);
  if (impl_->rules_info_now != nullptr) impl_->rules_info.Remove(impl_->rules_info_now);
  const std::string rules = LabelValue(rules_version);
  impl_->build_info_now = &impl_->build_info.Add({{"version", impl_->version}, {"rules_version", rules}});
  impl_->build_info_now->Set(1);
  impl_->rules_info_now = &impl_->rules_info.Add({{"version", rules}});
  impl_->rules_info_now->Set(1);
  impl_->rules_reload_successful.Set(1);
}

void SelfMetrics::SetRulesRefused() {
  impl_->rules_reload_successful.Set(0);
}

// prometheus-cpp knows the text format alone, so its families are written here in both.
void SelfMetrics::Write(std::string* out, ExpositionFormat format) const {
  ExpositionWriter writer(out, format);
  for (const prometheus::MetricFamily& family : impl_->registry.Collect()) {
    const bool counter = family.type == prometheus::MetricType::Counter;
    writer.Family(family.name, counter ? "counter" : "gauge", family.help);
    for (const prometheus::ClientMetric& metric : family.metric) {
      std::string labels;
      for (const prometheus::ClientMetric::Label& label : metric.label) {
        const std::string one = RenderLabels({{label.name, label.value}});
        labels += (labels.empty() ? "{" : ",") + one.substr(1, one.size() - 2);
      }
      if (!labels.empty()) labels += '}';
      writer.Sample(family.name, labels, counter ? metric.counter.value : metric.gauge.value);
    }
  }
}

}  // namespace bouncewatch

#include "metrics/self_metrics.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace bouncewatch {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string PageOf(const SelfMetrics& metrics) {
  std::string page;
  metrics.Write(&page);
  return page;
}

TEST(SelfMetrics, ShowsWhatRuns) {
  const SelfMetrics metrics("1.2.3", "20260101");
  const std::string page = PageOf(metrics);
  EXPECT_THAT(page, HasSubstr("rules_version=\"20260101\""));
  EXPECT_THAT(page, HasSubstr("version=\"1.2.3\""));
  EXPECT_THAT(page, HasSubstr("bouncewatch_ingest_stalled 0\n"));
}

TEST(SelfMetrics, NamesTheRulesInUseAndNoOthers) {
  SelfMetrics metrics("1.2.3", "old");
  EXPECT_THAT(PageOf(metrics), HasSubstr("bouncewatch_rules_info{version=\"old\"} 1\n"));
  EXPECT_THAT(PageOf(metrics), HasSubstr("bouncewatch_rules_last_reload_successful 1\n"));

  metrics.SetRulesRefused();
  EXPECT_THAT(PageOf(metrics), HasSubstr("bouncewatch_rules_info{version=\"old\"} 1\n"));
  EXPECT_THAT(PageOf(metrics), HasSubstr("bouncewatch_rules_last_reload_successful 0\n"));

  metrics.SetRules("new");
  const std::string page = PageOf(metrics);
  EXPECT_THAT(page, HasSubstr("bouncewatch_rules_info{version=\"new\"} 1\n"));
  EXPECT_THAT(page, HasSubstr("rules_version=\"new\""));
  EXPECT_THAT(page, HasSubstr("bouncewatch_rules_last_reload_successful 1\n"));
  EXPECT_THAT(page, Not(HasSubstr("\"old\"")));
}

TEST(SelfMetrics, CountersFollowTheSnapshotAndNeverFall) {
  SelfMetrics metrics("1", "1");
  IngestSnapshot snapshot;
  snapshot.classified = 10;
  snapshot.sources["mail"].bytes = 123456789012345;
  snapshot.sources["mail"].unparsed["no-status"] = 4;
  metrics.Set(snapshot);
  metrics.Set(snapshot);
  EXPECT_THAT(PageOf(metrics), HasSubstr("bouncewatch_classified_total 10\n"));
  EXPECT_THAT(PageOf(metrics),
              HasSubstr("bouncewatch_source_bytes_total{source=\"mail\"} 123456789012345\n"));
  EXPECT_THAT(PageOf(metrics),
              HasSubstr("bouncewatch_unparsed_lines_total{reason=\"no-status\",source=\"mail\"} 4\n"));
  snapshot.classified = 3;
  metrics.Set(snapshot);
  EXPECT_THAT(PageOf(metrics), HasSubstr("bouncewatch_classified_total 10\n"));
}

TEST(SelfMetrics, ShowsWhatIsWrongWithStampsAndTheStore) {
  SelfMetrics metrics("1", "1");
  IngestSnapshot snapshot;
  snapshot.late_events = 2;
  snapshot.future_events = 3;
  snapshot.damaged_values = 4;
  metrics.Set(snapshot);
  const std::string page = PageOf(metrics);
  EXPECT_THAT(page, HasSubstr("bouncewatch_misdated_events_total{reason=\"late\"} 2\n"));
  EXPECT_THAT(page, HasSubstr("bouncewatch_misdated_events_total{reason=\"future\"} 3\n"));
  EXPECT_THAT(page, HasSubstr("bouncewatch_store_damaged_values 4\n"));
}

TEST(SelfMetrics, GaugesFollowBothWays) {
  SelfMetrics metrics("1", "1");
  IngestSnapshot snapshot;
  snapshot.stalled = true;
  snapshot.sources["mail"].lag_bytes = 7;
  metrics.Set(snapshot);
  EXPECT_THAT(PageOf(metrics), HasSubstr("bouncewatch_ingest_stalled 1\n"));
  EXPECT_THAT(PageOf(metrics), HasSubstr("bouncewatch_source_lag_bytes{source=\"mail\"} 7\n"));
  snapshot.stalled = false;
  snapshot.sources["mail"].lag_bytes = 0;
  metrics.Set(snapshot);
  EXPECT_THAT(PageOf(metrics), HasSubstr("bouncewatch_ingest_stalled 0\n"));
  EXPECT_THAT(PageOf(metrics), HasSubstr("bouncewatch_source_lag_bytes{source=\"mail\"} 0\n"));
}

TEST(SelfMetrics, NoTimeBeforeTheFirstEvent) {
  SelfMetrics metrics("1", "1");
  IngestSnapshot snapshot;
  snapshot.sources["mail"].lines = 1;
  metrics.Set(snapshot);
  const std::string sample = "bouncewatch_source_last_event_timestamp_seconds{source=\"mail\"}";
  EXPECT_THAT(PageOf(metrics), Not(HasSubstr(sample)));
  snapshot.sources["mail"].last_event_s = 1800000000;
  metrics.Set(snapshot);
  EXPECT_THAT(PageOf(metrics), HasSubstr(sample + " 1800000000\n"));
}

TEST(SelfMetrics, AFailedReloadKeepsTheTimeOfTheLastGoodOne) {
  SelfMetrics metrics("1", "1");
  metrics.SetReload(true, 1800000000);
  metrics.SetReload(false, 1800000100);
  EXPECT_THAT(PageOf(metrics), HasSubstr("bouncewatch_config_last_reload_successful 0\n"));
  EXPECT_THAT(PageOf(metrics),
              HasSubstr("bouncewatch_config_last_reload_success_timestamp_seconds 1800000000\n"));
}

}  // namespace
}  // namespace bouncewatch

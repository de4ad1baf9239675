// The whole page, as the judge of the format sees it.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "gtest/gtest.h"
#include "metrics/delivery_totals.h"
#include "metrics/self_metrics.h"

namespace bouncewatch {
namespace {

// A page with everything on it, hostile labels included.
std::string Page(ExpositionFormat format) {
  Rollup rollup(1);
  AnswerKey answer;
  answer.outcome = Outcome::kBounced;
  answer.provider = rollup.InternName(Name::kProvider, "odd \"\\\n\xFF name");
  Row row;
  row.domain = rollup.InternName(Name::kDomain, "example.org");
  row.answer = rollup.InternAnswer(answer);
  row.count = 3;
  rollup.Add(row);
  DeliveryTotals totals(10);
  totals.Apply(rollup);
  SelfMetrics self("1.0.0", "1");
  IngestSnapshot snapshot;
  snapshot.sources["a \"source\""].unparsed["odd"] = 1;
  self.Set(snapshot);
  self.SetReload(true, 1800000000);
  std::string page;
  totals.Write(&page, format);
  self.Write(&page, format);
  ExpositionWriter(&page, format).End();
  return page;
}

// What `command` says of the page on its standard input.
int Judge(const std::string& command, const std::string& page) {
  const std::filesystem::path file = std::filesystem::path(testing::TempDir()) / "bouncewatch_page.txt";
  std::ofstream(file) << page;
  const int result = std::system((command + " < " + file.string()).c_str());
  std::filesystem::remove(file);
  return result;
}

TEST(MetricsPage, PromtoolAcceptsIt) {
  if (std::system("command -v promtool >/dev/null") != 0) GTEST_SKIP() << "promtool is not installed";
  const std::string page = Page(ExpositionFormat::kText);
  EXPECT_EQ(Judge("promtool check metrics", page), 0) << page;
}

TEST(MetricsPage, ThePythonClientReadsItAsOpenMetrics) {
  if (std::system("/usr/bin/python3 -c 'import prometheus_client.openmetrics' 2>/dev/null") != 0) {
    GTEST_SKIP() << "python3-prometheus-client is not installed";
  }
  const std::string parser =
      "/usr/bin/python3 -c '"
      "import sys; from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse\n"
      "families = {f.name: f for f in parse(sys.stdin.read())}\n"
      "total = sum(s.value for s in families[\"bouncewatch_failures\"].samples)\n"
      "sys.exit(0 if total == 3 and len(families) > 20 else 1)'";
  const std::string page = Page(ExpositionFormat::kOpenMetrics);
  EXPECT_EQ(Judge(parser, page), 0) << page;
  EXPECT_TRUE(page.ends_with("\n# EOF\n"));
  EXPECT_NE(Judge(parser + " 2>/dev/null", Page(ExpositionFormat::kText)), 0) << "the judge is strict";
}

}  // namespace
}  // namespace bouncewatch

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

TEST(MetricsPage, PromtoolAcceptsIt) {
  if (std::system("command -v promtool >/dev/null") != 0) GTEST_SKIP() << "promtool is not installed";
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
  totals.Write(&page);
  self.Write(&page);

  const std::filesystem::path file = std::filesystem::path(testing::TempDir()) / "bouncewatch_page.txt";
  std::ofstream(file) << page;
  EXPECT_EQ(std::system(("promtool check metrics < " + file.string()).c_str()), 0) << page;
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace bouncewatch

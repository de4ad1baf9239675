// What questions cost: CPU of one thread, store open, median and largest of several runs.
//
//   measure_queries DIRECTORY        a store that simulate_days wrote
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

#include "classifier/status_macros.h"
#include "storage/reader.h"

namespace bouncewatch {
namespace {

constexpr int kRuns = 15;
constexpr int64_t kDayS = 86'400;

double CpuMilliseconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) * 1e-6;
}

struct Question {
  const char* name;
  std::vector<Key> by;
  std::vector<KeyFilter> where;
  int64_t seconds, step_s;
  size_t limit;
};

absl::Status Measure(const std::string& directory) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Reader> reader, Reader::OpenSecondary(directory));
  const int64_t now_s = reader->newest_event_s() / 3600 * 3600;
  const std::vector<Question> questions = {
      {"24 h of a typical domain, 1h",
       {Key::kDomain},
       {{Key::kDomain, {"domain90000.test"}}},
       kDayS,
       3600,
       100},
      {"24 h of a typical domain, 1m",
       {Key::kDomain},
       {{Key::kDomain, {"domain90000.test"}}},
       kDayS,
       60,
       100},
      {"24 h of the largest domain, 1h",
       {Key::kDomain},
       {{Key::kDomain, {"domain0.test"}}},
       kDayS,
       3600,
       100},
      {"24 h of the largest domain, 1m", {Key::kDomain}, {{Key::kDomain, {"domain0.test"}}}, kDayS, 60, 100},
      {"top 100 domains by failures, 24 h", {Key::kDomain}, {}, kDayS, 0, 100},
      {"top 100 domains by failures, 30 d", {Key::kDomain}, {}, 30 * kDayS, 0, 100},
      {"causes, 24 h", {Key::kCause}, {}, kDayS, 0, 100},
      {"causes, 30 d, 1d", {Key::kCause}, {}, 30 * kDayS, kDayS, 100},
      {"30 d of the largest domain, 1d",
       {Key::kDomain},
       {{Key::kDomain, {"domain0.test"}}},
       30 * kDayS,
       kDayS,
       100},
      {"one address by cause, 24 h, 1h", {Key::kCause}, {{Key::kIp, {"192.0.2.1"}}}, kDayS, 3600, 100},
  };
  std::printf("| question | median ms CPU | largest | series |\n|---|---|---|---|\n");
  for (const Question& question : questions) {
    QuerySpec spec;
    spec.by = question.by;
    spec.where = question.where;
    spec.to_s = now_s;
    spec.from_s = now_s - question.seconds;
    spec.step_s = question.step_s;
    spec.limit = question.limit;
    std::vector<double> runs;
    size_t series = 0;
    for (int run = 0; run <= kRuns; ++run) {
      const double began = CpuMilliseconds();
      ASSIGN_OR_RETURN(const QueryResult result, reader->Query(spec));
      if (run > 0) runs.push_back(CpuMilliseconds() - began);  // the first one opens files
      series = result.series_total;
    }
    std::sort(runs.begin(), runs.end());
    std::printf("| %s | %.2f | %.2f | %zu |\n", question.name, runs[kRuns / 2], runs.back(), series);
    std::fflush(stdout);
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace bouncewatch

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: measure_queries DIRECTORY\n");
    return 2;
  }
  const absl::Status status = bouncewatch::Measure(argv[1]);
  if (!status.ok()) std::fprintf(stderr, "measure_queries: %s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}

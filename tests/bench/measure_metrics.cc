// /metrics under more domains than it may show: 10 M events over 1 M domains. The page must stay below 10,000
// series, its sums must be the events, and a scrape must be cheap.
//
//   measure_metrics [EVENTS] [DOMAINS]
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>

#include "classifier/reply.h"
#include "metrics/delivery_totals.h"

namespace bouncewatch {
namespace {

constexpr uint32_t kEventsPerRound = 50'000;

uint64_t Mix(uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

double CpuMilliseconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) * 1e-6;
}

uint64_t SumOf(const std::string& page, const std::string& family) {
  uint64_t sum = 0;
  for (size_t at = page.find("\n" + family + "{"); at != std::string::npos;
       at = page.find("\n" + family + "{", at + 1)) {
    const size_t end = page.find('\n', at + 1);
    sum += std::strtoull(page.c_str() + page.rfind(' ', end), nullptr, 10);
  }
  return sum;
}

size_t SeriesOf(const std::string& page) {
  size_t series = page[0] == '#' ? 0 : 1;
  for (size_t at = page.find('\n'); at + 1 < page.size(); at = page.find('\n', at + 1)) {
    series += page[at + 1] == '#' ? 0 : 1;
  }
  return series;
}

int Measure(uint64_t events, uint64_t domains) {
  DeliveryTotals totals(200);
  uint64_t failures = 0;
  double apply_ms = 0;
  for (uint64_t done = 0; done < events;) {
    Rollup rollup(1);
    for (uint32_t i = 0; i < kEventsPerRound && done < events; ++i, ++done) {
      const uint64_t a = Mix(done), b = Mix(a);
      const bool failed = a % 5 == 0;
      LaneKey lane;
      lane.ip = rollup.InternName(Name::kIp, "192.0.2." + std::to_string(a / 8 % 400));
      AnswerKey answer;
      answer.provider = rollup.InternName(Name::kProvider, "p" + std::to_string(a / 4096 % 500) + ".test");
      answer.outcome = !failed ? Outcome::kDelivered : a % 2 == 0 ? Outcome::kBounced : Outcome::kDeferred;
      answer.origin = Origin::kRemote;
      answer.cause = failed ? static_cast<CauseIndex>(b % Causes().size()) : DeliveredCause();
      if (failed) answer.enhanced = EnhancedCode{5, 7, static_cast<uint16_t>(b / 128 % 40)}.packed();
      // Half of the mail goes to a few thousand domains, which change from round to round; half to all.
      const uint64_t domain = b % 2 == 0 ? b / 2 % domains : (done / 500'000 * 1000 + b / 2 % 3000) % domains;
      const uint32_t name = rollup.InternName(Name::kDomain, "domain" + std::to_string(domain) + ".test");
      rollup.Add({1, name, rollup.InternLane(lane), rollup.InternAnswer(answer), 1});
      failures += failed ? 1 : 0;
    }
    const double began = CpuMilliseconds();
    totals.Apply(rollup);
    apply_ms += CpuMilliseconds() - began;
  }
  std::string page;
  totals.Write(&page);
  const double began = CpuMilliseconds();
  constexpr int kScrapes = 20;
  for (int i = 0; i < kScrapes; ++i) {
    page.clear();
    totals.Write(&page);
  }
  const double scrape_ms = (CpuMilliseconds() - began) / kScrapes;
  const size_t series = SeriesOf(page);
  std::printf("%zu series, %.2f MB, %.3f ms CPU a scrape, %.1f ns an event to apply\n", series,
              static_cast<double>(page.size()) / 1e6, scrape_ms,
              apply_ms * 1e6 / static_cast<double>(events));
  bool good = series < 10'000;
  for (const char* family : {"", "domain_", "ip_"}) {
    const std::string name = std::string("bouncewatch_") + family;
    const uint64_t seen = SumOf(page, name + "attempts_total"), failed = SumOf(page, name + "failures_total");
    std::printf("%sattempts_total %llu of %llu, %sfailures_total %llu of %llu\n", name.c_str(),
                static_cast<unsigned long long>(seen), static_cast<unsigned long long>(events), name.c_str(),
                static_cast<unsigned long long>(failed), static_cast<unsigned long long>(failures));
    good = good && seen == events && failed == failures;
  }
  return good ? 0 : 1;
}

}  // namespace
}  // namespace bouncewatch

int main(int argc, char** argv) {
  const uint64_t events = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10'000'000;
  const uint64_t domains = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1'000'000;
  return bouncewatch::Measure(events, domains);
}

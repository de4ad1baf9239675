// Days of traffic through a store on a fast clock, and the truth about them.
//
//   simulate_days write  DIRECTORY DAYS EVENTS_PER_DAY [SEED]    goes on where an earlier run was killed
//   simulate_days verify DIRECTORY DAYS EVENTS_PER_DAY [SEED]    compares every resolution with the truth
//
// Traffic is a function of the seed alone: five minutes a commit, and a position with it. Before a commit
// that closes an hour `write` prints a line, so that whoever wants to kill it while it folds knows when.
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "classifier/status_macros.h"
#include "storage/store.h"

namespace bouncewatch {
namespace {

constexpr uint32_t kFirstDay = 20'000, kDomains = 200'000, kIps = 64, kSenders = 302, kAnswers = 240;
constexpr uint32_t kMinutesPerCommit = 5, kCommitsPerDay = 1440 / kMinutesPerCommit;
constexpr int64_t kDayS = 86'400;
constexpr std::array<const char*, 8> kCauses = {
    "auth.spf",     "auth.dmarc",          "rate.connections", "reputation.ip", "recipient.unknown-user",
    "content.spam", "greylist.greylisted", "rate.messages"};

struct Arguments {
  bool verify = false;
  std::string directory;
  uint32_t days = 0, events_per_day = 0;
  uint64_t seed = 1;
};

uint64_t Mix(uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

struct Event {
  uint32_t minute, domain, ip, sender, answer;
  bool failed() const { return answer % 5 == 0; }
  Outcome outcome() const {
    return !failed() ? Outcome::kDelivered : answer % 2 == 0 ? Outcome::kBounced : Outcome::kDeferred;
  }
  uint32_t cause() const { return answer / 5 % kCauses.size(); }
};

// The events of one commit. A few domains get most of the mail; one event in 500 is up to three days late.
template <typename Visit>
void ForEachEvent(const Arguments& arguments, uint32_t commit, Visit visit) {
  const uint32_t events = arguments.events_per_day / kCommitsPerDay;
  for (uint32_t i = 0; i < events; ++i) {
    const uint64_t a = Mix(arguments.seed << 40 ^ uint64_t{commit} << 20 ^ i), b = Mix(a);
    Event event{};
    event.minute =
        kFirstDay * 1440 + commit * kMinutesPerCommit + static_cast<uint32_t>(a % kMinutesPerCommit);
    if (a / 8 % 500 == 0) {
      event.minute = std::max(event.minute - static_cast<uint32_t>(a >> 20) % (3 * 1440), kFirstDay * 1440);
    }
    const double u = static_cast<double>(b >> 11) / 9007199254740992.0;
    event.domain = static_cast<uint32_t>(kDomains * std::pow(u, 4));
    event.ip = static_cast<uint32_t>(b % kIps);
    event.sender = static_cast<uint32_t>(b / kIps % kSenders);
    event.answer = static_cast<uint32_t>(Mix(b) % kAnswers);
    visit(event);
  }
}

std::string DomainName(uint32_t domain) {
  return "domain" + std::to_string(domain) + ".test";
}

// Interning names by number first: the store is what is to be measured, not snprintf.
class RollupFiller {
 public:
  explicit RollupFiller(Rollup* rollup)
      : rollup_(rollup), domains_(kDomains), lanes_(kIps * kSenders), answers_(kAnswers) {}

  void Add(const Event& event) {
    uint32_t& domain = domains_[event.domain];
    if (domain == 0) domain = 1 + rollup_->InternName(Name::kDomain, DomainName(event.domain));
    uint32_t& lane = lanes_[event.ip * kSenders + event.sender];
    if (lane == 0) lane = 1 + MakeLane(event);
    uint32_t& answer = answers_[event.answer];
    if (answer == 0) answer = 1 + MakeAnswer(event);
    rollup_->Add({event.minute, domain - 1, lane - 1, answer - 1, 1});
  }

 private:
  uint32_t MakeLane(const Event& event) {
    LaneKey lane;
    lane.ip = rollup_->InternName(Name::kIp, "192.0.2." + std::to_string(event.ip));
    lane.sender = rollup_->InternName(Name::kSender, "sender" + std::to_string(event.sender) + ".test");
    lane.host = rollup_->InternName(Name::kHost, "mx1");
    return rollup_->InternLane(lane);
  }
  uint32_t MakeAnswer(const Event& event) {
    AnswerKey answer;
    answer.provider = rollup_->InternName(Name::kProvider, "provider" + std::to_string(event.answer % 30));
    answer.outcome = event.outcome();
    answer.origin = Origin::kRemote;
    answer.cause =
        event.failed() ? FindCause(kCauses[event.cause()]).value_or(UnspecifiedCause()) : DeliveredCause();
    answer.code = event.failed() ? 550 : 250;
    if (event.failed()) {
      answer.template_ref = rollup_->InternTemplate(event.answer + 1, "a reply", "a.rule");
    }
    return rollup_->InternAnswer(answer);
  }

  Rollup* rollup_;
  std::vector<uint32_t> domains_, lanes_, answers_;  // local id + 1; 0: not interned yet
};

double CpuSeconds(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

absl::Status Write(const Arguments& arguments) {
  StoreOptions options;
  options.path = arguments.directory;
  ASSIGN_OR_RETURN(const std::unique_ptr<Store> store, Store::Open(options));
  ASSIGN_OR_RETURN(const std::optional<std::string> position, store->GetState("position/simulation"));
  const uint32_t first = position.has_value() ? static_cast<uint32_t>(std::stoul(*position)) : 0;
  double making_s = 0;  // traffic, which is not what is measured
  uint64_t events = 0;
  for (uint32_t commit = first; commit < arguments.days * kCommitsPerDay; ++commit) {
    const double began_s = CpuSeconds(CLOCK_THREAD_CPUTIME_ID);
    Rollup rollup(arguments.seed);
    RollupFiller filler(&rollup);
    ForEachEvent(arguments, commit, [&](const Event& event) { filler.Add(event); });
    making_s += CpuSeconds(CLOCK_THREAD_CPUTIME_ID) - began_s;
    events += rollup.size();
    const uint32_t into_hour = commit * kMinutesPerCommit % 60;
    if (into_hour == kMinutesPerCommit) {  // past the grace: this one folds
      std::printf("hour %u\n", commit * kMinutesPerCommit / 60);
      std::fflush(stdout);
    }
    RETURN_IF_ERROR(store->Commit(rollup, {{"position/simulation", std::to_string(commit + 1)}}));
  }
  const StoreStats stats = store->stats();
  const double store_s = CpuSeconds(CLOCK_PROCESS_CPUTIME_ID) - making_s;
  std::printf("done: %.1f MB on disk, %.3f us CPU an event in the store, compaction included\n",
              static_cast<double>(stats.disk_bytes) / 1e6,
              events == 0 ? 0 : store_s * 1e6 / static_cast<double>(events));
  return absl::OkStatus();
}

struct Count {
  uint64_t attempts = 0, failures = 0;
  bool operator==(const Count&) const = default;
};
using Counts = std::map<std::string, Count>;

// The series of one question as "value|time", over ranges that each fit into memory.
absl::StatusOr<Counts> Ask(Reader* reader, Key key, int64_t step_s, int64_t from_s, int64_t to_s) {
  QuerySpec spec;
  spec.by = {key};
  spec.step_s = step_s;
  spec.from_s = from_s;
  spec.to_s = to_s;
  spec.limit = 0;
  ASSIGN_OR_RETURN(const QueryResult result, reader->Query(spec));
  Counts counts;
  for (const Series& series : result.series) {
    for (const Point& point : series.points) {
      counts[series.key[0].second + "|" + std::to_string(point.t_s)] = {point.attempts, point.failures()};
    }
  }
  return counts;
}

std::string ValueOf(Key key, const Event& event) {
  switch (key) {
    case Key::kDomain:
      return DomainName(event.domain);
    case Key::kIp:
      return "192.0.2." + std::to_string(event.ip);
    case Key::kSenderDomain:
      return "sender" + std::to_string(event.sender) + ".test";
    case Key::kCause:
      return event.failed() ? kCauses[event.cause()] : "event.delivered";
    default:
      return "provider" + std::to_string(event.answer % 30);
  }
}

// One key at one resolution over one day, against the truth.
struct Comparison {
  Key key;
  int64_t step_s, day;
  Counts truth;
};

absl::Status Verify(const Arguments& arguments) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Reader> reader, Reader::OpenSecondary(arguments.directory));
  const int64_t days = arguments.days;
  // Domains by the day are the large ones: two days of them. The rest on every day that is kept so.
  std::vector<Comparison> comparisons;
  for (int64_t day = 0; day < days; ++day) {
    for (const Key key : {Key::kIp, Key::kSenderDomain, Key::kCause, Key::kProvider}) {
      comparisons.push_back({key, kDayS, day, {}});
      if (key != Key::kSenderDomain || day >= days - 3) comparisons.push_back({key, 3600, day, {}});
      if (day >= days - 1 && key != Key::kSenderDomain) comparisons.push_back({key, 60, day, {}});
    }
    if (day == days / 2 || day == days - 1) {
      comparisons.push_back({Key::kDomain, kDayS, day, {}});
      comparisons.push_back({Key::kDomain, 3600, day, {}});
    }
  }
  for (uint32_t commit = 0; commit < arguments.days * kCommitsPerDay; ++commit) {
    ForEachEvent(arguments, commit, [&](const Event& event) {
      const int64_t time_s = int64_t{event.minute} * 60, day = time_s / kDayS - kFirstDay;
      for (Comparison& one : comparisons) {
        if (one.day != day) continue;
        Count& count =
            one.truth[ValueOf(one.key, event) + "|" + std::to_string(time_s / one.step_s * one.step_s)];
        ++count.attempts;
        count.failures += event.failed() ? 1 : 0;
      }
    });
  }
  size_t compared = 0;
  for (const Comparison& one : comparisons) {
    const int64_t from_s = (int64_t{kFirstDay} + one.day) * kDayS;
    ASSIGN_OR_RETURN(const Counts counts, Ask(reader.get(), one.key, one.step_s, from_s, from_s + kDayS));
    if (counts != one.truth) {
      return absl::DataLossError(
          absl::StrFormat("%s by %d s on day %d: %d series and points, the truth has %d", KeyName(one.key),
                          one.step_s, one.day, counts.size(), one.truth.size()));
    }
    compared += counts.size();
  }
  std::printf("equal: %zu numbers of %zu questions\n", compared, comparisons.size());
  return absl::OkStatus();
}

int Main(int argc, char** argv) {
  Arguments arguments;
  const std::string mode = argc > 1 ? argv[1] : "";
  if ((argc != 5 && argc != 6) || (mode != "write" && mode != "verify")) {
    std::fprintf(stderr, "usage: simulate_days write|verify DIRECTORY DAYS EVENTS_PER_DAY [SEED]\n");
    return 2;
  }
  arguments.directory = argv[2];
  arguments.days = static_cast<uint32_t>(std::strtoul(argv[3], nullptr, 10));
  arguments.events_per_day = static_cast<uint32_t>(std::strtoul(argv[4], nullptr, 10));
  if (argc == 6) arguments.seed = std::strtoull(argv[5], nullptr, 10);
  const absl::Status status = mode == "verify" ? Verify(arguments) : Write(arguments);
  if (status.ok()) return 0;
  std::fprintf(stderr, "simulate_days: %s\n", status.ToString().c_str());
  return 1;
}

}  // namespace
}  // namespace bouncewatch

int main(int argc, char** argv) {
  return bouncewatch::Main(argc, argv);
}

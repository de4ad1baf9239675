// How well incidents are told and blamed, on made-up mail: prints tables, ours beside what operators use
// today.
//
//   simulate_incidents [--noise 0.5] [--series 6] [--quick]
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>
#include <string>

#include "incidents/mail_slices.h"
#include "incidents/peers.h"
#include "incidents/traffic.h"
#include "incidents/trial.h"
#include "metrics/incident/share_detector.h"

using namespace bouncewatch;

namespace {

struct Volume {
  double attempts, share;
};
constexpr Volume kVolumes[] = {{10, 0.01}, {100, 0.005}, {2000, 0.003}};

struct Arguments {
  double noise = 0.5;
  uint32_t series = 6;
  bool quick = false;
};

Arguments ReadArguments(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const bool more = i + 1 < argc;
    if (std::strcmp(argv[i], "--noise") == 0 && more) {
      arguments.noise = std::atof(argv[++i]);
    } else if (std::strcmp(argv[i], "--series") == 0 && more) {
      arguments.series = static_cast<uint32_t>(std::atoi(argv[++i]));
    } else if (std::strcmp(argv[i], "--quick") == 0) {
      arguments.quick = true;
    } else {
      std::fprintf(stderr, "usage: simulate_incidents [--noise SD] [--series N] [--quick]\n");
      std::exit(2);
    }
  }
  return arguments;
}

Peer Ours(double dispersion, double score) {
  char name[64];
  std::snprintf(name, sizeof name, "bouncewatch r=%.1f score %.1f", dispersion, score);
  return {name, [=]() -> Detector {
            ShareDetectorOptions options;
            options.dispersion = dispersion;
            options.fire_score = score;
            auto detector = std::make_shared<ShareDetector>(options);
            auto minute = std::make_shared<uint32_t>(0);
            return [=](uint64_t attempts, uint64_t failures) {
              detector->Add(++*minute, attempts, failures);
              return detector->firing();
            };
          }};
}

TrialResult Try(const Peer& peer, const Volume& volume, const Arguments& arguments) {
  TrialResult result;
  TrafficOptions traffic;
  traffic.attempts_per_minute = volume.attempts;
  traffic.share = volume.share;
  traffic.noise = arguments.noise;
  for (uint32_t i = 0; i < arguments.series; ++i) {
    traffic.seed = 1000 + i;
    traffic.days = 30;
    traffic.incident_factor = 1;
    TryClean(MakeTraffic(traffic), peer.make(), &result);
    traffic.seed = 2000 + i;
    traffic.incident_factor = 10;
    TryIncidents(MakeTraffic(traffic), peer.make(), &result);
  }
  return result;
}

void PrintDetectors(const Arguments& arguments) {
  // The share's noise is a site's own; so is the dispersion that goes with it.
  const double dispersion = arguments.noise < 0.4 ? 10 : ShareDetectorOptions().dispersion;
  std::printf(
      "Tenfold steps of an hour, noise %.1f: false alarms a series and month | found | median delay\n",
      arguments.noise);
  std::printf("%-32s", "attempts a minute");
  for (const Volume& volume : kVolumes) std::printf("%24.0f", volume.attempts);
  std::printf("\n");
  std::vector<Peer> peers = Peers();
  const double shipped = ShareDetectorOptions().fire_score;
  for (double score : {shipped, 3.0, 3.5, 4.5, 5.0, 6.0}) {
    peers.push_back(Ours(dispersion, score));
    if (arguments.quick) break;
  }
  for (const Peer& peer : peers) {
    std::printf("%-32s", peer.name.c_str());
    for (const Volume& volume : kVolumes) {
      const TrialResult r = Try(peer, volume, arguments);
      std::printf("   %6.2f | %5.1f %% | %2u m", r.false_alarms_per_month(), 100 * r.found_share(),
                  r.median_delay());
      std::fflush(stdout);
    }
    std::printf("\n");
  }
}

void PrintBlame(const Arguments& arguments) {
  std::printf("\nBlame, exact: attempts in the window | bouncewatch | top count | Adtributor\n");
  for (uint32_t attempts : {5000u, 1000u}) {
    uint32_t cases = 0, exact = 0, top = 0, adtributor = 0;
    for (uint32_t trial = 0; trial < (arguments.quick ? 90u : 900u); ++trial) {
      const Case made = MakeCase(static_cast<Fault>(trial % kFaultCount), attempts, trial);
      const Blame blame = FindBlame(made.rows);
      bool right = blame.blamed.slice == made.truth;
      for (const BlamedSlice& same : blame.not_separable) right = right || same.slice == made.truth;
      ++cases;
      exact += right;
      top += TopCount(made.rows) == made.truth;
      adtributor += Adtributor(made.rows) == made.truth;
    }
    std::printf("%6u | %5.1f %% | %5.1f %% | %5.1f %%\n", attempts, 100.0 * exact / cases,
                100.0 * top / cases, 100.0 * adtributor / cases);
  }
}

void PrintSmallSender(const Arguments& arguments) {
  const uint32_t days = arguments.quick ? 1000 : 10'000;
  std::printf("\nFifty mails a day, %u quiet days: share that fails | false alarms in 100 days\n", days);
  for (double share : {0.002, 0.01, 0.03, 0.1}) {
    ShareDetector detector{ShareDetectorOptions()};
    std::mt19937_64 random(3);
    std::lognormal_distribution<double> wander(-0.125, 0.5);
    uint32_t alarms = 0;
    bool was = false;
    for (uint32_t mail = 0; mail < days * 50; ++mail) {
      const uint32_t minute = 1 + mail * 28 + static_cast<uint32_t>(random() % 28);
      const double fails = std::min(0.95, share * wander(random));
      detector.Add(minute, 1, std::bernoulli_distribution(fails)(random) ? 1 : 0);
      alarms += detector.firing() && !was;
      was = detector.firing();
    }
    std::printf("%5.3f | %.2f\n", share, 100.0 * alarms / days);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const Arguments arguments = ReadArguments(argc, argv);
  PrintDetectors(arguments);
  PrintBlame(arguments);
  PrintSmallSender(arguments);
}

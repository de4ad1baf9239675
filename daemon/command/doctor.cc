#include <sys/timex.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <ctime>
#include <memory>
#include <string>

#include "daemon/command/command.h"
#include "daemon/doctor.h"

namespace bouncewatch {
namespace {

bool ClockIsSynchronized() {
  timex clock = {};
  const int state = ::adjtimex(&clock);
  return state >= 0 && state != TIME_ERROR;
}

int RunDoctor(const std::string& config_path) {
  absl::StatusOr<Config> config = Config::Load(config_path);
  if (!config.ok()) return Fail(config.status());
  DoctorOptions options;
  options.config = *std::move(config);
  options.now_s = std::time(nullptr);
  options.clock_is_synchronized = ClockIsSynchronized;
  const std::vector<Finding> findings = Examine(options);
  for (const Finding& finding : findings) {
    std::printf("%s\n  %s\n  fix: %s\n", finding.id.c_str(), finding.what.c_str(), finding.fix.c_str());
  }
  if (!findings.empty()) return kExitFound;
  std::puts("nothing was found that hides anything");
  return kExitDone;
}

}  // namespace

CommandBody SetUpDoctor(CLI::App* app) {
  auto config = std::make_shared<std::string>();
  app->add_option("--config", *config, "Configuration file (default: the built-in configuration)");
  app->footer("Exit code 3: something was found. Run it as the user that runs the daemon.");
  return [config] { return RunDoctor(*config); };
}

}  // namespace bouncewatch

// The commands of the program. Each SetUp adds a command's flags to its CLI11 subcommand and returns what
// runs it after the flags were parsed: the result is the exit code.
#pragma once

#include <functional>
#include <string_view>

#include "absl/status/status.h"

namespace CLI {
class App;
}  // namespace CLI

namespace bouncewatch {

enum ExitCode : int { kExitDone = 0, kExitFailed = 1, kExitUsage = 2, kExitFound = 3 };

using CommandBody = std::function<int()>;

CommandBody SetUpRun(CLI::App* app);
CommandBody SetUpReplay(CLI::App* app);
CommandBody SetUpClassify(CLI::App* app);
CommandBody SetUpExplain(CLI::App* app);
CommandBody SetUpQuery(CLI::App* app);
CommandBody SetUpTemplates(CLI::App* app);
CommandBody SetUpSuppress(CLI::App* app);
CommandBody SetUpEvidence(CLI::App* app);
CommandBody SetUpReclassify(CLI::App* app);
CommandBody SetUpTop(CLI::App* app);
CommandBody SetUpRules(CLI::App* app);
CommandBody SetUpCheck(CLI::App* app);
CommandBody SetUpDoctor(CLI::App* app);
CommandBody SetUpVersion(CLI::App* app);

// Says on standard error why a command failed; returns `code`.
int Fail(const absl::Status& status, ExitCode code = kExitFailed);
int Fail(std::string_view message, ExitCode code = kExitFailed);

}  // namespace bouncewatch

// The commands under `rules`, each in a file of its own; set up as in command.h.
#pragma once

#include "daemon/command/command.h"

namespace bouncewatch {

CommandBody SetUpRulesCheck(CLI::App* app);
CommandBody SetUpRulesList(CLI::App* app);
CommandBody SetUpRulesImport(CLI::App* app);

}  // namespace bouncewatch

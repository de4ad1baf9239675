// bouncewatch: the table of its commands. Exit codes: 0 done, 1 failed, 2 usage, 3 a check found something.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <utility>
#include <vector>

#include "daemon/command/command.h"

namespace {

using namespace bouncewatch;

constexpr struct {
  const char* name;
  const char* description;
  CommandBody (*set_up)(CLI::App*);
} kCommands[] = {
    {"run", "Follow the mail log; serve metrics and queries", SetUpRun},
    {"replay", "Read log files to their end into the store", SetUpReplay},
    {"classify", "Classify replies in bulk, standard input to standard output", SetUpClassify},
    {"explain", "Show how one reply is understood and which rule decides", SetUpExplain},
    {"query", "Ask the store for attempts and failures over time", SetUpQuery},
    {"suppress", "Print the addresses of a log that are really dead", SetUpSuppress},
    {"templates", "List the replies that no rule knows, with what a rule needs", SetUpTemplates},
    {"top", "Watch the worst of the last hour, live", SetUpTop},
    {"evidence", "Write what a postmaster desk needs to see", SetUpEvidence},
    {"reclassify", "Give stored failures the causes that the rules of today give", SetUpReclassify},
    {"rules", "Prove, list and import rules", SetUpRules},
    {"check", "Check the configuration, rule files and a sample log", SetUpCheck},
    {"doctor", "Name what this machine's logging hides, and how to fix it", SetUpDoctor},
    {"version", "Print versions", SetUpVersion},
};

int Main(int argc, char** argv) {
  CLI::App app("Says why mail bounced: reads MTA logs, classifies every failure by cause, keeps time series.",
               "bouncewatch");
  app.require_subcommand(1);
  std::vector<std::pair<CLI::App*, CommandBody>> commands;
  for (const auto& command : kCommands) {
    CLI::App* sub = app.add_subcommand(command.name, command.description);
    commands.emplace_back(sub, command.set_up(sub));
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitDone : kExitUsage;
  }
  for (const auto& [sub, body] : commands) {
    if (sub->parsed()) return body();
  }
  return kExitUsage;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return Main(argc, argv);
  } catch (const std::exception& error) {
    return Fail(error.what());
  } catch (...) {
    return Fail("unknown failure");
  }
}

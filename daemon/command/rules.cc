#include "daemon/command/rules.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <utility>
#include <vector>

namespace bouncewatch {
namespace {

constexpr struct {
  const char* name;
  const char* description;
  CommandBody (*set_up)(CLI::App*);
} kCommands[] = {
    {"check", "Prove every rule by its samples", SetUpRulesCheck},
    {"list", "List the rules with their hits in the store", SetUpRulesList},
    {"import", "Turn KumoMTA's bounce rules into ours", SetUpRulesImport},
};

}  // namespace

CommandBody SetUpRules(CLI::App* app) {
  app->require_subcommand(1);
  auto commands = std::make_shared<std::vector<std::pair<CLI::App*, CommandBody>>>();
  for (const auto& command : kCommands) {
    CLI::App* sub = app->add_subcommand(command.name, command.description);
    commands->emplace_back(sub, command.set_up(sub));
  }
  return [commands]() -> int {
    for (const auto& [sub, body] : *commands) {
      if (sub->parsed()) return body();
    }
    return kExitUsage;
  };
}

}  // namespace bouncewatch

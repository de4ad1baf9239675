#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>
#include <memory>
#include <string>

#include "absl/strings/str_format.h"
#include "classifier/rules/remedies.h"
#include "daemon/command/command.h"
#include "daemon/explanation.h"
#include "daemon/identity.h"
#include "daemon/rule_files.h"

namespace bouncewatch {
namespace {

constexpr size_t kMaxInput = 64 * 1024;

struct ExplainArguments {
  std::string text, provider, relay, config;
  bool json = false;
};

int RunExplain(ExplainArguments arguments) {
  if (arguments.text == "-") {
    arguments.text.assign(kMaxInput, '\0');
    std::cin.read(arguments.text.data(), static_cast<std::streamsize>(kMaxInput));
    arguments.text.resize(static_cast<size_t>(std::cin.gcount()));
    while (arguments.text.ends_with('\n') || arguments.text.ends_with('\r')) arguments.text.pop_back();
  }
  const absl::StatusOr<std::shared_ptr<const RuleSet>> rules = LoadConfiguredRules(arguments.config);
  if (!rules.ok()) return Fail(rules.status());
  const ProviderMap& providers = (*rules)->providers();
  ProviderIndex provider = providers.FindName(arguments.provider);
  if (!arguments.provider.empty() && provider == kNoProvider) {
    return Fail(absl::StrFormat("no provider \"%s\" is known", arguments.provider), kExitUsage);
  }
  if (provider == kNoProvider) provider = providers.Find(arguments.relay);
  const absl::StatusOr<Identity> identity = Identity::Load(arguments.config);
  if (!identity.ok()) return Fail(identity.status());
  const absl::StatusOr<Remedies> remedies = Remedies::Shipped();
  if (!remedies.ok()) return Fail(remedies.status());
  const Explanation explanation = Explain(*rules, *remedies, arguments.text, provider);
  const std::string answer = arguments.json ? ExplanationJson(explanation, **rules, *identity)
                                            : ExplanationText(explanation, **rules, *identity);
  std::fputs(answer.c_str(), stdout);
  return kExitDone;
}

}  // namespace

CommandBody SetUpExplain(CLI::App* app) {
  auto arguments = std::make_shared<ExplainArguments>();
  app->add_option("TEXT", arguments->text, "The reply; - reads it from standard input")->required();
  app->add_option("--provider", arguments->provider, "The provider that replied, such as google");
  app->add_option("--relay", arguments->relay, "The host that replied, as the log has it");
  app->add_option("--config", arguments->config,
                  "Configuration file, for [rules], and for [identity], which tells what is ours");
  app->add_flag("--json", arguments->json, "Print JSON");
  return [arguments] { return RunExplain(*arguments); };
}

}  // namespace bouncewatch

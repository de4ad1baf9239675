#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "classifier/embedded_file.h"
#include "classifier/rules/loader.h"
#include "classifier/rules/overlay.h"
#include "classifier/rules/rule_check.h"
#include "classifier/status_macros.h"
#include "daemon/command/rules.h"
#include "daemon/config.h"
#include "daemon/json_text.h"
#include "daemon/rule_files.h"

namespace bouncewatch {
namespace {

struct CheckArguments {
  std::string config;
  std::vector<std::string> paths;
  bool json = false;
};

struct CheckResult {
  size_t rules = 0, samples = 0;
  std::vector<RuleFinding> findings;
};

// The shipped rules from their files, since only those have samples.
absl::StatusOr<RuleFileContent> ReadAll(const CheckArguments& arguments) {
  ASSIGN_OR_RETURN(RuleFileContent shipped, ParseRuleFiles(EmbeddedRuleFiles()));
  if (!arguments.paths.empty()) {
    ASSIGN_OR_RETURN(RuleFileContent overlay, ReadOverlay(arguments.paths));
    return ApplyOverlay(std::move(shipped), std::move(overlay));
  }
  ASSIGN_OR_RETURN(const Config config, Config::Load(arguments.config));
  ASSIGN_OR_RETURN(RuleFileContent overlay, ReadOverlayDirectory(config.rules_directory));
  return ApplyOverlay(std::move(shipped), std::move(overlay));
}

absl::StatusOr<CheckResult> Check(const CheckArguments& arguments) {
  ASSIGN_OR_RETURN(RuleFileContent content, ReadAll(arguments));
  CheckResult result;
  result.rules = content.rules.size();
  for (const Rule& rule : content.rules) result.samples += rule.match.size() + rule.nomatch.size();
  ASSIGN_OR_RETURN(result.findings, CheckRules(std::move(content)));
  return result;
}

void AppendField(std::string_view key, std::string_view value, std::string* out) {
  AppendJsonKey(key, out);
  AppendJsonString(value, out);
}

std::string Json(const CheckResult& result, std::string_view error) {
  std::string out = "{";
  AppendJsonKey("rules", &out);
  out += std::to_string(result.rules);
  AppendJsonKey("samples", &out);
  out += std::to_string(result.samples);
  AppendField("error", error, &out);
  AppendJsonKey("findings", &out);
  out += '[';
  for (const RuleFinding& finding : result.findings) {
    out += out.back() == '[' ? "{" : ",{";
    AppendField("file", finding.location.file, &out);
    AppendJsonKey("line", &out);
    out += std::to_string(finding.location.line);
    AppendJsonKey("column", &out);
    out += std::to_string(finding.location.column);
    AppendField("rule", finding.rule, &out);
    AppendField("kind", FindingName(finding.kind), &out);
    AppendField("what", finding.what, &out);
    out += '}';
  }
  return out + "]}\n";
}

int RunCheck(const CheckArguments& arguments) {
  const absl::StatusOr<CheckResult> result = Check(arguments);
  const std::string error(result.status().message());
  if (arguments.json) {
    std::fputs(Json(result.ok() ? *result : CheckResult(), error).c_str(), stdout);
  } else if (!result.ok()) {
    Fail(result.status());
  } else {
    std::string out;
    for (const RuleFinding& finding : result->findings) {
      absl::StrAppendFormat(&out, "%s: %s\n", finding.ToString(), FindingName(finding.kind));
    }
    absl::StrAppendFormat(&out, "%d rules, %d samples, %d finding(s)\n", result->rules, result->samples,
                          result->findings.size());
    std::fputs(out.c_str(), stdout);
  }
  return result.ok() && result->findings.empty() ? kExitDone : kExitFound;
}

}  // namespace

CommandBody SetUpRulesCheck(CLI::App* app) {
  auto arguments = std::make_shared<CheckArguments>();
  app->add_option("--config", arguments->config, "Configuration file, for [rules]");
  app->add_flag("--json", arguments->json, "Print JSON");
  app->add_option("PATH", arguments->paths, "Rule files and directories, instead of the overlay directory");
  app->footer("Proves the shipped rules together with the others. Exit code 3: something was found.");
  return [arguments] { return RunCheck(*arguments); };
}

}  // namespace bouncewatch

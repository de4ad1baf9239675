#include <CLI/CLI.hpp>
#include <cstdio>
#include <ctime>
#include <memory>
#include <string>
#include <utility>

#include "classifier/status_macros.h"
#include "daemon/command/command.h"
#include "daemon/config.h"
#include "daemon/http_client.h"
#include "daemon/rule_files.h"
#include "daemon/template_output.h"
#include "daemon/template_report.h"

namespace bouncewatch {
namespace {

struct TemplatesArguments {
  std::string config, data, url;
  TemplateQuestion question;
  bool all = false;
  bool json = false;
};

absl::StatusOr<TemplateReport> AskStore(const std::string& path, const TemplatesArguments& arguments) {
  ASSIGN_OR_RETURN(std::shared_ptr<const RuleSet> rules, LoadConfiguredRules(arguments.config));
  ASSIGN_OR_RETURN(const std::unique_ptr<Reader> reader, Reader::OpenSecondary(path));
  return ReportTemplates(reader.get(), std::move(rules), arguments.question, std::time(nullptr));
}

absl::StatusOr<TemplateReport> AskDaemon(std::string url, const TemplateQuestion& question) {
  while (url.ends_with('/')) url.pop_back();
  ASSIGN_OR_RETURN(const std::string answer, HttpGet(url + "/api/v1/templates" + ToUrlQuery(question)));
  return ParseTemplatesJson(answer);
}

// Without --data and --url: the daemon of this machine, and its store when it is not running.
absl::StatusOr<TemplateReport> Ask(const TemplatesArguments& arguments) {
  if (!arguments.url.empty()) return AskDaemon(arguments.url, arguments.question);
  if (!arguments.data.empty()) return AskStore(arguments.data, arguments);
  ASSIGN_OR_RETURN(const Config config, Config::Load(arguments.config));
  absl::StatusOr<TemplateReport> answer = AskDaemon("http://" + config.http_listen, arguments.question);
  if (answer.ok() || absl::IsInvalidArgument(answer.status())) return answer;
  return AskStore(config.storage_path, arguments);
}

int RunTemplates(TemplatesArguments arguments) {
  if (arguments.all) arguments.question.choice = TemplateChoice::kAll;
  const absl::StatusOr<TemplateReport> report = Ask(arguments);
  if (!report.ok()) return Fail(report.status());
  const std::string text = arguments.json ? TemplatesJson(*report) + "\n" : TemplatesText(*report);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return std::fflush(stdout) == 0 ? kExitDone : Fail("cannot write the answer");
}

}  // namespace

CommandBody SetUpTemplates(CLI::App* app) {
  auto arguments = std::make_shared<TemplatesArguments>();
  app->add_option("ID", arguments->question.id, "One template only, classified or not");
  app->add_flag("--all", arguments->all, "Those with a cause too");
  app->add_option("--provider", arguments->question.provider, "At this group of receivers only");
  app->add_option("--limit", arguments->question.limit, "How many to show, most frequent first; 0 is all")
      ->capture_default_str();
  app->add_option("--data", arguments->data, "Directory of the store");
  app->add_option("--url", arguments->url, "A running daemon, such as http://127.0.0.1:9899");
  app->add_option("--config", arguments->config, "Configuration file, for [storage], [http] and [rules]");
  app->add_flag("--json", arguments->json, "Print JSON");
  app->footer(
      "Lists replies that no rule knows: how often, since when, where, the nearest rule and what it lacks, "
      "and "
      "a rule to begin with.");
  return [arguments] { return RunTemplates(*arguments); };
}

}  // namespace bouncewatch

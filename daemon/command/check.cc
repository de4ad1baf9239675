#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "classifier/classifier.h"
#include "classifier/rules/loader.h"
#include "classifier/status_macros.h"
#include "daemon/command/command.h"
#include "daemon/config.h"
#include "daemon/identity.h"
#include "daemon/log_events.h"
#include "daemon/rule_files.h"
#include "daemon/stream.h"

namespace bouncewatch {
namespace {

constexpr size_t kMaxRuleFileBytes = 8 << 20;
constexpr size_t kMaxTemplates = 100'000;
constexpr size_t kTemplatesShown = 10;
constexpr size_t kTemplateWidth = 160;

struct CheckArguments {
  std::string config, sample;
  std::vector<std::string> rules;
};

absl::StatusOr<RuleFileContent> ReadRuleFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return absl::NotFoundError(absl::StrFormat("%s: cannot open", path));
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  if (text.size() > kMaxRuleFileBytes)
    return absl::InvalidArgumentError(absl::StrFormat("%s: too large", path));
  return ParseRuleFile(text, path);
}

// Every file by itself; then the good ones compiled together, since rules may be at fault only for
// Vectorscan.
std::vector<absl::Status> CheckRules(const std::vector<std::string>& paths) {
  std::vector<absl::Status> faults;
  RuleFileContent all;
  for (const std::string& path : paths) {
    absl::StatusOr<RuleFileContent> content = ReadRuleFile(path);
    if (!content.ok()) {
      faults.push_back(content.status());
      continue;
    }
    std::move(content->rules.begin(), content->rules.end(), std::back_inserter(all.rules));
    std::move(content->providers.begin(), content->providers.end(), std::back_inserter(all.providers));
    std::move(content->fingerprints.begin(), content->fingerprints.end(),
              std::back_inserter(all.fingerprints));
  }
  if (!faults.empty()) return faults;
  if (const auto rules = RuleSet::Compile(std::move(all)); !rules.ok()) faults.push_back(rules.status());
  return faults;
}

struct SampleResult {
  DecoderCounters decoded;
  uint64_t replies = 0, unclassified = 0;
  std::vector<std::pair<std::string, uint64_t>> unknown;  // templates without a cause, most frequent first
};

absl::StatusOr<SampleResult> ReadSample(const std::string& path, const std::string& config_path) {
  ASSIGN_OR_RETURN(std::shared_ptr<const RuleSet> rules, LoadConfiguredRules(config_path));
  Classifier classifier(rules);
  SampleResult result;
  std::unordered_map<std::string, uint64_t> unknown;
  const auto look_at = [&](const DeliveryEvent& event) {
    if (event.outcome != Outcome::kDeferred && event.outcome != Outcome::kBounced) return absl::OkStatus();
    const Verdict& verdict =
        classifier.Classify(event.reply, rules->providers().Find(event.relay_host), event.phase);
    ++result.replies;
    if (verdict.cause != UnspecifiedCause()) return absl::OkStatus();
    ++result.unclassified;
    if (unknown.size() < kMaxTemplates) ++unknown[verdict.template_text];
    return absl::OkStatus();
  };
  LogFiles files;
  files.paths = {path};
  ASSIGN_OR_RETURN(const LogEventsResult read, VisitLogEvents(files, look_at, nullptr));
  if (!read.unread.empty()) return read.unread.front();
  result.decoded = read.decoded;
  result.unknown.assign(unknown.begin(), unknown.end());
  std::sort(result.unknown.begin(), result.unknown.end(), [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  return result;
}

double Percent(uint64_t part, uint64_t whole) {
  return whole == 0 ? 100 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

void PrintSample(const SampleResult& result) {
  const DecoderCounters& decoded = result.decoded;
  uint64_t unparsed = 0;
  for (int i = 0; i < kLineShapeCount; ++i) {
    if (!IsLeftOutOnPurpose(static_cast<LineShape>(i))) unparsed += decoded.by_shape[i];
  }
  std::string out =
      absl::StrFormat("%d lines, %d events; %.2f %% of the delivery lines parsed\n", decoded.lines,
                      decoded.events, Percent(decoded.events, decoded.events + unparsed));
  absl::StrAppendFormat(&out, "%d replies; %.2f %% with a known cause\n", result.replies,
                        Percent(result.replies - result.unclassified, result.replies));
  for (size_t i = 0; i < std::min(result.unknown.size(), kTemplatesShown); ++i) {
    absl::StrAppendFormat(&out, "  %8d  %s\n", result.unknown[i].second,
                          result.unknown[i].first.substr(0, kTemplateWidth));
  }
  std::fputs(out.c_str(), stdout);
}

absl::Status CheckConfig(const std::string& path) {
  ASSIGN_OR_RETURN(const Config config, Config::Load(path));
  RETURN_IF_ERROR(Identity::Make(config.identity).status());
  for (const SourceConfig& source : config.sources) {
    if (source.kind == SourceKind::kWebhook) continue;
    RETURN_IF_ERROR(NewDecoder(source.format, DecoderOptions()).status());
  }
  return absl::OkStatus();
}

int RunCheck(const CheckArguments& arguments) {
  std::vector<absl::Status> faults = CheckRules(arguments.rules);
  const absl::Status config = CheckConfig(arguments.config);
  if (!config.ok()) faults.push_back(config);
  for (const absl::Status& fault : faults) Fail(fault);
  if (!arguments.sample.empty()) {
    const absl::StatusOr<SampleResult> result = ReadSample(arguments.sample, arguments.config);
    if (!result.ok()) return Fail(result.status());
    PrintSample(*result);
  }
  if (!faults.empty()) return kExitFound;
  std::puts("nothing wrong was found");
  return kExitDone;
}

}  // namespace

CommandBody SetUpCheck(CLI::App* app) {
  auto arguments = std::make_shared<CheckArguments>();
  app->add_option("--config", arguments->config, "Configuration file (default: the built-in configuration)");
  app->add_option("--rules", arguments->rules, "Rule files to check besides");
  app->add_option("--sample", arguments->sample, "A log: shows how much of it is understood");
  return [arguments] { return RunCheck(*arguments); };
}

}  // namespace bouncewatch

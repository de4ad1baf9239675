#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "classifier/classifier.h"
#include "classifier/mask.h"
#include "classifier/reply.h"
#include "daemon/command/command.h"
#include "daemon/json_text.h"
#include "daemon/rule_files.h"
#include "daemon/verdict_json.h"

namespace bouncewatch {
namespace {

constexpr size_t kMaxInput = 64 * 1024;
constexpr size_t kMaxCandidatesShown = 10;

struct ExplainArguments {
  std::string text, provider, relay, config;
  bool json = false;
};

// Everything there is to say about one reply.
struct Explanation {
  Reply reply;         // as written
  std::string masked;  // what the rules see
  ProviderIndex given = kNoProvider;
  Verdict verdict;
  std::vector<RuleCandidate> candidates;  // without the winner
};

Explanation Explain(const std::shared_ptr<const RuleSet>& rules, const std::string& text,
                    ProviderIndex provider) {
  Explanation result;
  result.reply = ParseReply(text);
  Mask(text, &result.masked);
  result.given = provider;
  result.verdict = Classifier(rules).ClassifyUncached(text, provider);
  const std::unique_ptr<RuleSet::Scratch> scratch = rules->NewScratch();
  rules->Explain(ParseReply(result.masked), provider, scratch.get(), &result.candidates);
  std::erase_if(result.candidates,
                [&](const RuleCandidate& candidate) { return candidate.rule == result.verdict.rule; });
  return result;
}

// Terminals obey control bytes; replies come from strangers.
std::string Clean(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return out;
}

void AppendField(std::string_view name, std::string_view value, std::string* out) {
  if (!value.empty()) absl::StrAppendFormat(out, "%-12s%s\n", name, Clean(value));
}

std::string_view WhyLost(const RuleCandidate& candidate) {
  return candidate.failed.empty() ? std::string_view("outranked") : candidate.failed;
}

std::string Text(const Explanation& explanation, const RuleSet& rules) {
  const Verdict& verdict = explanation.verdict;
  const Cause& cause = Causes()[verdict.cause];
  std::string out;
  AppendField("code", verdict.code == 0 ? "none" : std::to_string(verdict.code), &out);
  AppendField("enhanced", verdict.enhanced.empty() ? "none" : verdict.enhanced.ToString(), &out);
  AppendField("phase", PhaseName(verdict.phase), &out);
  for (const Hop& hop : explanation.reply.hops) {
    AppendField("hop", (hop.speaker.empty() ? "" : hop.speaker + ": ") + hop.text, &out);
  }
  AppendField("text", explanation.reply.text, &out);
  AppendField("template", absl::StrFormat("%016x  %s", verdict.template_id, explanation.masked), &out);
  const std::string provider(rules.providers().name(verdict.provider));
  const bool betrayed = verdict.provider != kNoProvider && verdict.provider != explanation.given;
  AppendField("provider", provider.empty() ? "none" : provider + (betrayed ? "  (told by the text)" : ""),
              &out);
  if (verdict.rule == kNoRule) {
    AppendField("rule", "none", &out);
  } else {
    const Rule& rule = rules.rules()[verdict.rule];
    AppendField("rule",
                absl::StrFormat("%s  (%s, %s)", rule.id, rule.location.ToString(),
                                SpecificityName(rule.specificity())),
                &out);
    AppendField("remedy", rule.remedy, &out);
    AppendField("url", rule.url, &out);
  }
  AppendField("cause", absl::StrFormat("%s: %s", cause.id, cause.meaning), &out);
  AppendField("scope", ScopeName(cause.scope), &out);
  AppendField("permanence", PermanenceName(ResolvePermanence(cause, verdict.code)), &out);
  AppendField("retry", RetryName(verdict.code), &out);
  AppendField("suppress", SuppressName(cause.suppress), &out);
  AppendField("action", cause.action, &out);
  for (size_t i = 0; i < std::min(explanation.candidates.size(), kMaxCandidatesShown); ++i) {
    const RuleCandidate& candidate = explanation.candidates[i];
    AppendField("lost", absl::StrFormat("%s: %s", rules.rules()[candidate.rule].id, WhyLost(candidate)),
                &out);
  }
  return out;
}

void AppendStringField(std::string_view key, std::string_view value, std::string* out) {
  AppendJsonKey(key, out);
  AppendJsonString(value, out);
}

std::string Json(const Explanation& explanation, const RuleSet& rules) {
  std::string out = "{";
  AppendJsonKey("verdict", &out);
  AppendVerdictJson(explanation.verdict, rules, &out);
  AppendStringField("phase", PhaseName(explanation.verdict.phase), &out);
  AppendStringField("text", explanation.reply.text, &out);
  AppendStringField("masked", explanation.masked, &out);
  AppendJsonKey("hops", &out);
  out += '[';
  for (const Hop& hop : explanation.reply.hops) {
    out += out.back() == '[' ? "{" : ",{";
    AppendStringField("speaker", hop.speaker, &out);
    AppendStringField("text", hop.text, &out);
    out += '}';
  }
  out += ']';
  if (explanation.verdict.rule != kNoRule) {
    const Rule& rule = rules.rules()[explanation.verdict.rule];
    AppendStringField("file", rule.location.ToString(), &out);
    AppendStringField("specificity", SpecificityName(rule.specificity()), &out);
    AppendStringField("remedy", rule.remedy, &out);
    AppendStringField("url", rule.url, &out);
  }
  AppendJsonKey("lost", &out);
  out += '[';
  for (const RuleCandidate& candidate : explanation.candidates) {
    out += out.back() == '[' ? "{" : ",{";
    AppendStringField("rule", rules.rules()[candidate.rule].id, &out);
    AppendStringField("why", WhyLost(candidate), &out);
    out += '}';
  }
  out += "]}";
  return out + "\n";
}

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
  const Explanation explanation = Explain(*rules, arguments.text, provider);
  std::fputs((arguments.json ? Json(explanation, **rules) : Text(explanation, **rules)).c_str(), stdout);
  return kExitDone;
}

}  // namespace

CommandBody SetUpExplain(CLI::App* app) {
  auto arguments = std::make_shared<ExplainArguments>();
  app->add_option("TEXT", arguments->text, "The reply; - reads it from standard input")->required();
  app->add_option("--provider", arguments->provider, "The provider that replied, such as google");
  app->add_option("--relay", arguments->relay, "The host that replied, as the log has it");
  app->add_option("--config", arguments->config, "Configuration file, for [rules]");
  app->add_flag("--json", arguments->json, "Print JSON");
  return [arguments] { return RunExplain(*arguments); };
}

}  // namespace bouncewatch

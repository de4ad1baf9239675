#include "daemon/explanation.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_format.h"
#include "classifier/facts/fact_finder.h"
#include "classifier/mask.h"
#include "daemon/json_text.h"
#include "daemon/verdict_json.h"

namespace bouncewatch {
namespace {

constexpr size_t kMaxCandidatesShown = 10;

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

std::string CodeText(int code, EnhancedCode enhanced) {
  std::string text = code == 0 ? "" : std::to_string(code);
  if (!enhanced.empty()) text += (text.empty() ? "" : " ") + enhanced.ToString();
  return text;
}

// --- Text

void AppendReply(const Explanation& explanation, std::string* out) {
  const Verdict& verdict = explanation.verdict;
  AppendField("code", verdict.code == 0 ? "none" : std::to_string(verdict.code), out);
  AppendField("enhanced", verdict.enhanced.empty() ? "none" : verdict.enhanced.ToString(), out);
  AppendField("phase", PhaseName(verdict.phase), out);
  for (const Hop& hop : explanation.reply.hops) {
    const std::string code = CodeText(hop.code, hop.enhanced);
    AppendField("hop",
                absl::StrFormat("%s%s: %s", hop.speaker.empty() ? "unnamed" : hop.speaker,
                                code.empty() ? "" : ", passed on as " + code, hop.text),
                out);
  }
  AppendField("text", explanation.reply.text, out);
  AppendField("template", absl::StrFormat("%016x  %s", verdict.template_id, explanation.masked), out);
}

void AppendRule(const Explanation& explanation, const RuleSet& rules, std::string* out) {
  if (explanation.verdict.rule == kNoRule) return AppendField("rule", "none", out);
  const Rule& rule = rules.rules()[explanation.verdict.rule];
  AppendField(
      "rule",
      absl::StrFormat("%s  (%s, %s)", rule.id, rule.location.ToString(), SpecificityName(rule.specificity())),
      out);
  AppendField("dates",
              absl::StrFormat("since %s, checked %s", rule.since.empty() ? "?" : rule.since,
                              rule.checked.empty() ? "never" : rule.checked),
              out);
  for (const RuleSpan& span : explanation.spans) {
    AppendField("matched",
                absl::StrFormat("%s %d-%d: %s", span.key, span.begin, span.end,
                                explanation.matched.substr(span.begin, span.end - span.begin)),
                out);
  }
}

void AppendFacts(const Facts& facts, const Identity& identity, std::string* out) {
  if (!facts.blocklist.empty()) {
    AppendField("blocklist", facts.blocklist + (facts.zone.empty() ? "" : "  (" + facts.zone + ")"), out);
  }
  AppendField("listed", facts.listed, out);
  AppendField("delist", facts.delist_url, out);
  AppendField("page", facts.url, out);
  if (facts.retry_after_s.has_value())
    AppendField("retry after", absl::StrFormat("%d s", *facts.retry_after_s), out);
  if (facts.limit.has_value()) {
    AppendField(
        "limit",
        absl::StrFormat("%d %s%s", facts.limit->count, facts.limit->unit,
                        facts.limit->period_s == 0 ? "" : absl::StrFormat(" in %d s", facts.limit->period_s)),
        out);
  }
  for (const NamedIdentity& named : facts.named) {
    const std::optional<bool> ours = identity.IsOurs(named);
    const std::string_view whose = !ours.has_value() ? "" : *ours ? "  (ours)" : "  (not ours)";
    AppendField("names", absl::StrFormat("%s %s%s", IdentityKindName(named.kind), named.value, whose), out);
  }
}

void AppendRemedy(const Remedy& remedy, std::string* out) {
  AppendField("remedy", remedy.text, out);
  AppendField("where", remedy.url, out);
  AppendField("contact", remedy.contact, out);
  if (!remedy.url.empty() || !remedy.contact.empty()) {
    AppendField("known", remedy.checked.empty() ? "unverified" : "checked " + remedy.checked, out);
  }
}

// --- JSON

void AppendStringField(std::string_view key, std::string_view value, std::string* out) {
  AppendJsonKey(key, out);
  AppendJsonString(value, out);
}

// An array of objects, each written by `write(element)`.
template <typename List, typename Write>
void AppendObjects(std::string_view key, const List& list, std::string* out, Write write) {
  AppendJsonKey(key, out);
  *out += '[';
  for (const auto& element : list) {
    *out += out->back() == '[' ? "{" : ",{";
    write(element);
    *out += '}';
  }
  *out += ']';
}

void AppendNumberOrNull(std::string_view key, int value, std::string* out) {
  AppendJsonKey(key, out);
  *out += value == 0 ? "null" : std::to_string(value);
}

void AppendRuleJson(const Explanation& explanation, const RuleSet& rules, std::string* out) {
  const Rule& rule = rules.rules()[explanation.verdict.rule];
  AppendStringField("file", rule.location.ToString(), out);
  AppendStringField("specificity", SpecificityName(rule.specificity()), out);
  AppendStringField("since", rule.since, out);
  AppendStringField("checked", rule.checked, out);
  AppendObjects("spans", explanation.spans, out, [&](const RuleSpan& span) {
    AppendStringField("key", span.key, out);
    AppendJsonKey("begin", out);
    *out += std::to_string(span.begin);
    AppendJsonKey("end", out);
    *out += std::to_string(span.end);
    AppendStringField("text", explanation.matched.substr(span.begin, span.end - span.begin), out);
  });
}

void AppendRemedyJson(const Remedy& remedy, std::string* out) {
  AppendJsonKey("remedy", out);
  *out += '{';
  AppendStringField("text", remedy.text, out);
  AppendStringField("url", remedy.url, out);
  AppendStringField("contact", remedy.contact, out);
  AppendStringField("checked", remedy.checked.empty() ? "unverified" : remedy.checked, out);
  *out += '}';
}

}  // namespace

Explanation Explain(const std::shared_ptr<const RuleSet>& rules, const Remedies& remedies,
                    const std::string& text, ProviderIndex provider) {
  Explanation result;
  result.reply = ParseReply(text);
  Mask(text, &result.masked);
  const Reply masked = ParseReply(result.masked);
  result.matched = masked.text;
  result.given = provider;
  result.verdict = Classifier(rules).ClassifyUncached(text, provider);
  const std::unique_ptr<RuleSet::Scratch> scratch = rules->NewScratch();
  rules->Explain(masked, provider, scratch.get(), &result.candidates);
  std::erase_if(result.candidates,
                [&](const RuleCandidate& candidate) { return candidate.rule == result.verdict.rule; });
  result.facts = FactFinder(rules).Find(text, result.verdict);
  result.remedy = remedies.Find(result.verdict.cause, rules->providers().name(result.verdict.provider));
  if (result.verdict.rule != kNoRule) {
    const Rule& rule = rules->rules()[result.verdict.rule];
    result.spans = FindRuleSpans(rule, result.matched);
    if (!rule.remedy.empty()) result.remedy.text = rule.remedy;
    if (!rule.url.empty()) {  // the rule's own page, looked at when the rule was
      result.remedy.url = rule.url;
      result.remedy.checked = rule.checked;
    }
  }
  return result;
}

std::string ExplanationText(const Explanation& explanation, const RuleSet& rules, const Identity& identity) {
  const Verdict& verdict = explanation.verdict;
  const Cause& cause = Causes()[verdict.cause];
  std::string out;
  AppendReply(explanation, &out);
  const std::string provider(rules.providers().name(verdict.provider));
  const bool betrayed = verdict.provider != kNoProvider && verdict.provider != explanation.given;
  AppendField("provider", provider.empty() ? "none" : provider + (betrayed ? "  (told by the text)" : ""),
              &out);
  AppendRule(explanation, rules, &out);
  AppendField("cause", absl::StrFormat("%s: %s", cause.id, cause.meaning), &out);
  AppendField("speaker", SpeakerName(verdict.speaker), &out);
  AppendField("scope", ScopeName(cause.scope), &out);
  AppendField("permanence", PermanenceName(ResolvePermanence(cause, verdict.code)), &out);
  AppendField("retry", RetryName(verdict.code), &out);
  AppendField("suppress", SuppressName(cause.suppress), &out);
  AppendField("action", cause.action, &out);
  AppendFacts(explanation.facts, identity, &out);
  AppendRemedy(explanation.remedy, &out);
  for (size_t i = 0; i < std::min(explanation.candidates.size(), kMaxCandidatesShown); ++i) {
    const RuleCandidate& candidate = explanation.candidates[i];
    AppendField("lost", absl::StrFormat("%s: %s", rules.rules()[candidate.rule].id, WhyLost(candidate)),
                &out);
  }
  return out;
}

std::string ExplanationJson(const Explanation& explanation, const RuleSet& rules, const Identity& identity) {
  std::string out = "{";
  AppendJsonKey("verdict", &out);
  AppendVerdictJson(explanation.verdict, rules, explanation.facts, identity, &out);
  AppendStringField("phase", PhaseName(explanation.verdict.phase), &out);
  AppendStringField("text", explanation.reply.text, &out);
  AppendStringField("masked", explanation.masked, &out);
  AppendStringField("matched", explanation.matched, &out);
  AppendObjects("hops", explanation.reply.hops, &out, [&](const Hop& hop) {
    AppendStringField("speaker", hop.speaker, &out);
    AppendStringField("address", hop.address, &out);
    AppendNumberOrNull("code", hop.code, &out);
    AppendStringField("enhanced", hop.enhanced.ToString(), &out);
    AppendStringField("text", hop.text, &out);
  });
  if (explanation.verdict.rule != kNoRule) AppendRuleJson(explanation, rules, &out);
  AppendRemedyJson(explanation.remedy, &out);
  AppendObjects("lost", explanation.candidates, &out, [&](const RuleCandidate& candidate) {
    AppendStringField("rule", rules.rules()[candidate.rule].id, &out);
    AppendStringField("why", WhyLost(candidate), &out);
  });
  return out + "}\n";
}

}  // namespace bouncewatch

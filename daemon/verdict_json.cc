#include "daemon/verdict_json.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "absl/strings/str_format.h"
#include "classifier/taxonomy.h"
#include "daemon/json_text.h"

namespace bouncewatch {
namespace {

void AppendText(std::string_view key, std::string_view value, std::string* out) {
  AppendJsonKey(key, out);
  AppendJsonString(value, out);
}

void AppendTextOrNull(std::string_view key, std::string_view value, std::string* out) {
  if (!value.empty()) return AppendText(key, value, out);
  AppendJsonKey(key, out);
  *out += "null";
}

void AppendTextIfAny(std::string_view key, std::string_view value, std::string* out) {
  if (!value.empty()) AppendText(key, value, out);
}

void AppendNumber(std::string_view key, uint64_t value, std::string* out) {
  AppendJsonKey(key, out);
  *out += std::to_string(value);
}

std::string TextAt(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

std::string_view RetryName(int code) {
  return code >= 400 && code < 500 ? "later" : "no";
}

void AppendVerdictHead(const Verdict& verdict, const RuleSet& rules, std::string* out) {
  const Cause& cause = Causes()[verdict.cause];
  *out += '{';
  AppendText("cause", cause.id, out);
  AppendText("category", cause.category, out);
  AppendText("scope", ScopeName(cause.scope), out);
  AppendText("permanence", PermanenceName(ResolvePermanence(cause, verdict.code)), out);
  AppendText("suppress", SuppressName(cause.suppress), out);
  AppendText("retry", RetryName(verdict.code), out);
  AppendText("action", cause.action, out);
  AppendTextOrNull("provider", rules.providers().name(verdict.provider), out);
  AppendJsonKey("code", out);
  *out += verdict.code == 0 ? "null" : std::to_string(verdict.code);
  AppendTextOrNull("enhanced", verdict.enhanced.ToString(), out);
  AppendTextOrNull("rule", verdict.rule == kNoRule ? "" : rules.rules()[verdict.rule].id, out);
  AppendText("template", absl::StrFormat("%016x", verdict.template_id), out);
  AppendText("speaker", SpeakerName(verdict.speaker), out);
  AppendJsonKey("facts", out);
}

void AppendFactsJson(const Facts& facts, const Identity& identity, std::string* out) {
  *out += '{';
  AppendTextIfAny("blocklist", facts.blocklist, out);
  AppendTextIfAny("zone", facts.zone, out);
  AppendTextIfAny("listed", facts.listed, out);
  AppendTextIfAny("delist_url", facts.delist_url, out);
  AppendTextIfAny("url", facts.url, out);
  AppendTextIfAny("host", facts.host, out);
  if (facts.retry_after_s.has_value()) AppendNumber("retry_after_s", *facts.retry_after_s, out);
  if (facts.limit.has_value()) {
    AppendJsonKey("limit", out);
    *out += '{';
    AppendNumber("count", facts.limit->count, out);
    AppendText("unit", facts.limit->unit, out);
    if (facts.limit->period_s > 0) AppendNumber("period_s", facts.limit->period_s, out);
    *out += '}';
  }
  if (!facts.named.empty()) {
    AppendJsonKey("named", out);
    *out += '[';
    for (const NamedIdentity& named : facts.named) {
      *out += out->back() == '[' ? "{" : ",{";
      AppendText("kind", IdentityKindName(named.kind), out);
      AppendText("value", named.value, out);
      if (const std::optional<bool> ours = identity.IsOurs(named)) {
        AppendJsonKey("ours", out);
        *out += *ours ? "true" : "false";
      }
      *out += '}';
    }
    *out += ']';
  }
  *out += '}';
}

void AppendVerdictJson(const Verdict& verdict, const RuleSet& rules, const Facts& facts,
                       const Identity& identity, std::string* out) {
  AppendVerdictHead(verdict, rules, out);
  AppendFactsJson(facts, identity, out);
  *out += '}';
}

ReplyLine ParseReplyLine(std::string_view line, const ProviderMap& providers) {
  ReplyLine reply;
  if (line.starts_with('{')) {
    const nlohmann::json json = nlohmann::json::parse(line, nullptr, false);
    if (json.is_object() && json.contains("text") && json["text"].is_string()) {
      reply.text = json["text"].get<std::string>();
      reply.provider = providers.FindName(TextAt(json, "provider"));
      if (reply.provider == kNoProvider) reply.provider = providers.Find(TextAt(json, "relay"));
      return reply;
    }
  }
  reply.text = line;
  return reply;
}

}  // namespace bouncewatch

#include "daemon/template_output.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "classifier/status_macros.h"
#include "daemon/json_text.h"
#include "daemon/url_query.h"
#include "daemon/utc_text.h"

namespace bouncewatch {
namespace {

constexpr size_t kSharesShown = 10;

void AppendText(std::string_view key, std::string_view value, std::string* out) {
  AppendJsonKey(key, out);
  AppendJsonString(value, out);
}

void AppendNumber(std::string_view key, uint64_t value, std::string* out) {
  AppendJsonKey(key, out);
  *out += std::to_string(value);
}

void AppendTemplate(const TemplateUse& use, std::string* out) {
  *out += '{';
  AppendText("id", absl::StrFormat("%016x", use.id), out);
  AppendNumber("count", use.count, out);
  AppendText("first_seen", UtcStamp(use.first_s), out);
  AppendText("last_seen", UtcStamp(use.last_s), out);
  AppendJsonKey("providers", out);
  *out += '{';
  for (const auto& [provider, count] : use.providers) AppendNumber(provider, count, out);
  *out += '}';
  AppendText("cause", use.cause, out);
  AppendText("rule", use.rule, out);
  AppendText("template", use.text, out);
  AppendText("example", use.example, out);
  AppendText("nearest", use.nearest, out);
  AppendText("why", use.why, out);
  AppendText("skeleton", use.skeleton, out);
  *out += '}';
}

double Share(const ProviderShare& share) {
  return share.failures == 0 ? 0
                             : static_cast<double>(share.unclassified) / static_cast<double>(share.failures);
}

std::string TextAt(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

uint64_t NumberAt(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number_unsigned() ? found->get<uint64_t>() : 0;
}

int64_t TimeAt(const nlohmann::json& object, const char* key) {
  absl::Time time;
  return absl::ParseTime(absl::RFC3339_full, TextAt(object, key), &time, nullptr) ? absl::ToUnixSeconds(time)
                                                                                  : 0;
}

TemplateUse ParseTemplate(const nlohmann::json& json) {
  TemplateUse use;
  const std::string id = TextAt(json, "id");
  std::from_chars(id.data(), id.data() + id.size(), use.id, 16);
  use.count = NumberAt(json, "count");
  use.first_s = TimeAt(json, "first_seen");
  use.last_s = TimeAt(json, "last_seen");
  const auto providers = json.find("providers");
  if (providers != json.end() && providers->is_object()) {
    for (const auto& [name, count] : providers->items()) {
      if (count.is_number_unsigned()) use.providers[name] = count.get<uint64_t>();
    }
  }
  use.cause = TextAt(json, "cause");
  use.rule = TextAt(json, "rule");
  use.text = TextAt(json, "template");
  use.example = TextAt(json, "example");
  use.nearest = TextAt(json, "nearest");
  use.why = TextAt(json, "why");
  use.skeleton = TextAt(json, "skeleton");
  return use;
}

// Terminals obey control bytes; line ends are ours alone.
std::string Clean(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7f) c = '?';
  }
  return out;
}

void AppendLine(std::string_view name, std::string_view value, std::string* out) {
  if (!value.empty()) absl::StrAppendFormat(out, "  %-9s %s\n", name, Clean(value));
}

std::string NameOf(const std::string& provider) {
  return provider.empty() ? "(unknown)" : provider;
}

void AppendTemplateText(const TemplateUse& use, std::string* out) {
  absl::StrAppendFormat(out, "%d  %s\n", use.count, Clean(use.text));
  AppendLine("id", absl::StrFormat("%016x", use.id), out);
  AppendLine("seen", UtcMinute(use.first_s) + " to " + UtcMinute(use.last_s), out);
  std::string providers;
  for (const auto& [name, count] : use.providers) {
    providers += absl::StrFormat("%s%s=%d", providers.empty() ? "" : " ", NameOf(name), count);
  }
  AppendLine("providers", providers, out);
  AppendLine("example", use.example, out);
  AppendLine("cause", use.cause + (use.rule.empty() ? "" : " by " + use.rule), out);
  if (!use.nearest.empty()) AppendLine("nearest", use.nearest + ": " + use.why, out);
  if (!use.skeleton.empty()) *out += '\n' + Clean(use.skeleton);
  *out += '\n';
}

}  // namespace

std::string TemplatesJson(const TemplateReport& report) {
  std::string out = "{";
  AppendJsonKey("templates", &out);
  out += '[';
  for (const TemplateUse& use : report.templates) {
    if (out.back() != '[') out += ',';
    AppendTemplate(use, &out);
  }
  out += ']';
  AppendNumber("total", report.total, &out);
  AppendJsonKey("providers", &out);
  out += '{';
  for (const auto& [name, share] : report.providers) {
    AppendJsonKey(name, &out);
    out += '{';
    AppendNumber("failures", share.failures, &out);
    AppendNumber("unclassified", share.unclassified, &out);
    AppendJsonKey("share", &out);
    absl::StrAppendFormat(&out, "%.6f}", Share(share));
  }
  return out + "}}";
}

absl::StatusOr<TemplateReport> ParseTemplatesJson(const std::string& text) {
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  const absl::Status damaged = absl::DataLossError("the answer is not what templates gives");
  if (!json.is_object() || !json.contains("templates") || !json["templates"].is_array()) return damaged;
  if (!json.contains("providers") || !json["providers"].is_object()) return damaged;
  TemplateReport report;
  for (const nlohmann::json& one : json["templates"]) {
    if (!one.is_object()) return damaged;
    report.templates.push_back(ParseTemplate(one));
  }
  report.total = NumberAt(json, "total");
  for (const auto& [name, share] : json["providers"].items()) {
    if (!share.is_object()) return damaged;
    report.providers[name] = {NumberAt(share, "failures"), NumberAt(share, "unclassified")};
  }
  return report;
}

std::string TemplatesText(const TemplateReport& report) {
  std::string out;
  for (const TemplateUse& use : report.templates) AppendTemplateText(use, &out);
  if (report.total > report.templates.size()) {
    absl::StrAppendFormat(&out, "%d of %d templates; --limit shows more\n\n", report.templates.size(),
                          report.total);
  }
  std::vector<std::pair<std::string, ProviderShare>> shares(report.providers.begin(), report.providers.end());
  std::erase_if(shares, [](const auto& one) { return one.second.unclassified == 0; });
  std::stable_sort(shares.begin(), shares.end(), [](const auto& a, const auto& b) {
    return a.second.unclassified > b.second.unclassified;
  });
  if (shares.empty()) return out + "every reply has a cause\n";
  out += "replies without a cause:\n";
  for (size_t i = 0; i < std::min(shares.size(), kSharesShown); ++i) {
    const auto& [name, share] = shares[i];
    absl::StrAppendFormat(&out, "  %-30s %d of %d (%.1f %%)\n", Clean(NameOf(name)), share.unclassified,
                          share.failures, 100 * Share(share));
  }
  return out;
}

std::string ToUrlQuery(const TemplateQuestion& question) {
  std::string url;
  AppendUrlParameter("all", question.choice == TemplateChoice::kAll ? "1" : "", &url);
  AppendUrlParameter("provider", question.provider, &url);
  AppendUrlParameter("id", question.id, &url);
  AppendUrlParameter("limit", std::to_string(question.limit), &url);
  return url;
}

absl::StatusOr<TemplateQuestion> ParseTemplateQuestion(std::string_view url_query) {
  ASSIGN_OR_RETURN(const std::vector<UrlParameter> parameters, ParseUrlParameters(url_query));
  TemplateQuestion question;
  for (const auto& [name, value] : parameters) {
    if (name == "all") {
      question.choice = value == "0" ? TemplateChoice::kUnclassified : TemplateChoice::kAll;
    } else if (name == "provider") {
      question.provider = value;
    } else if (name == "id") {
      question.id = value;
    } else if (name == "limit") {
      const auto result = std::from_chars(value.data(), value.data() + value.size(), question.limit);
      if (result.ec != std::errc() || result.ptr != value.data() + value.size()) {
        return absl::InvalidArgumentError(absl::StrFormat("limit \"%s\" is no number", value));
      }
    } else {
      return absl::InvalidArgumentError(
          absl::StrFormat("unknown parameter \"%s\"; known are all, provider, id, limit", name));
    }
  }
  return question;
}

}  // namespace bouncewatch

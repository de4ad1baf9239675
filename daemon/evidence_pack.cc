#include "daemon/evidence_pack.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <ctime>
#include <nlohmann/json.hpp>

#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "classifier/status_macros.h"
#include "classifier/taxonomy.h"
#include "daemon/json_text.h"
#include "daemon/query_arguments.h"
#include "daemon/query_output.h"
#include "daemon/url_query.h"

namespace bouncewatch {
namespace {

std::string Utc(int64_t time_s) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromUnixSeconds(time_s), absl::UTCTimeZone());
}

Point TotalOf(const Series& series) {
  Point total;
  for (const Point& point : series.points) {
    total.attempts += point.attempts;
    total.deferred += point.deferred;
    total.bounced += point.bounced;
  }
  return total;
}

std::string Value(const Series& series) {
  return series.key.empty() || series.key[0].second.empty() ? "(unknown)" : series.key[0].second;
}

void AppendVolumes(std::string_view title, const QueryResult& result, std::string* out) {
  absl::StrAppendFormat(out, "\n%s\n", title);
  for (const Series& series : result.series) {
    const Point total = TotalOf(series);
    if (total.failures() == 0) continue;
    absl::StrAppendFormat(out, "  %-40s %10d refused (%d deferred, %d bounced)\n", Value(series),
                          total.failures(), total.deferred, total.bounced);
  }
}

void AppendDays(const QueryResult& by_day, std::string* out) {
  absl::StrAppendFormat(out, "\nBy day (UTC)\n");
  for (const Series& series : by_day.series) {
    for (const Point& point : series.points) {
      if (point.failures() == 0) continue;
      absl::StrAppendFormat(out, "  %s  %10d refused\n", Utc(point.t_s).substr(0, 10), point.failures());
    }
  }
}

// What a postmaster would hold against us, the first to be put right first.
void AppendOwnFaults(const EvidencePack& pack, const Remedies& remedies, std::string* out) {
  struct Fault {
    const Cause* cause;
    CauseIndex index;
    uint64_t failures;
  };
  std::vector<Fault> faults;
  for (const Series& series : pack.own_causes.series) {
    const std::optional<CauseIndex> index = FindCause(Value(series));
    if (!index.has_value() || Value(series) == pack.filter.cause) continue;
    const Cause& cause = Causes()[*index];
    const bool ours =
        cause.scope == Scope::kIp || cause.scope == Scope::kSendingDomain || cause.scope == Scope::kLocal;
    if (ours && TotalOf(series).failures() > 0)
      faults.push_back({&cause, *index, TotalOf(series).failures()});
  }
  std::stable_sort(faults.begin(), faults.end(), [](const Fault& a, const Fault& b) {
    return RemedyStep(*a.cause) < RemedyStep(*b.cause);
  });
  if (faults.empty()) return;
  *out += "\nOur own open faults, to mend before anybody is asked (not for the receiver)\n";
  for (const Fault& fault : faults) {
    absl::StrAppendFormat(out, "  %s, %d failures: %s\n", fault.cause->id, fault.failures,
                          remedies.Find(fault.index, "").text);
  }
}

void AppendReplyJson(const EvidenceReply& reply, std::string* out) {
  *out += '{';
  const std::pair<std::string_view, std::string> fields[] = {
      {"t", Utc(reply.time_s)},
      {"provider", reply.provider},
      {"cause", reply.cause},
      {"domain", reply.domain},
      {"ip", reply.ip},
      {"sender_domain", reply.sender_domain},
      {"template", absl::StrFormat("%016x", reply.template_id)},
      {"text", reply.text}};
  for (const auto& [name, value] : fields) {
    AppendJsonKey(name, out);
    AppendJsonString(value, out);
  }
  *out += '}';
}

std::string TextAt(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

QuerySpec EvidenceQuery(const EvidencePack& pack, std::vector<Key> by, int64_t step_s) {
  QuerySpec spec;
  spec.by = std::move(by);
  spec.from_s = pack.from_s;
  spec.to_s = pack.to_s;
  spec.step_s = step_s;
  spec.limit = 20;
  for (const auto& [key, value] :
       {std::pair(Key::kProvider, &pack.filter.provider), std::pair(Key::kCause, &pack.filter.cause)}) {
    if (!value->empty()) spec.where.push_back({key, {*value}});
  }
  return spec;
}

std::string EvidenceUrlQuery(const EvidenceFilter& filter) {
  std::string out;
  for (const auto& [name, value] :
       {std::pair("provider", &filter.provider), std::pair("cause", &filter.cause),
        std::pair("domain", &filter.domain), std::pair("ip", &filter.ip)}) {
    AppendUrlParameter(name, *value, &out);
  }
  AppendUrlParameter("from", std::to_string(filter.from_s), &out);
  if (filter.to_s != INT64_MAX) AppendUrlParameter("to", std::to_string(filter.to_s), &out);
  AppendUrlParameter("limit", std::to_string(filter.limit), &out);
  return out;
}

absl::StatusOr<EvidenceFilter> ParseEvidenceUrlQuery(std::string_view query) {
  ASSIGN_OR_RETURN(std::vector<UrlParameter> parameters, ParseUrlParameters(query));
  EvidenceFilter filter;
  const int64_t now_s = std::time(nullptr);
  for (auto& [name, value] : parameters) {
    if (name == "from") {
      ASSIGN_OR_RETURN(filter.from_s, ParseQueryTime(value, now_s));
    } else if (name == "to") {
      ASSIGN_OR_RETURN(filter.to_s, ParseQueryTime(value, now_s));
    } else if (name == "limit") {
      const auto end = std::from_chars(value.data(), value.data() + value.size(), filter.limit);
      if (end.ec != std::errc() || end.ptr != value.data() + value.size() ||
          filter.limit > kEvidenceRepliesMax) {
        return absl::InvalidArgumentError(
            absl::StrFormat("\"%s\" is no limit; write a whole number up to %d", value, kEvidenceRepliesMax));
      }
    } else {
      std::string* const field = name == "provider" ? &filter.provider
                                 : name == "cause"  ? &filter.cause
                                 : name == "domain" ? &filter.domain
                                 : name == "ip"     ? &filter.ip
                                                    : nullptr;
      if (field == nullptr) {
        return absl::InvalidArgumentError(absl::StrFormat(
            "unknown parameter \"%s\"; known are provider, cause, domain, ip, from, to, limit", name));
      }
      *field = std::move(value);
    }
  }
  return filter;
}

std::string EvidenceText(const EvidencePack& pack, const Remedies& remedies) {
  std::string out = absl::StrFormat(
      "Refused mail: receiver %s, cause %s\nFrom %s to %s (all times UTC; recipients are removed)\n",
      pack.filter.provider.empty() ? "(any)" : pack.filter.provider,
      pack.filter.cause.empty() ? "(any)" : pack.filter.cause, Utc(pack.from_s), Utc(pack.to_s));
  int64_t first_s = INT64_MAX, last_s = 0;
  for (const EvidenceReply& reply : pack.replies) {
    first_s = std::min(first_s, reply.time_s);
    last_s = std::max(last_s, reply.time_s);
  }
  for (const Series& series : pack.by_day.series) {
    for (const Point& point : series.points) {
      if (point.failures() > 0) first_s = std::min(first_s, std::max(point.t_s, pack.from_s));
    }
  }
  if (last_s > 0) absl::StrAppendFormat(&out, "First seen %s, last seen %s\n", Utc(first_s), Utc(last_s));
  AppendVolumes("By our sending address", pack.by_ip, &out);
  AppendVolumes("By our sending domain", pack.by_sender, &out);
  AppendDays(pack.by_day, &out);
  AppendVolumes("By kind of reply (template)", pack.by_template, &out);
  out += "\nReplies, as received\n";
  for (const EvidenceReply& reply : pack.replies) {
    absl::StrAppendFormat(&out, "  %s  from %s (%s) to %s\n      %s\n", Utc(reply.time_s), reply.ip,
                          reply.sender_domain.empty() ? "sender unknown" : reply.sender_domain, reply.domain,
                          reply.text);
  }
  AppendOwnFaults(pack, remedies, &out);
  const std::optional<CauseIndex> cause = FindCause(pack.filter.cause);
  if (cause.has_value()) {
    const Remedy remedy = remedies.Find(*cause, pack.filter.provider);
    absl::StrAppendFormat(&out, "\nWhom to ask (not for the receiver)\n  %s\n  %s %s (%s)\n", remedy.text,
                          remedy.url, remedy.contact, remedy.checked.empty() ? "unverified" : remedy.checked);
  }
  return out;
}

std::string EvidenceJson(const EvidencePack& pack) {
  std::string out = "{";
  const std::pair<std::string_view, std::string> heads[] = {{"provider", pack.filter.provider},
                                                            {"cause", pack.filter.cause},
                                                            {"from", Utc(pack.from_s)},
                                                            {"to", Utc(pack.to_s)}};
  for (const auto& [name, value] : heads) {
    AppendJsonKey(name, &out);
    AppendJsonString(value, &out);
  }
  const std::pair<std::string_view, const QueryResult*> tables[] = {{"by_ip", &pack.by_ip},
                                                                    {"by_sender_domain", &pack.by_sender},
                                                                    {"by_day", &pack.by_day},
                                                                    {"by_template", &pack.by_template},
                                                                    {"own_causes", &pack.own_causes}};
  for (const auto& [name, table] : tables) {
    AppendJsonKey(name, &out);
    out += QueryJson(*table);
  }
  const std::string replies = EvidenceRepliesJson(pack.replies);
  return out + "," + replies.substr(1);
}

std::string EvidenceRepliesJson(const std::vector<EvidenceReply>& replies) {
  std::string out = "{\"replies\":[";
  for (const EvidenceReply& reply : replies) {
    if (out.back() != '[') out += ',';
    AppendReplyJson(reply, &out);
  }
  return out + "]}";
}

absl::StatusOr<std::vector<EvidenceReply>> ParseEvidenceReplies(const std::string& text) {
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("replies") || !json["replies"].is_array()) {
    return absl::DataLossError("the answer is not what evidence gives");
  }
  std::vector<EvidenceReply> replies;
  for (const nlohmann::json& entry : json["replies"]) {
    if (!entry.is_object()) continue;
    EvidenceReply& reply = replies.emplace_back();
    absl::Time time;
    if (absl::ParseTime(absl::RFC3339_full, TextAt(entry, "t"), &time, nullptr))
      reply.time_s = absl::ToUnixSeconds(time);
    reply.provider = TextAt(entry, "provider");
    reply.cause = TextAt(entry, "cause");
    reply.domain = TextAt(entry, "domain");
    reply.ip = TextAt(entry, "ip");
    reply.sender_domain = TextAt(entry, "sender_domain");
    reply.template_id = std::strtoull(TextAt(entry, "template").c_str(), nullptr, 16);
    reply.text = TextAt(entry, "text");
  }
  return replies;
}

}  // namespace bouncewatch

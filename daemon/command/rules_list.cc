#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "classifier/status_macros.h"
#include "daemon/command/rules.h"
#include "daemon/config.h"
#include "daemon/json_text.h"
#include "daemon/rule_files.h"
#include "daemon/rule_hits.h"
#include "daemon/text_table.h"
#include "daemon/utc_text.h"

namespace bouncewatch {
namespace {

struct ListArguments {
  std::string config, data;
  bool json = false;
  bool unused = false;
};

struct ListResult {
  std::shared_ptr<const RuleSet> rules;
  std::vector<RuleHits> hits;  // by rule
};

absl::StatusOr<ListResult> List(const ListArguments& arguments) {
  ListResult result;
  ASSIGN_OR_RETURN(const Config config, Config::Load(arguments.config));
  ASSIGN_OR_RETURN(result.rules, LoadConfiguredRules(arguments.config));
  const std::string& path = arguments.data.empty() ? config.storage_path : arguments.data;
  const absl::StatusOr<std::unique_ptr<Reader>> reader = Reader::OpenSecondary(path);
  if (absl::IsNotFound(reader.status()) && arguments.data.empty()) {  // nothing was ever counted here
    result.hits.resize(result.rules->rules().size());
    return result;
  }
  RETURN_IF_ERROR(reader.status());
  ASSIGN_OR_RETURN(result.hits, CountRuleHits(reader->get(), *result.rules));
  return result;
}

// Most hits first, then by id.
std::vector<size_t> Order(const ListResult& result, bool unused_only) {
  std::vector<size_t> order(result.hits.size());
  std::iota(order.begin(), order.end(), size_t{0});
  if (unused_only) std::erase_if(order, [&](size_t rule) { return result.hits[rule].hits != 0; });
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return result.hits[a].hits > result.hits[b].hits; });
  return order;
}

std::string Table(const ListResult& result, bool unused_only) {
  std::vector<TableRow> rows = {
      {"hits", "last hit", "rule", "cause", "class", "priority", "checked", "file"}};
  for (const size_t index : Order(result, unused_only)) {
    const Rule& rule = result.rules->rules()[index];
    const RuleHits& hits = result.hits[index];
    rows.push_back({std::to_string(hits.hits), hits.last_s == 0 ? "never" : UtcMinute(hits.last_s),
                    TableCell(rule.id), std::string(Causes()[rule.cause].id),
                    std::string(SpecificityName(rule.specificity())), std::to_string(rule.priority),
                    TableCell(rule.checked), TableCell(rule.location.ToString())});
  }
  return TextTable(rows, rows[0].size());
}

void AppendText(std::string_view key, std::string_view value, std::string* out) {
  AppendJsonKey(key, out);
  AppendJsonString(value, out);
}

std::string Json(const ListResult& result, bool unused_only) {
  std::string out = "{";
  AppendText("version", RulesVersion(*result.rules), &out);
  AppendJsonKey("rules", &out);
  out += '[';
  for (const size_t index : Order(result, unused_only)) {
    const Rule& rule = result.rules->rules()[index];
    const RuleHits& hits = result.hits[index];
    out += out.back() == '[' ? "{" : ",{";
    AppendText("id", rule.id, &out);
    AppendJsonKey("hits", &out);
    out += std::to_string(hits.hits);
    AppendJsonKey("last_hit", &out);
    if (hits.last_s == 0) {
      out += "null";
    } else {
      AppendJsonString(UtcStamp(hits.last_s), &out);
    }
    AppendText("cause", Causes()[rule.cause].id, &out);
    AppendText("specificity", SpecificityName(rule.specificity()), &out);
    AppendJsonKey("priority", &out);
    out += std::to_string(rule.priority);
    AppendText("since", rule.since, &out);
    AppendText("checked", rule.checked, &out);
    AppendText("file", rule.location.ToString(), &out);
    out += '}';
  }
  return out + "]}\n";
}

}  // namespace

CommandBody SetUpRulesList(CLI::App* app) {
  auto arguments = std::make_shared<ListArguments>();
  app->add_option("--data", arguments->data, "Directory of the store (default: [storage].path)");
  app->add_option("--config", arguments->config, "Configuration file, for [storage] and [rules]");
  app->add_flag("--unused", arguments->unused, "Only rules without a hit");
  app->add_flag("--json", arguments->json, "Print JSON");
  app->footer("Hits are the failures in the store that the rule would win, by the rules of now.");
  return [arguments]() -> int {
    const absl::StatusOr<ListResult> result = List(*arguments);
    if (!result.ok()) return Fail(result.status());
    const std::string text =
        arguments->json ? Json(*result, arguments->unused) : Table(*result, arguments->unused);
    std::fwrite(text.data(), 1, text.size(), stdout);
    return std::fflush(stdout) == 0 ? kExitDone : Fail("cannot write the answer");
  };
}

}  // namespace bouncewatch

#include <archive.h>
#include <CLI/CLI.hpp>
#include <boost/version.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "daemon/command/command.h"
#include "daemon/json_text.h"
#include "daemon/rule_files.h"
#include "daemon/version.h"

namespace bouncewatch {
namespace {

using Lines = std::vector<std::pair<std::string, std::string>>;

Lines Versions(const RuleSet& rules) {
  return {{"bouncewatch", std::string(kVersion)},
          {"rules", std::to_string(rules.rules().size())},
          {"rules_version", RulesVersion(rules)},
          {"boost", absl::StrFormat("%d.%d", BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000)},
          {"libarchive", archive_version_string()},
          {"nlohmann_json", absl::StrFormat("%d.%d.%d", NLOHMANN_JSON_VERSION_MAJOR,
                                            NLOHMANN_JSON_VERSION_MINOR, NLOHMANN_JSON_VERSION_PATCH)},
          {"cli11", CLI11_VERSION},
          {"compiler", __VERSION__}};
}

}  // namespace

CommandBody SetUpVersion(CLI::App* app) {
  auto json = std::make_shared<bool>(false);
  app->add_flag("--json", *json, "Print JSON");
  return [json]() -> int {
    const absl::StatusOr<std::shared_ptr<const RuleSet>> rules = LoadRules("", UserRuleCache());
    if (!rules.ok()) return Fail(rules.status());
    std::string out = *json ? "{" : "";
    for (const auto& [name, value] : Versions(**rules)) {
      if (*json) {
        AppendJsonKey(name, &out);
        AppendJsonString(value, &out);
      } else {
        absl::StrAppendFormat(&out, "%-14s %s\n", name, value);
      }
    }
    if (*json) out += "}\n";
    std::fputs(out.c_str(), stdout);
    return kExitDone;
  };
}

}  // namespace bouncewatch

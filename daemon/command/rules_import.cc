#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "absl/strings/str_format.h"
#include "classifier/embedded_file.h"
#include "classifier/rules/kumo_import.h"
#include "classifier/rules/loader.h"
#include "classifier/status_macros.h"
#include "classifier/text.h"
#include "daemon/command/rules.h"

namespace bouncewatch {
namespace {

constexpr size_t kMaxImportBytes = 4 << 20;

struct ImportArguments {
  std::string path, prefix;
};

// "/etc/x/My bounces.toml" -> "my-bounces".
std::string PrefixOf(const std::string& path) {
  std::string out;
  for (const char c : std::filesystem::path(path).stem().string()) {
    if (IsAlnum(c)) {
      out += ToLower(c);
    } else if (!out.empty() && out.back() != '-') {
      out += '-';
    }
  }
  while (out.ends_with('-')) out.pop_back();
  return out.empty() ? "imported" : out;
}

absl::StatusOr<KumoImport> Import(const ImportArguments& arguments) {
  std::ifstream in(arguments.path, std::ios::binary);
  if (!in) return absl::NotFoundError(absl::StrFormat("%s: cannot open", arguments.path));
  std::string text(kMaxImportBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(in.gcount()));
  if (text.size() > kMaxImportBytes) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%s: larger than %d bytes", arguments.path, kMaxImportBytes));
  }
  ASSIGN_OR_RETURN(const RuleFileContent shipped, ParseRuleFiles(EmbeddedRuleFiles()));
  const std::string prefix = arguments.prefix.empty() ? PrefixOf(arguments.path) : arguments.prefix;
  return ImportKumoRules(text, arguments.path, prefix, shipped);
}

}  // namespace

CommandBody SetUpRulesImport(CLI::App* app) {
  auto arguments = std::make_shared<ImportArguments>();
  app->add_option("FILE", arguments->path, "A bounce classifier file of KumoMTA: class = [\"regex\", ...]")
      ->required();
  app->add_option("--prefix", arguments->prefix, "Begins the rules' ids (default: the file's name)");
  app->footer(
      "Prints a rule file for the overlay directory; what cannot be carried over stands in it as comments "
      "and on "
      "standard error. Imported rules answer only where no shipped rule does.");
  return [arguments]() -> int {
    const absl::StatusOr<KumoImport> result = Import(*arguments);
    if (!result.ok()) return Fail(result.status());
    std::fwrite(result->toml.data(), 1, result->toml.size(), stdout);
    if (std::fflush(stdout) != 0) return Fail("cannot write to standard output");
    for (const KumoImport::Left& left : result->left) {
      Fail(absl::StrFormat("%s: not carried over: %s: %s", left.location.ToString(), left.regex, left.why));
    }
    Fail(absl::StrFormat("%d regexes carried over, %d not", result->carried, result->left.size()));
    return kExitDone;
  };
}

}  // namespace bouncewatch

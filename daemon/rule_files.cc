#include "daemon/rule_files.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "absl/strings/str_format.h"
#include "classifier/embedded_file.h"
#include "classifier/rules/loader.h"
#include "classifier/status_macros.h"

namespace bouncewatch {
namespace {

constexpr size_t kMaxCacheBytes = 64 << 20;

std::string ReadCache(const std::string& path) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (error || size > kMaxCacheBytes) return {};
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Written beside and renamed, so that nobody ever reads half a file.
void WriteCache(const std::string& path, const std::string& bytes) {
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
  const std::string temporary = absl::StrFormat("%s.%d", path, ::getpid());
  std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (out) std::filesystem::rename(temporary, path, error);
  if (!out || error) std::filesystem::remove(temporary, error);
}

}  // namespace

absl::StatusOr<std::shared_ptr<const RuleSet>> LoadShippedRules(const std::string& cache_path) {
  ASSIGN_OR_RETURN(RuleFileContent content, ParseRuleFiles(EmbeddedRuleFiles()));
  const std::string cached = cache_path.empty() ? "" : ReadCache(cache_path);
  const std::string_view candidates[] = {EmbeddedRuleDatabase().front().text(), cached};
  ASSIGN_OR_RETURN(std::shared_ptr<const RuleSet> rules, RuleSet::Compile(std::move(content), candidates));
  if (!rules->loaded() && !cache_path.empty()) WriteCache(cache_path, rules->Serialize());
  return rules;
}

// RocksDB leaves files alone whose names are not its own.
std::string StoreRuleCache(const std::string& storage_path) {
  return storage_path + "/rules.hsdb";
}

std::string UserRuleCache() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  if (cache != nullptr && cache[0] == '/') return std::string(cache) + "/bouncewatch/rules.hsdb";
  const char* home = std::getenv("HOME");
  if (home != nullptr && home[0] == '/') return std::string(home) + "/.cache/bouncewatch/rules.hsdb";
  return {};
}

std::string RulesVersion(const RuleSet& rules) {
  return absl::StrFormat("%016x", rules.fingerprint());
}

}  // namespace bouncewatch

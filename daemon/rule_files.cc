#include "daemon/rule_files.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "absl/strings/str_format.h"
#include "classifier/embedded_file.h"
#include "classifier/rules/compact_rules.h"
#include "classifier/rules/loader.h"
#include "classifier/rules/overlay.h"
#include "classifier/status_macros.h"
#include "daemon/config.h"

namespace bouncewatch {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaxCacheBytes = 64 << 20;
constexpr size_t kMaxRuleFileBytes = (4 << 20) + 1;  // what the loader refuses, and no more
constexpr size_t kMaxRuleFiles = 1000;

struct FileText {
  std::string name, text;
};

// The first `max` bytes of a file; nothing when it cannot be opened.
std::string ReadFile(const std::string& path, size_t max) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path, error);
  std::ifstream in(path, std::ios::binary);
  if (error || !in) return {};
  std::string text(static_cast<size_t>(std::min<std::uintmax_t>(size, max)), '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(in.gcount()));
  return text;
}

std::string ReadCache(const std::string& path) {
  const std::string bytes = ReadFile(path, kMaxCacheBytes + 1);
  return bytes.size() > kMaxCacheBytes ? std::string() : bytes;
}

absl::Status Unreadable(const std::string& path, const std::string& why) {
  return absl::NotFoundError(absl::StrFormat("%s:1:1: cannot read: %s", path, why));
}

absl::Status AddFile(const std::string& path, std::vector<FileText>* files) {
  std::error_code error;
  const bool regular = fs::is_regular_file(path, error);
  if (error || !regular) return Unreadable(path, error ? error.message() : "no regular file");
  if (!std::ifstream(path)) return Unreadable(path, "it cannot be opened");
  if (files->size() >= kMaxRuleFiles) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%s:1:1: more than %d rule files", path, kMaxRuleFiles));
  }
  files->push_back({path, ReadFile(path, kMaxRuleFileBytes)});
  return absl::OkStatus();
}

// Its *.toml, by name: errors come in the same order every time.
absl::Status AddDirectory(const std::string& path, std::vector<FileText>* files) {
  std::error_code error;
  std::vector<std::string> names;
  for (fs::directory_iterator it(path, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (name.ends_with(".toml") && !name.starts_with('.')) names.push_back(it->path().string());
  }
  if (error) return Unreadable(path, error.message());
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) RETURN_IF_ERROR(AddFile(name, files));
  return absl::OkStatus();
}

// Written beside and renamed, so that nobody ever reads half a file.
void WriteCache(const std::string& path, const std::string& bytes) {
  std::error_code error;
  fs::create_directories(fs::path(path).parent_path(), error);
  const std::string temporary = absl::StrFormat("%s.%d", path, ::getpid());
  std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (out) fs::rename(temporary, path, error);
  if (!out || error) fs::remove(temporary, error);
}

}  // namespace

absl::StatusOr<RuleFileContent> ReadOverlay(const std::vector<std::string>& paths) {
  std::vector<FileText> texts;
  for (const std::string& path : paths) {
    std::error_code error;
    const bool directory = fs::is_directory(path, error);
    RETURN_IF_ERROR(directory ? AddDirectory(path, &texts) : AddFile(path, &texts));
  }
  std::vector<EmbeddedFile> files;
  for (const FileText& file : texts) {
    files.push_back({file.name, reinterpret_cast<const unsigned char*>(file.text.data()), file.text.size()});
  }
  return ParseRuleFiles(files);
}

absl::StatusOr<RuleFileContent> ReadOverlayDirectory(const std::string& directory) {
  std::error_code error;
  const fs::file_status status = fs::status(directory, error);
  if (directory.empty() || status.type() == fs::file_type::not_found) return RuleFileContent{};
  return ReadOverlay({directory});
}

absl::StatusOr<std::shared_ptr<const RuleSet>> LoadRules(const std::string& overlay_directory,
                                                         const std::string& cache_path) {
  const std::span<const EmbeddedFile> compiled = EmbeddedCompiledRules();
  ASSIGN_OR_RETURN(RuleFileContent shipped, DecodeRules(compiled[0].text()));
  ASSIGN_OR_RETURN(RuleFileContent overlay, ReadOverlayDirectory(overlay_directory));
  ASSIGN_OR_RETURN(RuleFileContent content, ApplyOverlay(std::move(shipped), std::move(overlay)));
  const std::string cached = cache_path.empty() ? "" : ReadCache(cache_path);
  const std::string_view candidates[] = {compiled[1].text(), cached};
  ASSIGN_OR_RETURN(std::shared_ptr<const RuleSet> rules, RuleSet::Compile(std::move(content), candidates));
  if (!rules->loaded() && !cache_path.empty()) WriteCache(cache_path, rules->Serialize());
  return rules;
}

absl::StatusOr<std::shared_ptr<const RuleSet>> LoadConfiguredRules(const std::string& config_path) {
  ASSIGN_OR_RETURN(const Config config, Config::Load(config_path));
  return LoadRules(config.rules_directory, UserRuleCache());
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

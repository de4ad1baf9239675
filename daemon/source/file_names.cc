#include "daemon/source/file_names.h"

#include <glob.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace bouncewatch {

std::vector<std::string> ExpandGlobs(const std::vector<std::string>& patterns) {
  std::vector<std::string> paths;
  for (const std::string& pattern : patterns) {
    glob_t found = {};
    if (::glob(pattern.c_str(), GLOB_NOCHECK, nullptr, &found) == 0) {
      paths.insert(paths.end(), found.gl_pathv, found.gl_pathv + found.gl_pathc);
    }
    ::globfree(&found);
  }
  std::sort(paths.begin(), paths.end());
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  return paths;
}

std::vector<std::string> FindSiblings(const std::string& path) {
  namespace fs = std::filesystem;
  const std::string name = fs::path(path).filename();
  fs::path directory = fs::path(path).parent_path();
  if (directory.empty()) directory = ".";
  std::vector<std::pair<fs::file_time_type, std::string>> siblings;
  std::error_code error;
  fs::directory_iterator entries(directory, error);
  for (const fs::directory_iterator end; !error && entries != end; entries.increment(error)) {
    std::error_code entry_error;
    const std::string entry = entries->path().filename();
    if (entry.size() <= name.size() || !entry.starts_with(name)) continue;
    if (!entries->is_regular_file(entry_error) || IsBeingCompressed(entries->path())) continue;
    const fs::file_time_type modified = entries->last_write_time(entry_error);
    if (!entry_error) siblings.emplace_back(modified, entries->path().string());
  }
  std::sort(siblings.begin(), siblings.end());
  std::vector<std::string> paths;
  for (auto& [modified, sibling] : siblings) paths.push_back(std::move(sibling));
  return paths;
}

bool IsBeingCompressed(const std::string& path) {
  namespace fs = std::filesystem;
  if (!HasCompressedName(path)) return false;
  std::error_code error;
  const fs::file_time_type original = fs::last_write_time(fs::path(path).replace_extension(), error);
  if (error) return false;
  const fs::file_time_type compressed = fs::last_write_time(path, error);
  return !error && original <= compressed;
}

bool HasCompressedName(std::string_view path) {
  constexpr std::string_view kSuffixes[] = {".gz", ".zst", ".xz", ".bz2"};
  return std::any_of(std::begin(kSuffixes), std::end(kSuffixes),
                     [&](std::string_view suffix) { return path.ends_with(suffix); });
}

}  // namespace bouncewatch

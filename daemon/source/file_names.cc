#include "daemon/source/file_names.h"

#include <fnmatch.h>
#include <glob.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <system_error>
#include <tuple>
#include <utility>

namespace bouncewatch {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kCompressed[] = {".gz", ".zst", ".xz", ".bz2"};
constexpr std::string_view kSpecial = "*?[";

// "-20261123" and "_2026-11-23" are dates; "-1" may be the number of an instance.
constexpr int kDateDigitsMin = 6;

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}
bool IsStamp(char c) {
  return IsDigit(c) || c == '.' || c == '-' || c == '_' || c == ':' || c == 'T' || c == 'Z';
}

std::string_view WithoutCompression(std::string_view name) {
  for (const std::string_view suffix : kCompressed) {
    if (name.ends_with(suffix)) return name.substr(0, name.size() - suffix.size());
  }
  return name;
}

// True for what a rotation adds to a name: ".1", "-20261123", ".2026-11-23-1795400000", ".old".
bool IsAddition(std::string_view text) {
  if (text == ".old") return true;
  if (text.size() < 2 || !IsDigit(text[1])) return false;
  if (!std::all_of(text.begin() + 1, text.end(), IsStamp)) return false;
  if (text[0] == '.') return true;
  return (text[0] == '-' || text[0] == '_') &&
         std::count_if(text.begin(), text.end(), IsDigit) >= kDateDigitsMin;
}

std::string ParentOf(const std::string& path) {
  const std::string parent = fs::path(path).parent_path();
  return parent.empty() ? "." : parent;
}

std::string Join(const std::string& directory, std::string_view name, std::string_view like) {
  // "mail.log" and "./mail.log" are one file, but only one of them is the pattern's spelling.
  if (directory == "." && !like.starts_with("./")) return std::string(name);
  return directory == "/" ? "/" + std::string(name) : directory + "/" + std::string(name);
}

// Where times are equal, ".2" is older than ".1", and "-20261122" than "-20261123".
bool IsOlder(const LogName& a, const LogName& b) {
  const auto rank = [](const LogName& name) { return std::tuple(!name.rotated, name.facts.modified_ns); };
  if (rank(a) != rank(b)) return rank(a) < rank(b);
  const bool counts_backwards = a.rotated && a.path.size() < a.followed.size() + kDateDigitsMin;
  const auto name_of = [](const LogName& name) {
    return std::pair(name.path.size(), std::string_view(name.path));
  };
  return counts_backwards ? name_of(b) < name_of(a) : name_of(a) < name_of(b);
}

// What is known while looking around.
class Search {
 public:
  explicit Search(const std::vector<std::string>& patterns) : patterns_(patterns) {}

  LogNames Run() {
    for (const std::string& path : ExpandGlobs(patterns_)) AddMatch(path);
    for (const std::string& pattern : patterns_) AddDirectories(pattern);
    for (const std::string& directory : leaves_) AddSiblings(directory);
    DropUnfinishedArchives();
    std::sort(found_.names.begin(), found_.names.end(), IsOlder);
    return std::move(found_);
  }

 private:
  void AddMatch(const std::string& path) {
    matched_.insert(path);
    NoteLink(path);
    LogName name;
    name.path = path;
    name.matched = true;
    const std::string was = FollowedBefore(ParentOf(path), std::string(fs::path(path).filename()), path);
    name.rotated = !was.empty();
    name.followed = name.rotated ? was : path;
    Add(std::move(name));
  }

  // A link's target is rotated where it lies.
  void NoteLink(const std::string& path) {
    std::error_code error;
    if (!fs::is_symlink(fs::symlink_status(path, error))) return;
    const std::string target = fs::weakly_canonical(path, error);
    if (error || target.empty()) return;
    targets_[target] = path;
    leaves_.insert(ParentOf(target));
  }

  void AddDirectories(const std::string& pattern) {
    const std::string parent = ParentOf(pattern);
    std::vector<std::string> parents = {parent};
    // Of "/srv/*/log/*.log": /srv, every /srv/X, every /srv/X/log.
    for (std::string part = parent; part.find_first_of(kSpecial) != std::string::npos;) {
      part = ParentOf(part);
      parents.push_back(part);
    }
    for (const std::string& directory : ExpandGlobs({parent})) leaves_.insert(directory);
    for (const std::string& directory : ExpandGlobs(parents)) WatchNearest(directory);
    for (const std::string& directory : leaves_) WatchNearest(directory);
  }

  void WatchNearest(std::string directory) {
    std::error_code error;
    while (!fs::is_directory(directory, error) && directory != ParentOf(directory)) {
      directory = ParentOf(directory);
    }
    found_.directories.insert(directory);
  }

  void AddSiblings(const std::string& directory) {
    std::error_code error;
    fs::directory_iterator entries(directory, error);
    for (const fs::directory_iterator end; !error && entries != end; entries.increment(error)) {
      const std::string name = entries->path().filename();
      const std::string path = Join(directory, name, patterns_.front());
      if (matched_.contains(path)) continue;
      LogName sibling;
      sibling.path = path;
      sibling.followed = FollowedBefore(directory, name, path);
      sibling.rotated = true;
      if (!sibling.followed.empty()) Add(std::move(sibling));
    }
  }

  // The followed name that a rotation made `name` of; empty when there is none.
  std::string FollowedBefore(const std::string& directory, const std::string& name, const std::string& like) {
    for (const std::string& before : NamesBeforeRotation(name)) {
      const std::string path = Join(directory, before, like);
      if (const auto target = targets_.find(path); target != targets_.end()) return target->second;
      if (MatchesAny(patterns_, path)) return path;
    }
    return {};
  }

  void Add(LogName name) {
    absl::StatusOr<FileFacts> facts = StatFile(name.path);
    if (facts.ok()) {
      name.facts = *facts;
      found_.names.push_back(std::move(name));
      return;
    }
    const bool hidden = !absl::IsNotFound(facts.status()) && !absl::IsInvalidArgument(facts.status());
    if (hidden && found_.error.ok()) found_.error = facts.status();
  }

  // While X is still there and not newer than X.gz, the compressor has not finished, and X is to be read.
  void DropUnfinishedArchives() {
    std::map<std::string, int64_t, std::less<>> modified;
    for (const LogName& name : found_.names) modified[name.path] = name.facts.modified_ns;
    std::erase_if(found_.names, [&](const LogName& name) {
      if (!HasCompressedName(name.path)) return false;
      const auto original = modified.find(WithoutCompression(name.path));
      return original != modified.end() && original->second <= name.facts.modified_ns;
    });
  }

  const std::vector<std::string>& patterns_;
  LogNames found_;
  std::set<std::string> matched_, leaves_;
  std::map<std::string, std::string> targets_;  // of symbolic links, with the link
};

}  // namespace

std::vector<std::string> ExpandGlobs(const std::vector<std::string>& patterns) {
  std::vector<std::string> paths;
  for (const std::string& pattern : patterns) {
    if (pattern.find_first_of(kSpecial) == std::string::npos) {
      paths.push_back(pattern);
      continue;
    }
    glob_t found = {};
    if (::glob(pattern.c_str(), GLOB_NOSORT, nullptr, &found) == 0) {
      paths.insert(paths.end(), found.gl_pathv, found.gl_pathv + found.gl_pathc);
    }
    ::globfree(&found);
  }
  std::sort(paths.begin(), paths.end());
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  return paths;
}

std::vector<std::string> NamesBeforeRotation(std::string_view name) {
  const std::string_view plain = WithoutCompression(name);
  std::vector<std::string> before;
  for (size_t at = plain.size(); at-- > 1;) {
    if (IsAddition(plain.substr(at))) before.emplace_back(plain.substr(0, at));
  }
  // The date before the extension.
  const size_t dot = plain.rfind('.');
  if (dot != std::string_view::npos && dot + 1 < plain.size() && !IsDigit(plain[dot + 1])) {
    for (size_t at = dot; at-- > 1;) {
      const std::string_view addition = plain.substr(at, dot - at);
      const bool date = std::count_if(addition.begin(), addition.end(), IsDigit) >= kDateDigitsMin;
      if (date && IsAddition(addition)) {
        before.push_back(std::string(plain.substr(0, at)) + std::string(plain.substr(dot)));
      }
    }
  }
  // A file that was compressed where it lay.
  if (plain.size() < name.size()) before.emplace_back(plain);
  std::sort(before.begin(), before.end(), [](const auto& a, const auto& b) { return a.size() < b.size(); });
  return before;
}

bool MatchesAny(const std::vector<std::string>& patterns, const std::string& path) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
    return pattern == path || ::fnmatch(pattern.c_str(), path.c_str(), FNM_PATHNAME | FNM_PERIOD) == 0;
  });
}

LogNames LookAround(const std::vector<std::string>& patterns) {
  return patterns.empty() ? LogNames() : Search(patterns).Run();
}

bool HasCompressedName(std::string_view path) {
  return WithoutCompression(path).size() < path.size();
}

}  // namespace bouncewatch

// Names of log files: patterns, what rotation makes of a name, and which files are of interest now.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "daemon/source/byte_stream.h"

namespace bouncewatch {

// The paths that match, sorted, each once. A pattern without special characters is given back as it is.
std::vector<std::string> ExpandGlobs(const std::vector<std::string>& patterns);

// The names that a file may have had before a rotation named it `name` (no directories), shortest first:
// "mail.log.2.gz" was "mail.log" or "mail.log.2"; "mail-20261123.log" was "mail.log". Empty for a name that
// no rotation makes.
std::vector<std::string> NamesBeforeRotation(std::string_view name);

// One file that is of interest under one of its names.
struct LogName {
  std::string path;      // where it lies
  std::string followed;  // the name that it is, or was, followed under
  bool matched =
      false;  // the patterns name it; else it is only here as a rotated sibling of a file they name
  bool rotated = false;  // by its name
  FileFacts facts;
};

struct LogNames {
  // Rotated files first, and in each part oldest first: what is read in this order is read as it was written.
  // Files that a compressor is still writing are left out.
  std::vector<LogName> names;
  std::set<std::string> directories;  // in which a change may concern the patterns
  absl::Status error;                 // the first that is more than a file that is not there
};

LogNames LookAround(const std::vector<std::string>& patterns);

// True when one of the patterns, as a path, names `path`.
bool MatchesAny(const std::vector<std::string>& patterns, const std::string& path);

bool HasCompressedName(std::string_view path);

}  // namespace bouncewatch

// Names of log files: patterns, and what rotation makes of a name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bouncewatch {

// The paths that match, sorted, each once. A pattern without special characters is given back as it is.
std::vector<std::string> ExpandGlobs(const std::vector<std::string>& patterns);

// Regular files beside `path` whose names begin with its name ("mail.log.1", "mail.log-20261123.gz"), by
// modification time, oldest first.
std::vector<std::string> FindSiblings(const std::string& path);

// True for "X.gz" and its kin while X is still there and older: the compressor has not finished, X is to be
// read.
bool IsBeingCompressed(const std::string& path);
bool HasCompressedName(std::string_view path);

}  // namespace bouncewatch

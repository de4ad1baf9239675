// Program: runs another program and gives back what it wrote. For programs that tell something about this
// machine and end at once. Blocks the calling thread, at most kProgramTimeout.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace bouncewatch {

inline constexpr std::chrono::seconds kProgramTimeout{10};
inline constexpr size_t kProgramOutputMax = 4 << 20;

// The first argument is the program's path. NotFound: there is no such program. DeadlineExceeded,
// ResourceExhausted: it was ended for taking too long, or for writing too much. Aborted: it ended with
// another code than 0. What it writes to standard error is dropped.
absl::StatusOr<std::string> RunProgram(const std::vector<std::string>& arguments);

// For tests, which answer in its place.
using ProgramRunner = std::function<absl::StatusOr<std::string>(const std::vector<std::string>&)>;

}  // namespace bouncewatch

// Doctor: what the logging of this machine hides from us, and how to fix it. Looks at configuration files of
// other programs, asks postconf(1), and tries the configured sources. Changes nothing.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "daemon/config.h"
#include "daemon/program.h"

namespace bouncewatch {

struct Finding {
  std::string id;    // "postfix-shared-name"; docs/doctor.md has one section for each
  std::string what;  // is hidden, and where it says so
  std::string fix;
};

struct DoctorOptions {
  Config config;
  std::string root;  // in front of the paths of other programs' files; for tests
  ProgramRunner run = RunProgram;
  int64_t now_s = 0;  // Unix time
  // Whether the kernel takes its clock for synchronized, adjtimex(2); for tests.
  std::function<bool()> clock_is_synchronized;
};

// Every finding, in the order of the table in docs/doctor.md.
std::vector<Finding> Examine(const DoctorOptions& options);

}  // namespace bouncewatch

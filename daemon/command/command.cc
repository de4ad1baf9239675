#include "daemon/command/command.h"

#include <cstdio>
#include <string>

namespace bouncewatch {

int Fail(std::string_view message, ExitCode code) {
  std::fprintf(stderr, "bouncewatch: %.*s\n", static_cast<int>(message.size()), message.data());
  return code;
}

int Fail(const absl::Status& status, ExitCode code) {
  return Fail(std::string(status.message()), code);
}

}  // namespace bouncewatch

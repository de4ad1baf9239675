#include "daemon/program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "absl/strings/str_format.h"
#include "daemon/source/descriptor.h"

namespace bouncewatch {
namespace {

using Clock = std::chrono::steady_clock;

absl::Status ReadToEnd(int fd, std::string* out) {
  const auto deadline = Clock::now() + kProgramTimeout;
  std::array<char, 4096> buffer;
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd ready = {fd, POLLIN, 0};
    if (left <= 0 || ::poll(&ready, 1, static_cast<int>(left)) == 0) {
      return absl::DeadlineExceededError("it did not end in time");
    }
    const ssize_t n = ::read(fd, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return absl::ErrnoToStatus(errno, "cannot read what it writes");
    if (n == 0) return absl::OkStatus();
    out->append(buffer.data(), static_cast<size_t>(n));
    if (out->size() > kProgramOutputMax) return absl::ResourceExhaustedError("it writes too much");
  }
}

// Signals are blocked in our threads, and would be in the child.
int Spawn(const std::vector<std::string>& arguments, int out, pid_t* child) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  char locale[] = "LC_ALL=C", path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
  char* environment[] = {locale, path, nullptr};
  const int error = ::posix_spawn(child, argv[0], &files, &attributes, argv.data(), environment);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return error;
}

}  // namespace

absl::StatusOr<std::string> RunProgram(const std::vector<std::string>& arguments) {
  const std::string& program = arguments.front();
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return absl::ErrnoToStatus(errno, "cannot make a pipe");
  const Descriptor in(ends[0]);
  Descriptor out(ends[1]);
  pid_t child = 0;
  if (const int error = Spawn(arguments, out.get(), &child); error != 0) {
    return absl::ErrnoToStatus(error, absl::StrFormat("%s: cannot be run", program));
  }
  out.Close();
  std::string text;
  const absl::Status read = ReadToEnd(in.get(), &text);
  if (!read.ok()) ::kill(child, SIGKILL);
  int state = 0;
  while (::waitpid(child, &state, 0) < 0 && errno == EINTR) {
  }
  if (!read.ok()) return absl::Status(read.code(), absl::StrFormat("%s: %s", program, read.ToString()));
  if (WIFEXITED(state) && WEXITSTATUS(state) == 0) return text;
  return absl::AbortedError(absl::StrFormat("%s ended with state %d", program, state));
}

}  // namespace bouncewatch

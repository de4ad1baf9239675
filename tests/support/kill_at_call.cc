// A library for LD_PRELOAD: kills its process, as kill -9 does, at the n-th call that changes the disk.
// BOUNCEWATCH_TEST_KILL_AT_CALL holds n, from 1. An odd n strikes before the call is made, an even one right
// after it. Calls are those of RocksDB: writing, syncing, cutting, renaming, removing.
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>

namespace {

std::atomic<long> calls{0};

long Target() {
  static const long target = [] {
    const char* value = std::getenv("BOUNCEWATCH_TEST_KILL_AT_CALL");
    return value == nullptr ? 0L : std::strtol(value, nullptr, 10);
  }();
  return target;
}

template <typename Function, typename... Arguments>
auto Pass(Function* next, Arguments... arguments) {
  const long target = Target();
  const bool strikes = target > 0 && ++calls == target;
  if (strikes && target % 2 == 1) ::kill(::getpid(), SIGKILL);
  const auto result = next(arguments...);
  if (strikes) ::kill(::getpid(), SIGKILL);
  return result;
}

}  // namespace

// NEXT(name): the function that would have been called.
#define NEXT(name) reinterpret_cast<decltype(&::name)>(dlsym(RTLD_NEXT, #name))

extern "C" {

ssize_t write(int fd, const void* data, size_t size) {
  static auto* const next = NEXT(write);
  return Pass(next, fd, data, size);
}
ssize_t pwrite(int fd, const void* data, size_t size, off_t offset) {
  static auto* const next = NEXT(pwrite);
  return Pass(next, fd, data, size, offset);
}
int fsync(int fd) {
  static auto* const next = NEXT(fsync);
  return Pass(next, fd);
}
int fdatasync(int fd) {
  static auto* const next = NEXT(fdatasync);
  return Pass(next, fd);
}
int ftruncate(int fd, off_t size) noexcept {
  static auto* const next = NEXT(ftruncate);
  return Pass(next, fd, size);
}
int rename(const char* from, const char* to) noexcept {
  static auto* const next = NEXT(rename);
  return Pass(next, from, to);
}
int unlink(const char* path) noexcept {
  static auto* const next = NEXT(unlink);
  return Pass(next, path);
}

}  // extern "C"

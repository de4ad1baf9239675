#include "daemon/source/inotify.h"

#include <linux/magic.h>
#include <sys/inotify.h>
#include <sys/vfs.h>

#include <algorithm>
#include <cstring>
#include <iterator>

#include "absl/strings/str_format.h"

namespace bouncewatch {
namespace {

constexpr uint32_t kNamesChange = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_MOVE_SELF |
                                  IN_DELETE_SELF | IN_ATTRIB | IN_ONLYDIR;
constexpr size_t kReadBytes = 64 * 1024;
// One call must end, however fast files are written.
constexpr int kReadsMax = 16;

bool IsRemote(const std::string& path) {
  // Those without a name in linux/magic.h: FUSE, Lustre, GFS2, SMB1.
  constexpr uint64_t kRemote[] = {NFS_SUPER_MAGIC, SMB2_SUPER_MAGIC, CIFS_SUPER_MAGIC, V9FS_MAGIC,
                                  AFS_SUPER_MAGIC, CEPH_SUPER_MAGIC, CODA_SUPER_MAGIC, OCFS2_SUPER_MAGIC,
                                  AFS_FS_MAGIC,    0x65735546,       0x0bd00bd0,       0x01161970,
                                  SMB_SUPER_MAGIC};
  struct statfs info;
  if (::statfs(path.c_str(), &info) != 0) return true;
  const uint64_t type = static_cast<uint32_t>(info.f_type);
  return std::find(std::begin(kRemote), std::end(kRemote), type) != std::end(kRemote);
}

}  // namespace

Inotify::Inotify(bool enabled) : fd_(enabled ? ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC) : -1) {}

// Through /proc, so that it is the open file, whatever its name leads to by now.
std::optional<int> Inotify::WatchFile(int fd) {
  const std::string path = absl::StrFormat("/proc/self/fd/%d", fd);
  if (!fd_.valid() || IsRemote(path)) return std::nullopt;
  const int watch = ::inotify_add_watch(fd_.get(), path.c_str(), IN_MODIFY);
  return watch < 0 ? std::nullopt : std::optional(watch);
}

std::optional<int> Inotify::WatchDirectory(const std::string& path) {
  if (!fd_.valid() || IsRemote(path)) return std::nullopt;
  const int watch = ::inotify_add_watch(fd_.get(), path.c_str(), kNamesChange);
  return watch < 0 ? std::nullopt : std::optional(watch);
}

void Inotify::Remove(int watch) {
  ::inotify_rm_watch(fd_.get(), watch);
}

Inotify::Changes Inotify::Take() {
  Changes changes;
  if (!fd_.valid()) return changes;
  alignas(inotify_event) char buffer[kReadBytes];
  for (int i = 0; i < kReadsMax; ++i) {
    const ssize_t n = ::read(fd_.get(), buffer, sizeof buffer);
    if (n <= 0) break;
    for (const char* at = buffer; at < buffer + n;) {
      inotify_event event;
      std::memcpy(&event, at, sizeof event);
      if ((event.mask & IN_Q_OVERFLOW) != 0) changes.overflow = true;
      if (event.wd >= 0 && (event.mask & IN_IGNORED) == 0) changes.watches.push_back(event.wd);
      at += sizeof event + event.len;
    }
  }
  return changes;
}

}  // namespace bouncewatch

// Inotify: tells which of many files were written to, and that something was created, renamed or deleted in a
// directory, without looking at them. inotify(7). It may fall silent: no watch is left, the queue overflowed,
// or the file is changed by another machine. Who uses it looks at everything now and then. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/source/descriptor.h"

namespace bouncewatch {

class Inotify {
 public:
  struct Changes {
    std::vector<int> watches;  // whose file was written to, or directory changed; may repeat
    bool overflow = false;     // some were lost
  };

  // Without kernel support, at the limit of instances, or when not `enabled`, no watch can be added.
  explicit Inotify(bool enabled);

  // The id of the watch; nullopt when there cannot be one, or when other machines may change the file without
  // this one hearing of it. The same file or directory has the same id.
  std::optional<int> WatchFile(int fd);
  std::optional<int> WatchDirectory(const std::string& path);
  void Remove(int watch);

  // What was reported since the last call. Never waits.
  Changes Take();

  // Readable when Take would tell something; -1 when there is none.
  int fd() const { return fd_.get(); }

 private:
  Descriptor fd_;
};

}  // namespace bouncewatch

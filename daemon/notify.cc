#include "daemon/notify.h"

#include <systemd/sd-daemon.h>

#include <cstdint>

namespace bouncewatch {

void NotifyReady() {
  sd_notify(0, "READY=1");
}
void NotifyStopping() {
  sd_notify(0, "STOPPING=1");
}
void NotifyReloading() {
  sd_notify(0, "RELOADING=1");
}
void NotifyAlive() {
  sd_notify(0, "WATCHDOG=1");
}

// Half of the time after which systemd would act, as sd_watchdog_enabled(3) advises.
std::optional<std::chrono::microseconds> WatchdogInterval() {
  uint64_t limit_us = 0;
  if (sd_watchdog_enabled(0, &limit_us) <= 0) return std::nullopt;
  return std::chrono::microseconds(limit_us / 2);
}

}  // namespace bouncewatch

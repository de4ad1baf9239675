// The service manager's protocol (sd_notify(3)): says when the daemon is ready, stopping and alive. Does
// nothing when it was not started by systemd. Any thread.
#pragma once

#include <chrono>
#include <optional>

namespace bouncewatch {

void NotifyReady();
void NotifyStopping();
void NotifyReloading();
// How often NotifyAlive must be called, nullopt when nobody watches.
std::optional<std::chrono::microseconds> WatchdogInterval();
void NotifyAlive();

}  // namespace bouncewatch

// Opens the store as every command that writes it does: with this machine's clock, and with the log for what
// was damaged.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "daemon/config.h"
#include "storage/store.h"

namespace bouncewatch {

// The store at `path`, kept for as long as `config` says. Errors are those of Store::Open.
absl::StatusOr<std::unique_ptr<Store>> OpenStore(const std::string& path, const Config& config);

}  // namespace bouncewatch

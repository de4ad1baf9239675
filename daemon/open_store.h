// Opens the store as every command that writes it does: with this machine's clock, and with the log for what
// was damaged.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "storage/store.h"

namespace bouncewatch {

// Errors are those of Store::Open.
absl::StatusOr<std::unique_ptr<Store>> OpenStore(const std::string& path);

}  // namespace bouncewatch

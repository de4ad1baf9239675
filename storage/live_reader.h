// A Reader on the database that this process writes. Each query takes a RocksDB snapshot of its own.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "storage/database.h"
#include "storage/reader.h"

namespace bouncewatch {

// Unavailable: the database is closed after an error.
absl::StatusOr<std::unique_ptr<Reader>> OpenLiveReader(std::shared_ptr<const Database> database);

}  // namespace bouncewatch

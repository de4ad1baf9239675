// File format: which of the formats of classifier/decode/formats.h a log file is written in, told by its
// first bytes, or by its last ones where the first say nothing. Work: a few hundred KiB.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace bouncewatch {

// The format's name; "" when nothing in the file tells it. Errors: the file cannot be opened or read.
absl::StatusOr<std::string> TellFileFormat(const std::string& path);

// What a source says of a file that it cannot read for want of a format, and will try again when it has
// grown.
absl::Status UntoldFormat(const std::string& path);

}  // namespace bouncewatch

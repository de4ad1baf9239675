// One GET over plain HTTP, for asking a running daemon. Bounded in time and size.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace bouncewatch {

// `url`: "http://host:port/path?query". The body of a 200 answer. Unavailable: nobody answers there;
// InvalidArgument: the server says the question is wrong (400); Internal: any other answer.
absl::StatusOr<std::string> HttpGet(const std::string& url);

}  // namespace bouncewatch

// The version of the program, as the build names it.
#pragma once

#include <string_view>

namespace bouncewatch {

inline constexpr std::string_view kVersion = BOUNCEWATCH_VERSION;

}  // namespace bouncewatch

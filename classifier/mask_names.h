// Names that stay in a mask: blocklists, mail providers, filter vendors and the hosts of their help pages.
// They say who refused and why; every other host name is taken out. Part of mask version 1, so frozen with it
// (mask.h).
#pragma once

#include <cstddef>
#include <string_view>

namespace bouncewatch {

// The length of the longest known name that `host` ends with on a dot boundary, or 0. ASCII case does not
// matter. A host has letters, digits, '.', '-' and '_' only; 0 for an empty one.
size_t KnownNameSuffix(std::string_view host);

}  // namespace bouncewatch

// Finds how long a reply asks to wait and how much it allows: "try again in 5 minutes", "max 20 connections",
// "100 messages per hour". English words. Pure functions, linear in the text.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "classifier/facts/facts.h"

namespace bouncewatch {

// Both take text in lower case.
std::optional<uint64_t> FindRetryAfter(std::string_view lower);  // seconds
std::optional<Limit> FindLimit(std::string_view lower);

}  // namespace bouncewatch

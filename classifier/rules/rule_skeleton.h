// RuleSkeleton: the beginning of a rule for a reply that no rule knows, to be pasted into a rule file. It
// loads and passes `rules check` as it is; what it means, a person must say. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bouncewatch {

struct SkeletonSource {
  uint64_t template_id = 0;
  std::string_view text;     // the template
  std::string_view example;  // a reply of it, redacted; "" when there is none
  std::string_view
      provider;            // of the only provider that says so; "" when there are several, or none is known
  std::string_view cause;  // what the nearest rule says; "" when there is none
  std::string_view first_seen, today;  // "2026-11-23"
};

// TOML. "" for a reply of which nothing but masked parts is left: no rule can be made of it.
std::string RuleSkeleton(const SkeletonSource& source);

}  // namespace bouncewatch

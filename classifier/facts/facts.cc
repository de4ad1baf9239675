#include "classifier/facts/facts.h"

#include <iterator>

namespace bouncewatch {
namespace {

constexpr std::string_view kKindNames[kIdentityKindCount] = {
    "ip", "netblock", "dkim_domain", "spf_domain", "url_domain", "helo", "from_domain", "sender"};

}  // namespace

std::string_view IdentityKindName(IdentityKind kind) {
  return kKindNames[static_cast<size_t>(kind)];
}

std::optional<IdentityKind> FindIdentityKind(std::string_view name) {
  for (int i = 0; i < kIdentityKindCount; ++i) {
    if (kKindNames[i] == name) return static_cast<IdentityKind>(i);
  }
  return std::nullopt;
}

}  // namespace bouncewatch

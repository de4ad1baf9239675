// The public suffix list is thorough and slow, and relay hosts are many. So it is asked only for hosts that
// are below no group met before, and no more once there is no room for another group.
#include "daemon/receiver_groups.h"

#include <algorithm>
#include <array>
#include <limits>

namespace bouncewatch {

ReceiverGroup ReceiverGroups::Of(std::string_view relay_host) {
  const ProviderIndex known = providers_.Find(relay_host);
  if (known != kNoProvider) return known;
  if (const ReceiverGroup met = FindMet(relay_host); met != kNoProvider) return met;
  const size_t number = providers_.names().size() + unmapped_.size();
  if (unmapped_.size() >= kMaxUnmapped || number > std::numeric_limits<ReceiverGroup>::max())
    return kNoProvider;
  const std::string name = RegistrableDomain(relay_host);
  if (name.empty()) return kNoProvider;
  unmapped_.push_back(name);
  by_name_.emplace(name, static_cast<ReceiverGroup>(number));
  return static_cast<ReceiverGroup>(number);
}

ReceiverGroup ReceiverGroups::FindMet(std::string_view relay_host) const {
  std::array<char, kMaxHost> lower;
  if (relay_host.ends_with('.')) relay_host.remove_suffix(1);
  if (relay_host.size() > lower.size()) return kNoProvider;
  std::transform(relay_host.begin(), relay_host.end(), lower.begin(), ToLower);
  for (std::string_view rest(lower.data(), relay_host.size()); !rest.empty();) {
    if (const auto found = by_name_.find(rest); found != by_name_.end()) return found->second;
    const size_t dot = rest.find('.');
    rest = dot == std::string_view::npos ? std::string_view() : rest.substr(dot + 1);
  }
  return kNoProvider;
}

}  // namespace bouncewatch

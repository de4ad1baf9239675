#include "daemon/receiver_groups.h"

#include <limits>

namespace bouncewatch {

ReceiverGroup ReceiverGroups::Of(std::string_view relay_host) {
  const ProviderIndex known = providers_.Find(relay_host);
  if (known != kNoProvider) return known;
  const std::string name = RegistrableDomain(relay_host);
  if (name.empty()) return kNoProvider;
  if (const auto found = by_name_.find(name); found != by_name_.end()) return found->second;
  const size_t number = providers_.names().size() + unmapped_.size();
  if (unmapped_.size() >= kMaxUnmapped || number > std::numeric_limits<ReceiverGroup>::max())
    return kNoProvider;
  unmapped_.push_back(name);
  by_name_.emplace(name, static_cast<ReceiverGroup>(number));
  return static_cast<ReceiverGroup>(number);
}

}  // namespace bouncewatch

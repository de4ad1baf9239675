// ReceiverGroups: the groups that series count receivers by, as small numbers. First those with a
// [[provider]] entry, under the numbers of the ProviderMap; then, as they are met, the registrable domains of
// relay hosts that no entry knows. One thread; the ProviderMap outlives it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "classifier/provider.h"
#include "classifier/text.h"

namespace bouncewatch {

using ReceiverGroup = uint16_t;  // kNoProvider: none

class ReceiverGroups {
 public:
  // Names of hosts are the receivers' to choose, so there is an end: hosts of later groups have none. The
  // recipient's domain tells them apart all the same.
  static constexpr size_t kMaxUnmapped = 4096;

  explicit ReceiverGroups(const ProviderMap& providers) : providers_(providers) {}

  ReceiverGroup Of(std::string_view relay_host);
  std::string_view name(ReceiverGroup group) const {
    return IsKnown(group) ? providers_.name(group)
                          : std::string_view(unmapped_[group - providers_.names().size()]);
  }
  // What rules may ask for: kNoProvider for a group without an entry.
  ProviderIndex provider(ReceiverGroup group) const { return IsKnown(group) ? group : kNoProvider; }

 private:
  static constexpr size_t kMaxHost = 255;

  // The group met before that the host is in or below.
  ReceiverGroup FindMet(std::string_view relay_host) const;
  bool IsKnown(ReceiverGroup group) const { return group < providers_.names().size(); }

  const ProviderMap& providers_;
  std::vector<std::string> unmapped_;  // by number, less the known ones
  NameMap<ReceiverGroup> by_name_;   // the unmapped
};

}  // namespace bouncewatch

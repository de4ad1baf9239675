// Providers: the group that decides for many domains, found by the name of the MX host that answered.
// Built from the [[provider]] entries of the rule files. Immutable; share freely.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "classifier/name_map.h"
#include "classifier/text.h"

namespace bouncewatch {

// An index into ProviderMap::names(); kNoProvider means "not grouped". Stable only within one map.
using ProviderIndex = uint16_t;
inline constexpr ProviderIndex kNoProvider = 0;

// The domain that somebody registered: "mx1.mail.example.co.uk" -> "example.co.uk", by the public suffix list
// that is built into libpsl. Lower case; empty for addresses, local sockets, names of one label, and public
// suffixes.
std::string RegistrableDomain(std::string_view host);

class ProviderMap {
 public:
  ProviderMap();  // knows only kNoProvider, named ""

  // Adds the group (once) and returns its index.
  ProviderIndex Intern(std::string_view name);
  // `pattern`: ".google.com" matches the name's end on a dot boundary, "mx.example.net" that name alone.
  void AddPattern(std::string_view pattern, ProviderIndex provider);

  // Longest pattern wins. Case and a trailing dot do not matter.
  ProviderIndex Find(std::string_view host) const;
  // The name of the host's group: of the pattern that fits, else its registrable domain; "" where it has
  // none.
  std::string GroupOf(std::string_view host) const;
  ProviderIndex FindName(std::string_view name) const;  // kNoProvider when unknown
  std::string_view name(ProviderIndex index) const { return names_[index]; }
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<std::string> names_;
  StringMap<ProviderIndex> by_name_;
  NameMap<ProviderIndex> suffixes_;  // without the leading dot
  NameMap<ProviderIndex> exact_;
  std::vector<bool>
      endings_;  // by a hash of a pattern's last bytes: most hosts of the world are told off by it
};

}  // namespace bouncewatch

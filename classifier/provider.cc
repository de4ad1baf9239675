#include "classifier/provider.h"

#include <libpsl.h>

#include <algorithm>
#include <cstring>
#include <limits>

namespace bouncewatch {
namespace {

// Host names are at most 255 bytes; anything longer is no name and costs no look-ups.
constexpr size_t kMaxHostLength = 255;

std::string_view WithoutTrailingDot(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  return host;
}

// A slot of `endings_` for a lower-case name, from its last six bytes; shorter names share one slot.
constexpr size_t kEndingBits = 14, kEndingLength = 6;
size_t EndingSlot(std::string_view name) {
  if (name.size() < kEndingLength) return 0;
  uint64_t bytes = 0;
  std::memcpy(&bytes, name.data() + name.size() - kEndingLength, kEndingLength);
  return bytes * 0x9e3779b97f4a7c15 >> (64 - kEndingBits);
}

}  // namespace

ProviderMap::ProviderMap() : names_{""}, endings_(size_t{1} << kEndingBits) {
  by_name_.emplace("", kNoProvider);
}

ProviderIndex ProviderMap::Intern(std::string_view name) {
  if (auto it = by_name_.find(name); it != by_name_.end()) return it->second;
  if (names_.size() > std::numeric_limits<ProviderIndex>::max()) return kNoProvider;
  const auto index = static_cast<ProviderIndex>(names_.size());
  names_.emplace_back(name);
  by_name_.emplace(name, index);
  return index;
}

void ProviderMap::AddPattern(std::string_view pattern, ProviderIndex provider) {
  const std::string name = AsciiLower(WithoutTrailingDot(pattern));
  if (name.starts_with('.')) {
    suffixes_.insert_or_assign(name.substr(1), provider);
    // A host ends as the suffix does; one shorter than an ending would leave part of it to the host.
    if (name.size() <= kEndingLength) endings_.assign(endings_.size(), true);
    endings_[EndingSlot(name)] = true;
  } else if (!name.empty()) {
    exact_.insert_or_assign(name, provider);
    endings_[EndingSlot(name)] = true;
  }
}

ProviderIndex ProviderMap::Find(std::string_view host) const {
  host = WithoutTrailingDot(host);
  if (host.empty() || host.size() > kMaxHostLength) return kNoProvider;
  char buffer[kMaxHostLength];
  for (size_t i = 0; i < host.size(); ++i) buffer[i] = ToLower(host[i]);
  std::string_view name(buffer, host.size());
  if (!endings_[EndingSlot(name)]) return kNoProvider;
  if (auto it = exact_.find(name); it != exact_.end()) return it->second;
  // Longest suffix first. The pattern ".google.com" does not name the host "google.com" itself.
  for (size_t dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.')) {
    name.remove_prefix(dot + 1);
    if (auto it = suffixes_.find(name); it != suffixes_.end()) return it->second;
  }
  return kNoProvider;
}

std::string RegistrableDomain(std::string_view host) {
  host = WithoutTrailingDot(host);
  if (host.empty() || host.size() > kMaxHostLength || !IsAlpha(host.back()))
    return {};  // an address ends in a digit
  const bool name = std::all_of(host.begin(), host.end(),
                                [](char c) { return IsAlnum(c) || c == '.' || c == '-' || c == '_'; });
  if (!name) return {};
  char lower[kMaxHostLength + 1];
  std::transform(host.begin(), host.end(), lower, ToLower);
  lower[host.size()] = '\0';
  const char* domain = ::psl_registrable_domain(::psl_builtin(), lower);
  return domain == nullptr || domain[0] == '.' ? std::string() : std::string(domain);
}

std::string ProviderMap::GroupOf(std::string_view host) const {
  const ProviderIndex known = Find(host);
  return known != kNoProvider ? names_[known] : RegistrableDomain(host);
}

ProviderIndex ProviderMap::FindName(std::string_view name) const {
  auto it = by_name_.find(name);
  return it == by_name_.end() ? kNoProvider : it->second;
}

}  // namespace bouncewatch

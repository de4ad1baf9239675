#include "daemon/identity.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "absl/strings/str_format.h"
#include "classifier/status_macros.h"

namespace bouncewatch {
namespace {

constexpr size_t kMaxAddressText = 45;  // longest text form of an IPv6 address
constexpr size_t kMaxReplyScan = 2048;

// Any address as 16 bytes, IPv4 as ::ffff:a.b.c.d. False: not an address.
bool ParseAddress(std::string_view text, uint8_t out[16]) {
  if (text.empty() || text.size() > kMaxAddressText) return false;
  const std::string copy(text);
  if (inet_pton(AF_INET6, copy.c_str(), out) == 1) return true;
  std::memset(out, 0, 10);
  out[10] = out[11] = 0xff;
  return inet_pton(AF_INET, copy.c_str(), out + 12) == 1;
}

bool InNetwork(const uint8_t address[16], const uint8_t network[16], int prefix_length) {
  const auto whole = static_cast<size_t>(prefix_length / 8);
  if (std::memcmp(address, network, whole) != 0) return false;
  const int rest = prefix_length % 8;
  if (rest == 0) return true;
  const int mask = 0xff << (8 - rest) & 0xff;
  return (address[whole] & mask) == (network[whole] & mask);
}

bool IsAddressByte(char c) {
  return IsDigit(c) || c == '.' || c == ':' || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// The syslog name: the tag without the daemon's name behind its last '/'.
std::string_view SyslogName(std::string_view tag) {
  return tag.substr(0, tag.rfind('/'));
}

}  // namespace

std::string_view SourceIpRuleName(SourceIpRule rule) {
  constexpr std::string_view kNames[] = {"field", "map", "cmdline", "tag", "reply", "host"};
  return kNames[static_cast<size_t>(rule)];
}

// "192.0.2.0/24", or an address, which has the default length.
std::optional<Identity::Network> Identity::ParseNetwork(std::string_view text, int default_v4,
                                                        int default_v6) {
  const size_t slash = text.find('/');
  Network network;
  if (!ParseAddress(text.substr(0, slash), network.address)) return std::nullopt;
  const bool v4 = text.find(':') == std::string_view::npos;
  int length = v4 ? default_v4 : default_v6;
  if (slash != std::string_view::npos) {
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + slash + 1, end, length);
    if (error != std::errc() || stop != end || length < 0 || length > (v4 ? 32 : 128)) return std::nullopt;
  }
  network.prefix_length = v4 ? length + 96 : length;
  return network;
}

absl::StatusOr<Identity> Identity::Load(const std::string& config_path) {
  if (config_path.empty()) return Identity();
  ASSIGN_OR_RETURN(const Config config, Config::Load(config_path));
  return Make(config.identity);
}

absl::StatusOr<Identity> Identity::Make(const IdentityConfig& config,
                                        const std::map<std::string, std::string>& discovered) {
  Identity identity;
  for (const std::string& text : config.ips) {
    const std::optional<Network> network = ParseNetwork(text, 32, 128);
    if (!network.has_value()) {
      return absl::InvalidArgumentError(
          absl::StrFormat("identity.ips: \"%s\" is no IP address or network", text));
    }
    identity.networks_.push_back(*network);
  }
  for (const std::string& domain : config.domains) identity.domains_.push_back(AsciiLower(domain));
  for (const auto& [name, ip] : config.transports) {
    uint8_t ignored[16];
    if (!ParseAddress(ip, ignored)) {
      return absl::InvalidArgumentError(
          absl::StrFormat("identity.transports: \"%s\" of \"%s\" is no IP address", ip, name));
    }
    identity.transports_.emplace(name, ip);
  }
  for (const auto& [name, ip] : discovered) {
    uint8_t ignored[16];
    identity.transports_.emplace(name, ParseAddress(ip, ignored) ? ip : std::string());
  }
  return identity;
}

SourceIp Identity::FromTag(std::string_view tag) const {
  // Some writers cut the tag at its first '/', so the name may be all of it.
  const size_t bind = tag.find("/" + std::string(kBindPrefix));
  const std::string_view name_only = bind == std::string_view::npos ? SyslogName(tag) : tag.substr(0, bind);
  for (std::string_view name : {tag, name_only, tag.substr(0, tag.find('/'))}) {
    const auto found = transports_.find(name);
    if (found == transports_.end()) continue;
    if (!found->second.empty()) return {found->second, SourceIpRule::kMap};
    break;
  }
  if (bind != std::string_view::npos) {
    const std::string_view value = tag.substr(bind + 1 + kBindPrefix.size());
    const std::string_view bound = value.substr(0, value.find('/'));
    uint8_t ignored[16];
    if (ParseAddress(bound, ignored)) return {std::string(bound), SourceIpRule::kCmdline};
  }
  for (std::string_view rest = tag; !rest.empty();) {
    const size_t slash = rest.find('/');
    const std::string_view part = rest.substr(0, slash);
    uint8_t ignored[16];
    if (ParseAddress(part, ignored)) return {std::string(part), SourceIpRule::kTag};
    rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
  }
  return {};
}

std::string Identity::FromReply(std::string_view reply) const {
  reply = reply.substr(0, kMaxReplyScan);
  size_t i = 0;
  while (i < reply.size()) {
    if (!IsAddressByte(reply[i])) {
      ++i;
      continue;
    }
    size_t end = i;
    while (end < reply.size() && IsAddressByte(reply[end])) ++end;
    std::string_view run = reply.substr(i, end - i);
    i = end;
    while (!run.empty() && (run.back() == '.' || run.back() == ':'))
      run.remove_suffix(1);  // end of a sentence
    if (run.size() >= 3 && IsOurIp(run)) return std::string(run);
  }
  return {};
}

bool Identity::IsOurIp(std::string_view ip) const {
  uint8_t address[16];
  if (!ParseAddress(ip, address)) return false;
  return std::any_of(networks_.begin(), networks_.end(), [&](const Network& network) {
    return InNetwork(address, network.address, network.prefix_length);
  });
}

bool Identity::IsOurDomain(std::string_view domain) const {
  const std::string lower = AsciiLower(domain);
  return std::any_of(domains_.begin(), domains_.end(), [&](const std::string& ours) {
    return lower == ours || (lower.size() > ours.size() && lower.ends_with(ours) &&
                             lower[lower.size() - ours.size() - 1] == '.');
  });
}

bool Identity::IsOurNetblock(std::string_view netblock) const {
  const std::optional<Network> block = ParseNetwork(netblock, 24, 64);
  if (!block.has_value()) return false;
  // Two networks meet where the larger holds the other's address.
  return std::any_of(networks_.begin(), networks_.end(), [&](const Network& network) {
    return InNetwork(block->address, network.address, std::min(block->prefix_length, network.prefix_length));
  });
}

std::optional<bool> Identity::IsOurs(const NamedIdentity& named) const {
  uint8_t ignored[16];
  const bool address = ParseAddress(named.value, ignored);
  if (named.kind == IdentityKind::kNetblock || address) {
    if (!has_ips()) return std::nullopt;
    return named.kind == IdentityKind::kNetblock ? IsOurNetblock(named.value) : IsOurIp(named.value);
  }
  if (domains_.empty()) return std::nullopt;
  return IsOurDomain(std::string_view(named.value).substr(named.value.rfind('@') + 1));
}

}  // namespace bouncewatch

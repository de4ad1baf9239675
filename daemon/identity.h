// Identity: what is ours. Decides which source IP a log line belongs to when the line does not say (Postfix
// never does), by a ranked rule: the first that answers wins. Immutable; share freely.
//
//   1 field  the log format carries the address            (not Postfix)
//   2 map    [identity.transports], or what Postfix is set up to do: syslog_name -> address
//   3 cmdline  the journal knows the process's command line, which binds an address
//   4 tag    an address literal inside the syslog tag       "postfix-out2/127.0.2.2/smtp"
//   5 reply  an address in the reply text that is in [identity].ips
//   6 host   "host:<name>": no address is ever invented
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "classifier/event.h"
#include "classifier/facts/facts.h"
#include "classifier/text.h"
#include "daemon/config.h"

namespace bouncewatch {

enum class SourceIpRule : uint8_t { kField, kMap, kCmdline, kTag, kReply, kHost };
std::string_view SourceIpRuleName(SourceIpRule rule);

// How a source that knows the address a process bound says so: a part of the tag that begins with this, in
// front of the daemon's name.
inline constexpr std::string_view kBindPrefix = "bind=";

struct SourceIp {
  std::string ip;  // an address, or "host:<name>"
  SourceIpRule rule = SourceIpRule::kHost;
};

class Identity {
 public:
  // InvalidArgument: an address or network that does not parse.
  // `discovered`: transports beside those configured, which come first; an empty address is a name that is
  // known to tell none.
  static absl::StatusOr<Identity> Make(const IdentityConfig& config,
                                       const std::map<std::string, std::string>& discovered = {});

  // [identity] of a configuration file; "" is a machine that says nothing about itself.
  static absl::StatusOr<Identity> Load(const std::string& config_path);

  // Rules 2, 3 and 4: from the tag alone. Empty ip when neither answers.
  SourceIp FromTag(std::string_view tag) const;
  // Rule 5: the first address in the text that is ours; empty when none.
  std::string FromReply(std::string_view reply) const;
  bool has_ips() const { return !networks_.empty(); }
  bool IsOurIp(std::string_view ip) const;
  bool IsOurDomain(std::string_view domain) const;  // itself or below one of ours
  // Whether "192.0.2.0/24" holds an address of ours. Without a length it is taken as a /24, in IPv6 as a /64.
  bool IsOurNetblock(std::string_view netblock) const;
  // What a reply blames. Nothing: [identity] has no addresses, or no domains, to tell by.
  std::optional<bool> IsOurs(const NamedIdentity& named) const;

 private:
  struct Network {
    uint8_t address[16] = {};  // IPv4 as ::ffff:a.b.c.d
    int prefix_length = 0;     // 0..128
  };
  static std::optional<Network> ParseNetwork(std::string_view text, int default_v4, int default_v6);

  std::vector<Network> networks_;
  std::vector<std::string> domains_;
  StringMap<std::string> transports_;
};

}  // namespace bouncewatch

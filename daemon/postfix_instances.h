// Postfix instances: which address each syslog name of this machine's Postfix sends from, asked of
// postconf(1) over all instances (postmulti(1)). Pure but for the program it runs.
//
// Postfix logs no address of its own. Operators who send from many addresses give each a transport with its
// own smtp_bind_address and its own syslog_name: then the name tells the address.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "daemon/program.h"

namespace bouncewatch {

// One service of a master.cf that runs smtp(8). lmtp(8) delivers to our own machines.
struct PostfixTransport {
  std::string config_directory;
  std::string service;           // "out1/unix"
  std::string syslog_name;       // "postfix-out1"
  std::string bind_v4, bind_v6;  // empty: the system chooses
};

// Every sending service of every instance. NotFound: no Postfix is installed.
absl::StatusOr<std::vector<PostfixTransport>> FindPostfixTransports(const ProgramRunner& run = RunProgram);

// Syslog name to address: the one that all its transports bind. Empty: the name tells none, because its
// transports bind different ones, one for each family, or none. Nothing at all when no name tells any.
std::map<std::string, std::string> AddressesBySyslogName(const std::vector<PostfixTransport>& transports);

// Syslog names that stand for transports with different addresses, with these: nobody can tell them apart.
std::map<std::string, std::vector<PostfixTransport>> SharedSyslogNames(
    const std::vector<PostfixTransport>& transports);

}  // namespace bouncewatch

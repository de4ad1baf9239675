#include "daemon/postfix_instances.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <sstream>
#include <string_view>
#include <utility>

#include "absl/strings/str_format.h"
#include "classifier/status_macros.h"

namespace bouncewatch {
namespace {

constexpr char kPostconf[] = "/usr/sbin/postconf";
constexpr size_t kInstancesMax = 256, kTransportsMax = 10'000;

using Values = std::map<std::string, std::string>;

std::string_view Strip(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

// "name = value" lines.
Values ParseValues(const std::string& text) {
  Values values;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    const size_t equals = line.find('=');
    if (equals == std::string::npos) continue;
    values[std::string(Strip(std::string_view(line).substr(0, equals)))] =
        Strip(std::string_view(line).substr(equals + 1));
  }
  return values;
}

std::vector<std::string> Words(std::string text) {
  std::replace(text.begin(), text.end(), ',', ' ');
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), {}};
}

// master(8) gives a service its own name; postconf does not know it.
std::string WithServiceName(std::string text, const std::string& service) {
  for (const std::string_view variable : {"${service_name}", "$(service_name)", "$service_name"}) {
    for (size_t at; (at = text.find(variable)) != std::string::npos;) {
      text.replace(at, variable.size(), service);
    }
  }
  return text;
}

// The names in front of the type: "out1/unix" of the services that send.
std::vector<std::string> SendingServices(const std::string& master) {
  std::vector<std::string> services;
  std::istringstream in(master);
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#' || line[0] == ' ' || line[0] == '\t') continue;
    // service type private unpriv chroot wakeup maxproc command
    const std::vector<std::string> words = Words(line);
    if (words.size() < 8 || words[7] != "smtp") continue;
    services.push_back(words[0] + "/" + words[1]);
  }
  return services;
}

absl::Status AddInstance(const ProgramRunner& run, const std::string& directory,
                         std::vector<PostfixTransport>* transports) {
  ASSIGN_OR_RETURN(const std::string main, run({kPostconf, "-c", directory, "-x", "syslog_name",
                                                "smtp_bind_address", "smtp_bind_address6"}));
  ASSIGN_OR_RETURN(const std::string master, run({kPostconf, "-c", directory, "-M"}));
  ASSIGN_OR_RETURN(const std::string overrides, run({kPostconf, "-c", directory, "-x", "-P"}));
  const Values defaults = ParseValues(main), own = ParseValues(overrides);
  const auto value = [&](const std::string& service, const std::string& name) {
    const auto found = own.find(service + "/" + name);
    if (found != own.end()) return found->second;
    const auto otherwise = defaults.find(name);
    return otherwise == defaults.end() ? std::string() : otherwise->second;
  };
  for (const std::string& service : SendingServices(master)) {
    if (transports->size() == kTransportsMax) return absl::OkStatus();
    PostfixTransport transport;
    transport.config_directory = directory;
    transport.service = service;
    transport.syslog_name =
        WithServiceName(value(service, "syslog_name"), service.substr(0, service.find('/')));
    transport.bind_v4 = value(service, "smtp_bind_address");
    transport.bind_v6 = value(service, "smtp_bind_address6");
    transports->push_back(std::move(transport));
  }
  return absl::OkStatus();
}

// What identifies a transport's address; empty when the system chooses, or has two to choose from.
std::string OneAddress(const PostfixTransport& transport) {
  if (transport.bind_v4.empty()) return transport.bind_v6;
  return transport.bind_v6.empty() ? transport.bind_v4 : std::string();
}

}  // namespace

absl::StatusOr<std::vector<PostfixTransport>> FindPostfixTransports(const ProgramRunner& run) {
  ASSIGN_OR_RETURN(const std::string text,
                   run({kPostconf, "-x", "config_directory", "multi_instance_directories"}));
  const Values values = ParseValues(text);
  const auto value = [&](const char* name) {
    const auto found = values.find(name);
    return found == values.end() ? std::string() : found->second;
  };
  std::vector<std::string> directories = {value("config_directory")};
  for (std::string& directory : Words(value("multi_instance_directories"))) {
    if (directories.size() < kInstancesMax) directories.push_back(std::move(directory));
  }
  std::vector<PostfixTransport> transports;
  absl::Status first_error;
  for (const std::string& directory : directories) {
    const absl::Status status = AddInstance(run, directory, &transports);
    if (first_error.ok()) first_error = status;
  }
  // An instance that cannot be read must not hide the others.
  if (transports.empty()) RETURN_IF_ERROR(first_error);
  return transports;
}

std::map<std::string, std::vector<PostfixTransport>> SharedSyslogNames(
    const std::vector<PostfixTransport>& transports) {
  std::map<std::string, std::vector<PostfixTransport>> by_name;
  for (const PostfixTransport& transport : transports) by_name[transport.syslog_name].push_back(transport);
  std::erase_if(by_name, [](const auto& entry) {
    const PostfixTransport& first = entry.second.front();
    return std::all_of(entry.second.begin(), entry.second.end(), [&](const PostfixTransport& other) {
      return other.bind_v4 == first.bind_v4 && other.bind_v6 == first.bind_v6;
    });
  });
  return by_name;
}

std::map<std::string, std::string> AddressesBySyslogName(const std::vector<PostfixTransport>& transports) {
  const auto shared = SharedSyslogNames(transports);
  std::map<std::string, std::string> addresses;
  for (const PostfixTransport& transport : transports) {
    const bool tells = !shared.contains(transport.syslog_name);
    addresses[transport.syslog_name] = tells ? OneAddress(transport) : std::string();
  }
  const bool any = std::any_of(addresses.begin(), addresses.end(),
                               [](const auto& entry) { return !entry.second.empty(); });
  return any ? addresses : std::map<std::string, std::string>();
}

}  // namespace bouncewatch

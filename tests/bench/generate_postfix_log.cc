// generate_postfix_log: a synthetic Postfix mail log of a given size, and the exact truth about it.
//
//   generate_postfix_log --bytes 1G --out mail.log --truth truth.json --config-out identity.toml
//
// The same options give the same bytes, on every machine. Shape at 1 GB: about 6 million lines, 17 % of them
// delivery lines, one in five of those a failure, 90,000 recipient domains, 64 sending transports, 300 sender
// domains.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <map>
#include <memory>
#include <string>

#include "log_writer.h"
#include "mail_flow.h"
#include "mail_world.h"
#include "truth.h"

namespace bouncewatch::bench {
namespace {

constexpr double kBytesPerMessage = 1460;  // measured; spreads the arrivals over the hours asked for

constexpr char kUsage[] =
    "usage: generate_postfix_log --out FILE [--bytes 200M] [--seed 1] [--hours 24] [--start "
    "2026-11-22T00:00:00Z]\n"
    "         [--form rfc3339|traditional|postlog|rfc5424] [--truth FILE] [--config-out FILE] "
    "[--templates-out FILE]\n"
    "         [--domains 90000] [--transports 64] [--senders 300]\n";

struct FileClose {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, FileClose>;

uint64_t ParseSize(const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  const double unit = *end == 'G' ? 1e9 : *end == 'M' ? 1e6 : *end == 'K' ? 1e3 : 1;
  return static_cast<uint64_t>(value * unit);
}

bool WriteFile(const std::string& path, const std::string& text) {
  File file(std::fopen(path.c_str(), "w"));
  if (file && std::fwrite(text.data(), 1, text.size(), file.get()) == text.size()) return true;
  std::perror(path.c_str());
  return false;
}

std::string IdentityConfig(const MailWorld& world) {
  std::string out = "[identity]\nips = [\"203.0.113.0/24\"]\n[identity.transports]\n";
  for (const Transport& transport : world.transports) {
    out += "\"" + transport.syslog_name + "\" = \"" + transport.ip + "\"\n";
  }
  return out;
}

// A template with the same example in every field.
std::string Example(const ReplyTemplate& reply) {
  constexpr std::pair<std::string_view, std::string_view> kFields[] = {{"{addr}", "ann.b7@example.net"},
                                                                       {"{domain}", "example.net"},
                                                                       {"{host}", "mx1.example.net"},
                                                                       {"{mxip}", "198.18.7.9"},
                                                                       {"{ip}", "203.0.113.7"},
                                                                       {"{sdom}", "news.example.com"},
                                                                       {"{helo}", "out7.example.com"},
                                                                       {"{qid}", "4F12BC90D3"},
                                                                       {"{id}", "a1b2c3d4e5-f6g7.1"},
                                                                       {"{saddr}", "b7@news.example.com"},
                                                                       {"{n}", "1234"}};
  std::string text = reply.text;
  if (reply.stage == Stage::kRelay || reply.stage == Stage::kNoRelay) text.erase(0, text.find(' ') + 1);
  for (const auto& [field, value] : kFields) {
    for (size_t at; (at = text.find(field)) != std::string::npos;) text.replace(at, field.size(), value);
  }
  return text;
}

// One JSON line a template, for check_templates.py.
std::string TemplateList(const MailWorld& world) {
  std::string out;
  for (const ReplyTemplate& reply : world.replies) {
    std::string text;
    for (char c : Example(reply)) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    out += "{\"text\":\"" + text + "\",\"provider\":\"" + std::string(reply.provider) + "\",\"cause\":\"" +
           std::string(reply.cause) + "\"}\n";
  }
  return out;
}

// Mail comes in waves: most around the middle of the day, least at night. The mean is 1.
double Tide(int64_t time_us, int64_t start_us) {
  const double day = static_cast<double>(time_us - start_us) / 86400e6;
  return 1 - 0.5 * std::cos(2 * 3.14159265358979 * day);
}

int Generate(std::map<std::string, std::string> options) {
  const std::optional<HeaderForm> form = FindHeaderForm(options["form"]);
  tm start{};
  if (!form || strptime(options["start"].c_str(), "%Y-%m-%dT%H:%M:%SZ", &start) == nullptr ||
      options["out"].empty()) {
    std::fputs(kUsage, stderr);
    return 2;
  }
  const uint64_t seed = std::strtoull(options["seed"].c_str(), nullptr, 10);
  const auto count = [&](const char* name) {
    return static_cast<uint32_t>(std::strtoul(options[name].c_str(), nullptr, 10));
  };
  const MailWorld world(seed, count("domains"), count("transports"), count("senders"));
  File out(std::fopen(options["out"].c_str(), "w"));
  if (!out) {
    std::perror(options["out"].c_str());
    return 1;
  }
  Truth truth;
  LogWriter log(out.get(), *form, world.host);
  MailFlow flow(&world, seed, &log, &truth);
  Random arrivals(seed ^ 0x617272697665);

  const uint64_t bytes = ParseSize(options["bytes"]);
  const double hours = std::strtod(options["hours"].c_str(), nullptr);
  const double gap_us = hours * 3600e6 / (static_cast<double>(bytes) / kBytesPerMessage);
  const int64_t start_us = int64_t{timegm(&start)} * 1'000'000;
  double time_us = static_cast<double>(start_us);
  while (log.bytes() < bytes) {
    time_us += gap_us * 2 * arrivals.Fraction() / Tide(static_cast<int64_t>(time_us), start_us);
    flow.Arrive(static_cast<int64_t>(time_us));
  }
  if (!log.Flush()) {
    std::perror(options["out"].c_str());
    return 1;
  }
  const auto write = [&](const char* option, const std::string& text) {
    return options[option].empty() || WriteFile(options[option], text);
  };
  if (!write("truth", truth.ToJson()) || !write("config-out", IdentityConfig(world)) ||
      !write("templates-out", TemplateList(world))) {
    return 1;
  }
  const Counts& totals = truth.totals();
  std::fprintf(
      stderr, "bytes=%llu lines=%llu delivered=%llu deferred=%llu bounced=%llu expired=%llu end=%s\n",
      static_cast<unsigned long long>(log.bytes()), static_cast<unsigned long long>(truth.lines()),
      static_cast<unsigned long long>(totals.by_fate[0]), static_cast<unsigned long long>(totals.by_fate[1]),
      static_cast<unsigned long long>(totals.by_fate[2]), static_cast<unsigned long long>(totals.by_fate[3]),
      FormatUtc(log.line_time_s()).c_str());
  return 0;
}

}  // namespace
}  // namespace bouncewatch::bench

int main(int argc, char** argv) {
  std::map<std::string, std::string> options = {
      {"bytes", "200M"},     {"seed", "1"},        {"hours", "24"},      {"start", "2026-11-22T00:00:00Z"},
      {"form", "rfc3339"},   {"out", ""},          {"truth", ""},        {"config-out", ""},
      {"templates-out", ""}, {"domains", "90000"}, {"transports", "64"}, {"senders", "300"}};
  for (int i = 1; i < argc; i += 2) {
    const std::string name = argv[i];
    if (name.rfind("--", 0) != 0 || !options.contains(name.substr(2)) || i + 1 == argc) {
      std::fputs(bouncewatch::bench::kUsage, stderr);
      return 2;
    }
    options[name.substr(2)] = argv[i + 1];
  }
  return bouncewatch::bench::Generate(options);
}

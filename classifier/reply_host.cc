#include "classifier/reply_host.h"

#include <algorithm>

#include "classifier/text.h"

namespace bouncewatch {
namespace {

constexpr size_t kMaxAddress = 45;  // longest text form of an IPv6 address

// What stands before the name of the server that is quoted.
constexpr std::string_view kCues[] = {
    "host ",              // Postfix, Exim: "host mx.example.org[192.0.2.1] said:"
    "host: ",             // "host: mx.example.org (192.0.2.1) reason: 550"
    "Server at ",         // Exchange: "Server at mx.example.org (192.0.2.1) returned '550"
    "while talking to ",  // sendmail: "while talking to mx.example.org.: >>> DATA <<< 550"
    "upstream (",         // forwarders: "upstream (mx.example.org.) permanent error (550):"
    "upstream ",
    "Error for ",
    "H=",              // Exim's log: "H=mx.example.org [192.0.2.1]: SMTP error"
    "from MTA(smtp:",  // amavis: "from MTA(smtp:[192.0.2.1]:10025): 550"
    "Connected to ",   // qmail: "Connected to 192.0.2.1 but sender was rejected."
};

// What stands behind it.
constexpr std::string_view kTails[] = {" failed after I sent", " does not like "};

std::string_view WithoutDot(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  return name;
}

bool IsAddress(std::string_view text) {
  return !text.empty() && text.size() <= kMaxAddress && text.find_first_of(".:") != std::string_view::npos &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return IsDigit(c) || c == '.' || c == ':' || (ToLower(c) >= 'a' && ToLower(c) <= 'f');
         });
}

// "[192.0.2.1]..." or " (192.0.2.1)..."
std::string_view AddressAt(std::string_view text) {
  if (text.starts_with(' ')) text.remove_prefix(1);
  if (text.empty() || (text[0] != '[' && text[0] != '(')) return {};
  const std::string_view inside = text.substr(1, kMaxAddress + 1);
  const std::string_view address = inside.substr(0, inside.find(text[0] == '[' ? ']' : ')'));
  return IsAddress(address) ? address : std::string_view();
}

// "mx.example.org[192.0.2.1] ...", "mx.example.org (192.0.2.1) ...", "[192.0.2.1]:10025".
NamedHost HostAt(std::string_view text) {
  const std::string_view address = AddressAt(text);
  if (!address.empty()) return {address, address};
  const std::string_view name = text.substr(0, text.find_first_of(" [:(),;'\""));
  // A masked name is "<host>".
  if (name.find_first_of(".<") == std::string_view::npos) return {};
  NamedHost host{WithoutDot(name), AddressAt(text.substr(name.size()))};
  if (host.address.empty() && IsAddress(host.name)) host.address = host.name;
  return host;
}

// "mx.example.org[192.0.2.1] responded with failure": told by the bracket alone.
NamedHost HostBeforeBracket(std::string_view wrapper) {
  const size_t bracket = wrapper.find('[');
  if (bracket == std::string_view::npos || bracket == 0) return {};
  const size_t blank = wrapper.substr(0, bracket).find_last_of(" <");
  return HostAt(wrapper.substr(blank == std::string_view::npos ? 0 : blank + 1));
}

}  // namespace

NamedHost FindHost(std::string_view wrapper) {
  NamedHost best;
  size_t best_at = 0;
  for (std::string_view cue : kCues) {
    const size_t at = wrapper.rfind(cue);
    if (at == std::string_view::npos || (at > 0 && IsAlpha(wrapper[at - 1]))) continue;
    const NamedHost host = HostAt(wrapper.substr(at + cue.size()));
    if (host.name.empty() || (!best.name.empty() && at < best_at)) continue;
    best = host;
    best_at = at;
  }
  if (!best.name.empty()) return best;
  for (std::string_view tail : kTails) {
    const size_t at = wrapper.find(tail);
    if (at == std::string_view::npos) continue;
    const size_t blank = wrapper.substr(0, at).rfind(' ');
    const NamedHost host = HostAt(wrapper.substr(blank == std::string_view::npos ? 0 : blank + 1));
    if (!host.name.empty()) return host;
  }
  for (std::string_view word : {"remote", "Remote", "other server"}) {
    if (wrapper.find(word) != std::string_view::npos) return {"remote", {}};
  }
  return HostBeforeBracket(wrapper);
}

}  // namespace bouncewatch

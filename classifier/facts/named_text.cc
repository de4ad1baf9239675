#include "classifier/facts/named_text.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "absl/strings/str_format.h"
#include "classifier/facts/facts.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

constexpr size_t kMaxAddressText = 45;  // longest text form of an IPv6 address
constexpr size_t kMaxHostName = 255;

bool IsAddressByte(char c) {
  return IsDigit(c) || c == '.' || c == ':' || (ToLower(c) >= 'a' && ToLower(c) <= 'f');
}
bool IsNameByte(char c) {
  return IsAlnum(c) || c == '-' || c == '_';
}
bool EndsUrl(char c) {
  return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f || c == '<' || c == '>' || c == '"' || c == '\\';
}

// What a sentence puts behind a URL is not its end.
std::string_view WithoutPunctuation(std::string_view url) {
  constexpr std::string_view kMarks = ".,;:!?'*";
  while (!url.empty()) {
    const char last = url.back();
    const bool unpaired = (last == ')' && url.find('(') == std::string_view::npos) ||
                          (last == ']' && url.find('[') == std::string_view::npos);
    if (kMarks.find(last) == std::string_view::npos && !unpaired) break;
    url.remove_suffix(1);
  }
  return url;
}

bool IsIpv4(std::string_view text) {
  int octets = 0;
  while (true) {
    size_t digits = 0;
    int value = 0;
    while (digits < text.size() && digits < 4 && IsDigit(text[digits]))
      value = value * 10 + (text[digits++] - '0');
    if (digits == 0 || digits > 3 || value > 255) return false;
    text.remove_prefix(digits);
    if (++octets == 4) return text.empty();
    if (text.empty() || text[0] != '.') return false;
    text.remove_prefix(1);
  }
}

bool IsIpv6(std::string_view text) {
  if (text.size() < 3 || text.size() > kMaxAddressText || std::count(text.begin(), text.end(), ':') < 2)
    return false;
  std::array<char, kMaxAddressText + 1> copy{};
  std::copy(text.begin(), text.end(), copy.begin());
  in6_addr ignored;
  return ::inet_pton(AF_INET6, copy.data(), &ignored) == 1;
}

// "127.0.0.2" is what lists answer, "4.16.55.1" an article of Yahoo's help.
bool IsNoIdentity(std::string_view address) {
  return address.starts_with("127.") || address.starts_with("0.") || address.starts_with("4.16.5") ||
         address == "::1";
}

// Bytes of "/24" at the start of `rest`, when it is a prefix length.
size_t PrefixLength(std::string_view rest, bool v4) {
  if (rest.size() < 2 || rest[0] != '/') return 0;
  int bits = 0;
  const char* begin = rest.data() + 1;
  const auto [stop, error] = std::from_chars(begin, rest.data() + std::min<size_t>(rest.size(), 5), bits);
  if (error != std::errc() || bits < 1 || bits > (v4 ? 32 : 128)) return 0;
  const auto length = static_cast<size_t>(stop - rest.data());
  return length < rest.size() && (IsAlnum(rest[length]) || rest[length] == '/') ? 0 : length;
}

}  // namespace

std::vector<UrlText> FindUrls(std::string_view text) {
  std::vector<UrlText> urls;
  for (size_t colon = text.find("://"); colon != std::string_view::npos && urls.size() < kMaxUrls;
       colon = text.find("://", colon + 3)) {
    size_t begin = colon;
    for (std::string_view scheme : {"https", "http"}) {
      if (EndsWithIgnoreCase(text.substr(0, colon), scheme)) begin = std::min(begin, colon - scheme.size());
    }
    if (begin == colon || (begin > 0 && IsAlnum(text[begin - 1]))) continue;
    const auto* stop = std::find_if(text.begin() + colon + 3, text.end(), EndsUrl);
    const std::string_view url = WithoutPunctuation({text.begin() + begin, stop});
    const std::string_view behind = url.substr(std::min(url.size(), colon + 3 - begin));
    const size_t host_end = std::min(behind.size(), behind.find_first_of("/?#:"));
    if (url.size() > kMaxFactText || !IsDomainName(behind.substr(0, host_end))) continue;
    urls.push_back({begin, begin + url.size(), url, behind.substr(0, host_end), behind.substr(host_end)});
  }
  return urls;
}

std::vector<AddressText> FindAddresses(std::string_view text) {
  std::vector<AddressText> found;
  size_t at = 0;
  while (at < text.size() && found.size() < kMaxAddresses) {
    if (!IsAddressByte(text[at])) {
      ++at;
      continue;
    }
    size_t end = at;
    while (end < text.size() && IsAddressByte(text[end])) ++end;
    std::string_view run = text.substr(at, end - at);
    const size_t begin = at;
    at = end;
    if (begin > 0 && (IsNameByte(text[begin - 1]) || text[begin - 1] == '@')) continue;
    if (end < text.size() && IsNameByte(text[end])) continue;
    while (!run.empty() && (run.back() == '.' || (run.back() == ':' && !run.ends_with("::"))))
      run.remove_suffix(1);
    const bool v4 = IsIpv4(run);
    if (run.size() < 3 || (!v4 && !IsIpv6(run)) || IsNoIdentity(run)) continue;
    const size_t prefix = PrefixLength(text.substr(begin + run.size()), v4);
    const std::string_view whole = text.substr(begin, run.size() + prefix);
    found.push_back({begin, begin + whole.size(), whole, prefix > 0});
  }
  return found;
}

bool IsIpAddress(std::string_view text) {
  return IsIpv4(text) || IsIpv6(text);
}

bool IsDomainName(std::string_view text) {
  if (text.ends_with('.')) text.remove_suffix(1);
  if (text.empty() || text.size() > kMaxHostName || text.front() == '.' ||
      text.find("..") != std::string_view::npos) {
    return false;
  }
  const size_t dot = text.rfind('.');
  if (dot == std::string_view::npos || dot + 1 == text.size()) return false;
  const auto is_byte = [](char c) { return IsNameByte(c) || c == '.'; };
  const std::string_view top = text.substr(dot + 1);
  return std::all_of(text.begin(), text.end(), is_byte) && std::any_of(top.begin(), top.end(), IsAlpha);
}

std::string TakeReversedAddress(std::string_view* zone) {
  size_t end = 0;
  for (int dots = 0; dots < 4; ++dots) {
    end = zone->find('.', dots == 0 ? 0 : end + 1);
    if (end == std::string_view::npos) return {};
  }
  const std::string_view reversed = zone->substr(0, end);
  if (!IsIpv4(reversed)) return {};
  std::string address;
  for (std::string_view rest = reversed; !rest.empty();) {
    const size_t dot = rest.rfind('.');
    address += rest.substr(dot == std::string_view::npos ? 0 : dot + 1);
    rest = dot == std::string_view::npos ? std::string_view() : rest.substr(0, dot);
    if (!rest.empty()) address += '.';
  }
  zone->remove_prefix(end + 1);
  return address;
}

}  // namespace bouncewatch

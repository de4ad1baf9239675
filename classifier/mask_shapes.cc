#include "classifier/mask_shapes.h"

#include <algorithm>

#include "classifier/text.h"

namespace bouncewatch {
namespace {

// How many bytes from `pos` on are of the kind.
template <bool (*kKind)(char)>
size_t Run(std::string_view text, size_t pos) {
  size_t end = pos;
  while (end < text.size() && kKind(text[end])) ++end;
  return end - pos;
}

bool IsUpperOrDigit(char c) {
  return IsUpper(c) || IsDigit(c);
}
bool IsDigitOrDot(char c) {
  return IsDigit(c) || c == '.';
}

// "Access-Denied-XM.SSR-001": words before the token proper. Returns what is left after them.
std::string_view SkipCapitalWords(std::string_view atom) {
  while (!atom.empty() && IsUpper(atom[0])) {
    const size_t letters = Run<IsAlpha>(atom, 0);
    if (letters + 1 >= atom.size() || !IsUpper(atom[letters + 1])) break;
    if (atom[letters] != '-' && atom[letters] != '.' && atom[letters] != '_') break;
    atom.remove_prefix(letters + 1);
  }
  return atom;
}

// Hexadecimal letters with many digits are a queue id ("AB123456"), not a vendor's token.
bool LooksLikeHexId(std::string_view prefix, size_t digits) {
  return prefix.size() + digits >= 6 && digits >= 4 &&
         std::all_of(prefix.begin(), prefix.end(), IsHexDigit) && prefix != "AU";
}

// One or more groups of "_", "-" and up to four letters or digits: "_510", "-IP", "-P2", "-1040".
bool IsTokenTail(std::string_view tail) {
  int groups = 0;
  while (!tail.empty()) {
    if (tail[0] != '_' && tail[0] != '-') return false;
    const size_t length = Run<IsUpperOrDigit>(tail, 1);
    if (length == 0 || length > 4 || ++groups > 2) return false;
    tail.remove_prefix(1 + length);
  }
  return true;
}

}  // namespace

size_t Ipv4Length(const char* text) {
  const char* p = text;
  for (int octet = 0; octet < 4; ++octet) {
    if (octet > 0 && *p++ != '.') return 0;
    if (!IsDigit(*p)) return 0;
    int value = *p++ - '0';
    if (IsDigit(*p)) value = value * 10 + (*p++ - '0');
    if (IsDigit(*p)) value = value * 10 + (*p++ - '0');
    if (value > 255 || IsDigit(*p)) return 0;
  }
  return static_cast<size_t>(p - text);
}

bool IsDnsblAnswer(std::string_view ip) {
  return ip.starts_with("127.0.0.") || ip.starts_with("127.255.255.");
}

bool IsHostName(std::string_view atom) {
  if (atom.size() > 255) return false;
  size_t dot = atom.size();
  do {
    if (dot-- == 0) return false;
  } while (atom[dot] != '.');
  const std::string_view tld = atom.substr(dot + 1);
  if (dot == 0 || tld.size() < 2 || tld.size() > 24) return false;
  if (Run<IsLower>(tld, 0) == tld.size()) return true;
  if (StartsWithIgnoreCase(tld, "xn--")) return true;
  return tld.size() <= 4 && Run<IsUpper>(tld, 0) == tld.size() &&
         std::none_of(atom.begin(), atom.end(), IsLower);
}

bool IsTellingLabel(std::string_view label) {
  if (label.empty() || label.size() > 20) return false;
  if (EqualsIgnoreCase(label.substr(0, 6), "dnsbl-")) return label.size() <= 8;
  return (AtomTraits(label) & kHasDigit) == 0;
}

bool IsFileName(std::string_view atom) {
  constexpr std::string_view kExtensions[] = {"htm",  "html", "shtml", "xhtml", "php", "asp",
                                              "aspx", "cgi",  "xml",   "py",    "pl",  "jsp",
                                              "jspx", "txt",  "pdf",   "md",    "do"};
  const size_t dot = atom.rfind('.');
  // Pages may be named after the recipient's domain ("/help/example.org.html"): more than one dot is a host.
  if (dot == std::string_view::npos || atom.find('.') != dot) return false;
  return std::any_of(std::begin(kExtensions), std::end(kExtensions),
                     [&](std::string_view x) { return EqualsIgnoreCase(x, atom.substr(dot + 1)); });
}

bool IsVendorToken(std::string_view atom) {
  atom = SkipCapitalWords(atom);
  if (atom.size() > 16) return false;
  const size_t lower = Run<IsLower>(atom, 0);
  if (lower >= 2 && lower <= 4 && lower < atom.size() && atom[lower] == '_') {  // "ofr_506"
    const size_t digits = Run<IsDigit>(atom, lower + 1);
    return digits >= 2 && digits <= 4 && lower + 1 + digits == atom.size();
  }
  const size_t letters = Run<IsUpper>(atom, 0);
  if (letters == 0 || letters > 7) return false;
  const size_t digits = Run<IsDigit>(atom, letters);
  if (digits > 8 || (digits > 0 && LooksLikeHexId(atom.substr(0, letters), digits))) return false;
  return IsTokenTail(atom.substr(letters + digits));
}

bool IsPlainWord(std::string_view atom) {
  constexpr std::string_view kPrefixes[] = {"tls",  "tlsv", "ssl",     "sslv", "sha", "sha-", "rfc", "rfc-",
                                            "rfc.", "utf-", "smtputf", "base", "win", "ipv",  "md",  "aes"};
  constexpr size_t kLongest = 7 + 4;  // "smtputf" and its digits
  if (atom.size() > kLongest) return false;
  if (EqualsIgnoreCase(atom, "8bitmime")) return true;
  size_t word = 0;
  while (word < atom.size() && !IsDigit(atom[word])) ++word;
  if (word == atom.size() || word == 0 || atom.size() - word > 4) return false;
  if (Run<IsDigitOrDot>(atom, word) != atom.size() - word) return false;
  return std::any_of(std::begin(kPrefixes), std::end(kPrefixes),
                     [&](std::string_view p) { return EqualsIgnoreCase(p, atom.substr(0, word)); });
}

bool IsDate(std::string_view atom) {
  constexpr std::string_view kShape = "dddd-dd-dd";
  if (atom.size() < kShape.size() || atom[4] != '-') return false;
  for (size_t i = 0; i < kShape.size(); ++i) {
    if (kShape[i] == 'd' ? !IsDigit(atom[i]) : atom[i] != '-') return false;
  }
  return true;
}

size_t EnhancedLength(const char* text) {
  if ((text[0] != '2' && text[0] != '4' && text[0] != '5') || text[1] != '.') return 0;
  const char* p = text + 1;
  for (int group = 0; group < 2; ++group) {
    if (*p++ != '.' || !IsDigit(*p)) return 0;
    ++p;
    if (IsDigit(*p)) ++p;
    if (IsDigit(*p)) ++p;
  }
  if (IsAlnum(*p) || *p == '_') return 0;
  if (*p == '.' && IsAlnum(p[1])) return 0;
  if (*p == '-' && IsDigit(p[1])) return 0;
  return static_cast<size_t>(p - text);
}

size_t Ipv6Length(std::string_view text) {
  size_t end = 0;
  size_t group = 0;  // bytes since the last colon
  int colons = 0;
  bool doubled = false;
  bool digit = false;
  bool dot = false;
  for (; end < text.size() && end < 46; ++end) {
    const char c = text[end];
    if (c == ':') {
      if (dot) break;
      if (end > 0 && text[end - 1] == ':') {
        if (doubled) return 0;
        doubled = true;
      }
      ++colons;
      group = 0;
    } else if (IsHexDigit(c)) {
      digit = digit || IsDigit(c);
      if (++group > 4) return 0;
    } else if (c == '.' && end + 1 < text.size() && IsDigit(text[end + 1]) && colons > 0) {
      dot = true;
      group = 0;
    } else {
      break;
    }
  }
  // "fe80::1: refused": the last colon belongs to the sentence.
  if (end > 1 && text[end - 1] == ':' && text[end - 2] != ':') {
    --end;
    --colons;
  }
  if (end < text.size() && (IsAlnum(text[end]) || text[end] == '_' || text[end] == '<')) return 0;
  if (!digit || colons < 2) return 0;
  if (!doubled && colons != (dot ? 6 : 7)) return 0;
  return end;
}

}  // namespace bouncewatch

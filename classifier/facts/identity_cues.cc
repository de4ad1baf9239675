#include "classifier/facts/identity_cues.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "classifier/facts/named_text.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

struct Cue {
  std::string_view words;  // lower case
  IdentityKind kind;
};

// What is blamed stands behind these.
constexpr Cue kLeading[] = {
    {"dkim domain", IdentityKind::kDkimDomain},
    {"dkim signature domain", IdentityKind::kDkimDomain},
    {"header.d=", IdentityKind::kDkimDomain},
    {"header.i=", IdentityKind::kDkimDomain},
    {"d=", IdentityKind::kDkimDomain},
    {"spf domain", IdentityKind::kSpfDomain},
    {"mail from domain", IdentityKind::kSpfDomain},
    {"mailfrom domain", IdentityKind::kSpfDomain},
    {"smtp.mailfrom=", IdentityKind::kSpfDomain},
    {"spf record of", IdentityKind::kSpfDomain},
    {"spf record for", IdentityKind::kSpfDomain},
    {"spf check for", IdentityKind::kSpfDomain},
    {"url domain", IdentityKind::kUrlDomain},
    {"link domain", IdentityKind::kUrlDomain},
    {"blacklisted url in message.", IdentityKind::kUrlDomain},
    {"contains url", IdentityKind::kUrlDomain},
    {"helo command [", IdentityKind::kHelo},
    {"helo=", IdentityKind::kHelo},
    {"ehlo=", IdentityKind::kHelo},
    {"helo name", IdentityKind::kHelo},
    {"ehlo name", IdentityKind::kHelo},
    {"header.from=", IdentityKind::kFromDomain},
    {"from: domain", IdentityKind::kFromDomain},
    {"from domain", IdentityKind::kFromDomain},
    {"from header domain", IdentityKind::kFromDomain},
    {"author domain", IdentityKind::kFromDomain},
    {"sending domain", IdentityKind::kFromDomain},
    {"unauthenticated email from", IdentityKind::kFromDomain},
    {"dmarc policy of", IdentityKind::kFromDomain},
    {"dmarc policy for", IdentityKind::kFromDomain},
    {"dmarc record of", IdentityKind::kFromDomain},
    {"sender address [", IdentityKind::kSender},
    {"sender address <", IdentityKind::kSender},
    {"sender <", IdentityKind::kSender},
    {"mail from:", IdentityKind::kSender},
    {"mail from <", IdentityKind::kSender},
};

// And before these: Postfix says "<x>: Helo command rejected: why".
constexpr Cue kTrailing[] = {
    {">: sender address rejected", IdentityKind::kSender},
    {">: helo command rejected", IdentityKind::kHelo},
};

bool IsValueByte(char c) {
  return IsAlnum(c) || c == '.' || c == '-' || c == '_' || c == '@' || c == '+' || c == '=' || c == ':';
}

std::string_view ValueBehind(std::string_view text) {
  constexpr std::string_view kOpeners = " \t:=[(<'\"@";
  constexpr size_t kMaxOpeners = 4;
  size_t skipped = 0;
  while (skipped < kMaxOpeners && !text.empty() && kOpeners.find(text[0]) != std::string_view::npos) {
    text.remove_prefix(1);
    ++skipped;
  }
  const auto* end = std::find_if_not(text.begin(), text.end(), IsValueByte);
  std::string_view value(text.begin(), end);
  while (value.ends_with('.') || value.ends_with(':')) value.remove_suffix(1);
  return value;
}

// The text inside of the '<' that the '>' at `close` closes.
std::string_view ValueBefore(std::string_view text, size_t close) {
  constexpr size_t kMaxValue = 320;
  const size_t from = close - std::min(close, kMaxValue);
  const size_t open = text.substr(from, close - from).rfind('<');
  return open == std::string_view::npos ? std::string_view()
                                        : text.substr(from + open + 1, close - from - open - 1);
}

bool IsMailAddress(std::string_view value) {
  const size_t at = value.rfind('@');
  if (at == std::string_view::npos || at == 0 || !IsDomainName(value.substr(at + 1))) return false;
  return std::all_of(value.begin(), value.begin() + at, [](char c) { return c > 0x20 && c < 0x7f; });
}

}  // namespace

std::string CleanIdentity(IdentityKind kind, std::string_view value) {
  value = TrimSpace(value);
  if (value.size() > kMaxFactText) return {};
  if (value.ends_with('.')) value.remove_suffix(1);
  switch (kind) {
    case IdentityKind::kIp:
      return IsIpAddress(value) ? AsciiLower(value) : std::string();
    case IdentityKind::kNetblock: {
      const std::string_view address = value.substr(0, value.find('/'));
      const bool bits = std::all_of(value.begin() + address.size() + (address.size() < value.size() ? 1 : 0),
                                    value.end(), IsDigit);
      return IsIpAddress(address) && bits ? AsciiLower(value) : std::string();
    }
    case IdentityKind::kHelo:
      if (value.starts_with('[') && value.ends_with(']')) value = value.substr(1, value.size() - 2);
      return IsDomainName(value) || IsIpAddress(value) ? AsciiLower(value) : std::string();
    case IdentityKind::kSender:
      return IsMailAddress(value) ? AsciiLower(value) : std::string();
    case IdentityKind::kDkimDomain:
    case IdentityKind::kSpfDomain:
    case IdentityKind::kUrlDomain:
    case IdentityKind::kFromDomain:
      value.remove_prefix(value.rfind('@') == std::string_view::npos ? 0 : value.rfind('@') + 1);
      return IsDomainName(value) && !IsIpAddress(value) ? AsciiLower(value) : std::string();
  }
  __builtin_unreachable();
}

void AddIdentity(IdentityKind kind, std::string_view value, std::vector<NamedIdentity>* named) {
  NamedIdentity identity{kind, CleanIdentity(kind, value)};
  if (identity.value.empty() || named->size() >= kMaxNamed) return;
  // A network named as such is no single address as well.
  const bool known = std::any_of(named->begin(), named->end(), [&](const NamedIdentity& other) {
    return other == identity || (kind == IdentityKind::kIp && other.kind == IdentityKind::kNetblock &&
                                 other.value == identity.value);
  });
  if (!known) named->push_back(std::move(identity));
}

void FindCuedIdentities(std::string_view text, std::string_view lower, std::vector<NamedIdentity>* named) {
  for (size_t at = 0; at < lower.size() && named->size() < kMaxNamed; ++at) {
    if (lower[at] == '>') {
      for (const Cue& cue : kTrailing) {
        if (lower.substr(at).starts_with(cue.words)) AddIdentity(cue.kind, ValueBefore(text, at), named);
      }
    }
    if (!IsAlpha(lower[at]) || (at > 0 && (IsAlnum(lower[at - 1]) || lower[at - 1] == '.'))) continue;
    for (const Cue& cue : kLeading) {
      if (cue.words[0] != lower[at] || !lower.substr(at).starts_with(cue.words)) continue;
      AddIdentity(cue.kind, ValueBehind(text.substr(at + cue.words.size())), named);
      at += cue.words.size() - 1;  // "MAIL FROM domain" is no "From domain"
      break;
    }
  }
}

}  // namespace bouncewatch

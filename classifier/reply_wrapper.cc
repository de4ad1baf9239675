// One pass over the text looks at each byte that can end a wrapper; what stands before and behind it decides.
// Every look is bounded, so the pass is linear.
#include "classifier/reply_wrapper.h"

#include <algorithm>

#include "classifier/reply_codes.h"
#include "classifier/reply_phase.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

enum class Needs { kNothing, kCode };  // what must follow for the words to be a wrapper

struct Marker {
  std::string_view words;  // what stands before the ':'
  Needs needs;
  Phase phase;
};

constexpr Marker kMarkers[] = {
    {"refused to talk to me", Needs::kNothing, Phase::kConnect},
    {"delivery temporarily suspended", Needs::kNothing, Phase::kUnknown},
    {"remote host said", Needs::kNothing, Phase::kUnknown},
    {"remote server said", Needs::kNothing, Phase::kUnknown},
    {"remote server responded", Needs::kNothing, Phase::kUnknown},
    {"] said", Needs::kNothing, Phase::kUnknown},
    {" said", Needs::kCode, Phase::kUnknown},
    {" responded", Needs::kCode, Phase::kUnknown},
    {" responded with", Needs::kCode, Phase::kUnknown},
    {" response", Needs::kCode, Phase::kUnknown},
    {" returned", Needs::kCode, Phase::kUnknown},
    {" replied", Needs::kCode, Phase::kUnknown},
    {" reason", Needs::kCode, Phase::kUnknown},
    {"responded with failure", Needs::kCode, Phase::kUnknown},
    {"response from the remote server was", Needs::kNothing, Phase::kUnknown},
    {"other server returned was", Needs::kNothing, Phase::kUnknown},
    {"last transfail", Needs::kCode, Phase::kUnknown},
    {"deferred", Needs::kCode, Phase::kUnknown},
    {"undeliverable address", Needs::kCode, Phase::kUnknown},
    {"refused to start TLS", Needs::kCode, Phase::kStartTls},
};

constexpr size_t kCodeBytes = 32;  // enough for codes and the marks around them

size_t SkipBlanks(std::string_view text, size_t at) {
  while (at < text.size() && IsSpace(text[at])) ++at;
  return at;
}

// "permanent error (552): 5.7.0 text": forwarders put the code they were given between parentheses.
size_t CodeInParentheses(std::string_view before) {
  if (!before.ends_with(')') || before.size() < 12) return 0;
  const size_t at = before.size() - 4;
  if (before[at - 1] != '(' || ParseBasicCode(before.substr(at, 3)) < 400) return 0;
  return EndsWithIgnoreCase(before.substr(0, at - 1), "error ") ? at : 0;
}

// "(joe@example.org:550 5.1.1 unknown)" behind "one or more recipients": gateways list what each was told.
bool OpensRecipientList(std::string_view before) {
  constexpr size_t kMaxAddress = 320;
  constexpr std::string_view kWords = "one or more recipients (";
  const size_t from = before.size() - std::min(before.size(), kMaxAddress + kWords.size());
  const size_t open = before.substr(from).rfind('(');
  if (open == std::string_view::npos) return false;
  const std::string_view address = before.substr(from + open + 1);
  return address.find(' ') == std::string_view::npos && !address.empty() &&
         before.substr(0, from + open + 1).ends_with(kWords);
}

// "from MTA(smtp:[192.0.2.1]:10025): 550": a content filter passes on what the server behind it said.
bool EndsInFilter(std::string_view before) {
  constexpr size_t kMaxName = 80;
  return before.ends_with(')') &&
         before.substr(before.size() - std::min(before.size(), kMaxName)).find("from MTA(") !=
             std::string_view::npos;
}

// No words announce it, but a whole pair of codes stands behind the ':'. A line of the reply itself that
// happens to begin there opens with the codes of the first line.
size_t BareReplyAt(std::string_view text, size_t inner) {
  if (inner >= text.size() || !IsDigit(text[inner]) || !IsSpace(text[inner - 1])) return 0;
  const ReplyCodes codes = ParseReplyCodes(text.substr(inner, kCodeBytes));
  if (codes.code < 400) return 0;
  const ReplyCodes first = ParseReplyCodes(text.substr(0, kCodeBytes));
  if (!codes.enhanced.empty()) {
    const bool line = first.code == codes.code && (first.more || first.enhanced == codes.enhanced);
    return line || codes.enhanced.klass != codes.code / 100 ? 0 : inner;
  }
  // "callout verification failed: 550 550 5.1.1 unknown"
  if (codes.more) return 0;
  const size_t second = SkipBlanks(text, inner + codes.length);
  return ParseReplyCodes(text.substr(second, kCodeBytes)).code >= 400 && second > inner ? second : 0;
}

// A wrapper that ends at the ':' at `colon`.
Wrapper WrapperAtColon(std::string_view text, size_t colon) {
  const std::string_view before = text.substr(0, colon);
  if (before.empty()) return {};
  size_t inner = colon + 1;
  while (inner < text.size() && (IsSpace(text[inner]) || text[inner] == '"' || text[inner] == '\'')) ++inner;
  const ReplyCodes codes = ParseReplyCodes(text.substr(inner, kCodeBytes));
  const bool coded = codes.code != 0 || !codes.enhanced.empty();
  for (const Marker& marker : kMarkers) {
    if (before.back() != marker.words.back() || !EndsWithIgnoreCase(before, marker.words)) continue;
    if (marker.needs == Needs::kNothing || coded) return {inner, std::string_view::npos, marker.phase};
  }
  if (!coded) return {};
  Wrapper wrapper;
  wrapper.inner = CodeInParentheses(before);
  if (wrapper.inner == 0 && codes.code != 0 && (OpensRecipientList(before) || EndsInFilter(before))) {
    wrapper.inner = inner;
  }
  if (wrapper.inner == 0) wrapper.inner = BareReplyAt(text, inner);
  return wrapper;
}

constexpr size_t kMaxStage = 400;  // of "RCPT TO:<x>" in a wrapper; bounds the search for its end

// "SMTP error from remote mail server after RCPT TO:<x>: 550 ...", with or without "host H [ip]: " after it.
Wrapper WrapperOfExim(std::string_view text, size_t at) {
  constexpr std::string_view kWords = "SMTP error from remote mail server after ";
  constexpr size_t kMaxHost = 320;
  if (!text.substr(at).starts_with(kWords)) return {};
  const std::string_view stage = text.substr(at + kWords.size(), kMaxStage);
  size_t colon = stage.find(": ");
  if (colon == std::string_view::npos) return {};
  size_t inner = at + kWords.size() + colon + 2;
  if (text.substr(inner).starts_with("host ")) {
    colon = text.substr(inner, kMaxHost).find("]: ");
    if (colon != std::string_view::npos) inner += colon + 3;
  }
  return {inner, std::string_view::npos, PhaseOf(stage)};
}

// "smtp;550 5.1.1 unknown", as delivery reports have it (RFC 3464 2.3.6), after "Diagnostic-Code: " or
// without.
size_t InnerOfSmtpType(std::string_view text, size_t at) {
  constexpr size_t kTypeBytes = 4, kMaxOutermost = 8;
  if (!EndsWithIgnoreCase(text.substr(0, at), "smtp")) return 0;
  const size_t inner = SkipBlanks(text, at + 1);
  if (at <= kMaxOutermost) return inner;
  const bool word = !IsAlnum(text[at - kTypeBytes - 1]);
  return word && ParseBasicCode(text.substr(inner, kCodeBytes)) >= 400 ? inner : 0;
}

// Quoted replies that no words announce: "returned '554 5.7.1", `said "550`, "-> 554", "<<< 550", "smtp;550".
size_t InnerOfQuote(std::string_view text, size_t at) {
  size_t inner = at + 1;
  if (text[at] == ';') return InnerOfSmtpType(text, at);
  if (text[at] == '>') {
    if (at == 0 || text[at - 1] != '-') return 0;
    inner = SkipBlanks(text, inner);
  } else if (text[at] == '<') {
    if (at < 2 || text[at - 1] != '<' || text[at - 2] != '<') return 0;
    inner = SkipBlanks(text, inner);
  } else if (at >= 5 && text[at - 1] == '-' && text[at - 5] == ' ' &&
             ParseBasicCode(text.substr(at - 4, 4)) >= 400) {
    return at - 4;  // "Unknown address error 550-'5.1.1 ...'"
  } else if (at == 0 || text[at - 1] != ' ') {
    return 0;
  }
  const ReplyCodes codes = ParseReplyCodes(text.substr(inner, 16));
  const bool quoted = text[at] == '\'' || text[at] == '"';
  return codes.code >= 400 || (codes.code == 0 && !codes.enhanced.empty() && quoted) ? inner : 0;
}

// "{LED=450 4.2.2 mailbox full};{MSG=};{FQDN=mx.example.org};{IP=192.0.2.1}": the last error of a queue at
// Microsoft 365.
Wrapper WrapperOfLastError(std::string_view text, size_t at) {
  constexpr std::string_view kWords = "LED=";
  if (!text.substr(at).starts_with(kWords) || (at > 0 && IsAlnum(text[at - 1]))) return {};
  const size_t inner = at + kWords.size();
  if (ParseBasicCode(text.substr(inner, kCodeBytes)) < 400) return {};
  return {inner, text.find('}', inner), Phase::kUnknown};
}

}  // namespace

Wrapper FindWrapper(std::string_view text) {
  for (size_t at = 0; at < text.size(); ++at) {
    Wrapper wrapper;
    switch (text[at]) {
      case ':':
        wrapper = WrapperAtColon(text, at);
        break;
      case 'S':
        wrapper = WrapperOfExim(text, at);
        break;
      case 'L':
        wrapper = WrapperOfLastError(text, at);
        break;
      case '\'':
      case '"':
      case ';':
      case '>':
      case '<':
        wrapper.inner = InnerOfQuote(text, at);
        break;
      default:
        continue;
    }
    if (wrapper.inner > 0 && wrapper.inner < text.size()) return wrapper;
  }
  return {};
}

bool IsSenderVerification(std::string_view text, const Wrapper& wrapper) {
  const std::string_view before = text.substr(0, wrapper.inner);
  if (before.find("Sender address rejected") != std::string_view::npos) return true;
  // Exim's callout: "Verification failed for <sender> Called: ... Response: 550 unknown ... Sender verify
  // failed".
  return text.find("Sender verify failed") != std::string_view::npos;
}

}  // namespace bouncewatch

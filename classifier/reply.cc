// Parsing goes from outside to inside. Cut off what the MTA appended, open wrappers until the innermost reply
// is left, then read its codes and join its lines.
#include "classifier/reply.h"

#include <algorithm>

#include "classifier/reply_codes.h"
#include "classifier/reply_host.h"
#include "classifier/reply_phase.h"
#include "classifier/reply_wrapper.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

// "450 4.7.1 [EAB] 554 ...", "450 450 4.2.2 ...": a gateway put its own code before the one it was given.
size_t DoubledCode(std::string_view text) {
  const ReplyCodes outer = ParseReplyCodes(text);
  if (outer.code == 0 || outer.more) return 0;
  size_t pos = outer.length;
  while (pos < text.size() && IsSpace(text[pos])) ++pos;
  if (pos < text.size() && text[pos] == '[') {
    const size_t close = text.substr(pos, 12).find(']');
    if (close == std::string_view::npos) return 0;
    pos += close + 1;
    while (pos < text.size() && IsSpace(text[pos])) ++pos;
  }
  const ReplyCodes inner = ParseReplyCodes(text.substr(pos, 32));
  const bool reply =
      inner.code >= 400 && pos + 3 < text.size() && (text[pos + 3] == ' ' || text[pos + 3] == '-');
  return reply && pos > outer.length ? pos : 0;
}

// What is left of the text behind a quoted reply may name who said it:
// "{FQDN=mx.example.org};{IP=192.0.2.1}".
NamedHost HostBehind(std::string_view rest) {
  constexpr std::string_view kName = "{FQDN=", kAddress = "{IP=";
  const auto value = [rest](std::string_view key) {
    const size_t at = rest.find(key);
    if (at == std::string_view::npos) return std::string_view();
    const std::string_view text = rest.substr(at + key.size());
    return text.substr(0, text.find('}'));
  };
  return {value(kName), value(kAddress)};
}

Hop MakeHop(std::string_view text, const Wrapper& wrapper) {
  const std::string_view words = TrimSpace(text.substr(0, wrapper.inner));
  NamedHost host = FindHost(words);
  if (wrapper.end != std::string_view::npos) host = HostBehind(text.substr(wrapper.end));
  const ReplyCodes codes = ParseReplyCodes(words);
  // "-> 554" and "smtp;550" leave no code of their own in front.
  return {std::string(host.name), std::string(host.address), codes.code, codes.enhanced, std::string(words)};
}

// Opens wrappers until the innermost reply is left.
std::string_view Unwrap(std::string_view text, Reply* reply) {
  while (reply->hops.size() < kMaxHops) {
    Wrapper wrapper = FindWrapper(text);
    if (wrapper.inner == 0) wrapper.inner = DoubledCode(text);
    if (wrapper.inner == 0 || IsSenderVerification(text, wrapper)) break;
    if (wrapper.phase != Phase::kUnknown && reply->phase == Phase::kUnknown) reply->phase = wrapper.phase;
    reply->hops.push_back(MakeHop(text, wrapper));
    text = TrimSpace(text.substr(0, wrapper.end).substr(wrapper.inner));
  }
  return text;
}

// Joins the lines of a reply: the codes that open each line go, the last line's code is the reply's.
void JoinLines(std::string_view text, Reply* reply) {
  const ReplyCodes first = ParseReplyCodes(text);
  reply->code = first.code;
  reply->enhanced = first.enhanced;
  bool more = first.more;
  text = TrimSpace(text.substr(first.length));
  if (first.code != 0 && text.starts_with(": ")) text = TrimSpace(text.substr(1));
  reply->text.reserve(text.size());
  size_t copied = 0;
  for (size_t at = 0; first.code != 0 && at < text.size(); ++at) {
    if (!IsDigit(text[at]) || (at > 0 && !IsSpace(text[at - 1]))) continue;
    const ReplyCodes line = ParseReplyCodes(text.substr(at, 24));
    if (line.code == 0) continue;
    const bool same_code = line.code == first.code;
    const bool same_enhanced = !line.enhanced.empty() && line.enhanced == first.enhanced;
    const bool opens_line = (same_code && (line.more || more || same_enhanced)) ||
                            (more && !line.enhanced.empty() && line.code >= 400);
    if (!opens_line) continue;
    reply->text.append(TrimSpace(text.substr(copied, at - copied)));
    if (!reply->text.empty() && reply->text.back() != ' ') reply->text.push_back(' ');
    reply->code = line.code;
    if (!line.enhanced.empty()) reply->enhanced = line.enhanced;
    copied = at + line.length;
    while (copied < text.size() && IsSpace(text[copied])) ++copied;
    more = line.more;
    at = copied == 0 ? 0 : copied - 1;
  }
  reply->text.append(text.substr(copied));
  while (!reply->text.empty() && IsSpace(reply->text.back())) reply->text.pop_back();
}

// A wrapper's closing quote or parenthesis has no partner left in the inner text.
void DropUnpairedEnd(std::string* text) {
  constexpr int kMaxEnds = 4;  // each costs a look at the whole text
  for (int i = 0; i < kMaxEnds && !text->empty(); ++i) {
    const char last = text->back();
    const auto count = [&](char c) { return std::count(text->begin(), text->end(), c); };
    const bool quote = (last == '\'' || last == '"') && count(last) % 2 == 1;
    const bool parenthesis = last == ')' && count('(') < count(')');
    if (!quote && !parenthesis) return;
    text->pop_back();
  }
}

}  // namespace

std::string_view Reply::host() const {
  for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
    if (!hop->speaker.empty() && hop->speaker != "remote") return hop->speaker;
    if (hop->code != 0) break;  // whoever said this code passed the reply on, and was not named
  }
  return {};
}

Reply ParseReply(std::string_view text) {
  Reply reply;
  text = TrimSpace(text);
  std::string storage;
  reply.phase = CutInReplyTo(&text, &storage);
  const std::string_view inner = Unwrap(text, &reply);
  JoinLines(inner, &reply);
  if (reply.enhanced.empty()) reply.enhanced = TrailingEnhancedCode(reply.text);
  if (reply.phase == Phase::kUnknown) reply.phase = PhaseOfWhile(reply.text);
  if (!reply.hops.empty()) DropUnpairedEnd(&reply.text);
  return reply;
}

}  // namespace bouncewatch

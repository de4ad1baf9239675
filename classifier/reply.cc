// Parsing goes from outside to inside. Cut off what the MTA appended, find the last place where a wrapper
// hands over to the reply it quotes, then read the codes of what is left and join its lines.
#include "classifier/reply.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

bool IsBlank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

bool StartsWithIgnoreCase(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && EqualsIgnoreCase(text.substr(0, prefix.size()), prefix);
}

bool EndsWithIgnoreCase(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && EqualsIgnoreCase(text.substr(text.size() - suffix.size()), suffix);
}

// --- Codes
// -----------------------------------------------------------------------------------------------------------

// "550" with no letter or digit after it, or 0.
int ParseCode(std::string_view text) {
  if (text.size() < 3 || text[0] < '2' || text[0] > '5' || !IsDigit(text[1]) || !IsDigit(text[2])) return 0;
  if (text.size() > 3 && (IsAlnum(text[3]) || text[3] == '_')) return 0;
  if (text.size() > 4 && text[3] == '.' && IsDigit(text[4])) return 0;
  return (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
}

// An enhanced code with the marks servers put around it: "#5.7.1", "(5.7.1)", "[5.7.1]", ": 5.7.1",
// "DSN=5.7.1".
EnhancedCode ParseDecorated(std::string_view text, size_t* length) {
  size_t pos = 0;
  while (pos < text.size() && pos < 4 &&
         std::string_view(" #([:-'").find(text[pos]) != std::string_view::npos)
    ++pos;
  size_t digits = 0;
  const EnhancedCode code = ParseEnhancedCode(text.substr(pos), &digits);
  if (code.empty()) return code;
  const bool opened = text.substr(0, pos).find_first_of("([") != std::string_view::npos;
  pos += digits;
  if (opened && pos < text.size() && (text[pos] == ')' || text[pos] == ']')) ++pos;
  *length = pos;
  return code;
}

struct Codes {
  int code = 0;
  EnhancedCode enhanced;
  bool more = false;  // "550-": other lines follow
  size_t length = 0;  // bytes that the codes take
};

// The codes at the start of a line of a reply.
Codes ParseCodes(std::string_view text) {
  Codes codes;
  if (text.starts_with('#')) codes.length = 1;
  codes.code = ParseCode(text.substr(codes.length));
  if (codes.code == 0) codes.length = 0;
  if (codes.code != 0) {
    codes.length += 3;
    if (codes.length < text.size() &&
        std::string_view("-:,").find(text[codes.length]) != std::string_view::npos) {
      codes.more = text[codes.length] == '-';
      ++codes.length;
    }
  }
  size_t enhanced = 0;
  codes.enhanced = ParseDecorated(text.substr(codes.length), &enhanced);
  codes.length += enhanced;
  return codes;
}

// qmail and its kin write the enhanced code last: "no such mailbox (#5.1.1)".
EnhancedCode TrailingEnhancedCode(std::string_view text) {
  size_t at = text.rfind("(#");
  while (at != std::string_view::npos) {
    size_t length = 0;
    const EnhancedCode code = ParseEnhancedCode(text.substr(at + 2), &length);
    if (!code.empty() || at == 0) return code;
    at = text.rfind("(#", at - 1);
  }
  return {};
}

// --- Phases
// ----------------------------------------------------------------------------------------------------------

struct PhaseWord {
  std::string_view word;
  Phase phase;
};

// Longer words first where one begins another.
constexpr PhaseWord kPhaseWords[] = {
    {"MAIL", Phase::kMail},
    {"RCPT", Phase::kRcpt},
    {"DATA", Phase::kData},
    {"BDAT", Phase::kData},
    {"end of data", Phase::kEndOfData},
    {"pipelined end of data", Phase::kEndOfData},
    {"pipelined MAIL", Phase::kMail},
    {"pipelined RCPT", Phase::kRcpt},
    {"pipelined DATA", Phase::kData},
    {"sending MAIL", Phase::kMail},
    {"sending RCPT", Phase::kRcpt},
    {"sending DATA", Phase::kData},
    {"sending message body", Phase::kData},
    {"sending end of data", Phase::kEndOfData},
    {"message body", Phase::kEndOfData},
    {"initial connection", Phase::kConnect},
    {"receiving the initial server greeting", Phase::kConnect},
    {"EHLO", Phase::kHelo},
    {"HELO", Phase::kHelo},
    {"LHLO", Phase::kHelo},
    {"performing the EHLO", Phase::kHelo},
    {"performing the HELO", Phase::kHelo},
    {"performing the LHLO", Phase::kHelo},
    {"STARTTLS", Phase::kStartTls},
    {"AUTH", Phase::kAuth},
};

Phase PhaseOf(std::string_view words) {
  for (const PhaseWord& entry : kPhaseWords) {
    if (StartsWithIgnoreCase(words, entry.word)) return entry.phase;
  }
  return Phase::kUnknown;
}

// "(in reply to end of DATA command)": cuts every one out of `text`, using `storage` where needed. Returns
// the phase of the last: the stage of the session that the text's reporter had itself.
Phase CutInReplyTo(std::string_view* text, std::string* storage) {
  constexpr std::string_view kOpen = "(in reply to ";
  constexpr size_t kMaxCommand = 40;
  Phase phase = Phase::kUnknown;
  size_t copied = 0;
  for (size_t at = text->find(kOpen); at != std::string_view::npos;
       at = text->find(kOpen, std::max(at + 1, copied))) {
    const std::string_view rest = text->substr(at + kOpen.size());
    const size_t close = rest.substr(0, kMaxCommand).find(')');
    if (close == std::string_view::npos && rest.size() > kMaxCommand) continue;
    if (const Phase found = PhaseOf(rest); found != Phase::kUnknown) phase = found;
    storage->append(text->substr(copied, at - copied));
    while (!storage->empty() && IsBlank(storage->back())) storage->pop_back();
    copied = close == std::string_view::npos ? text->size() : at + kOpen.size() + close + 1;
  }
  if (copied > 0) {
    storage->append(text->substr(copied));
    *text = Trim(*storage);
  }
  return phase;
}

// "lost connection with mx.example.org[192.0.2.1] while sending RCPT TO"
Phase PhaseOfWhile(std::string_view text) {
  const size_t at = text.rfind(" while ");
  return at == std::string_view::npos ? Phase::kUnknown : PhaseOf(text.substr(at + 7));
}

// --- Wrappers
// --------------------------------------------------------------------------------------------------------

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
    {" response", Needs::kCode, Phase::kUnknown},
    {" returned", Needs::kCode, Phase::kUnknown},
    {" replied", Needs::kCode, Phase::kUnknown},
    {"responded with failure", Needs::kCode, Phase::kUnknown},
    {"response from the remote server was", Needs::kNothing, Phase::kUnknown},
    {"other server returned was", Needs::kNothing, Phase::kUnknown},
    {"last transfail", Needs::kCode, Phase::kUnknown},
    {"deferred", Needs::kCode, Phase::kUnknown},
    {"undeliverable address", Needs::kCode, Phase::kUnknown},
    {"refused to start TLS", Needs::kCode, Phase::kStartTls},
};

struct Split {
  size_t inner = 0;  // where the quoted reply begins; 0 is no wrapper
  Phase phase = Phase::kUnknown;
};

// A wrapper that ends at the ':' at `colon`.
Split SplitAtColon(std::string_view text, size_t colon) {
  const std::string_view before = text.substr(0, colon);
  for (const Marker& marker : kMarkers) {
    if (colon == 0 || before.back() != marker.words.back() || !EndsWithIgnoreCase(before, marker.words))
      continue;
    size_t inner = colon + 1;
    while (inner < text.size() && (IsBlank(text[inner]) || text[inner] == '"' || text[inner] == '\''))
      ++inner;
    const Codes codes = ParseCodes(text.substr(inner, 32));
    if (marker.needs == Needs::kCode && codes.code == 0 && codes.enhanced.empty()) continue;
    return {inner, marker.phase};
  }
  return {};
}

constexpr size_t kMaxStage = 400;  // of "RCPT TO:<x>" in a wrapper; bounds the search for its end

// "SMTP error from remote mail server after RCPT TO:<x>: 550 ...", with or without "host H [ip]: " after it.
Split SplitExim(std::string_view text, size_t at) {
  constexpr std::string_view kWords = "SMTP error from remote mail server after ";
  if (!text.substr(at).starts_with(kWords)) return {};
  const std::string_view stage = text.substr(at + kWords.size(), kMaxStage);
  size_t colon = stage.find(": ");
  if (colon == std::string_view::npos) return {};
  size_t inner = at + kWords.size() + colon + 2;
  if (text.substr(inner).starts_with("host ")) {
    colon = text.substr(inner, 320).find("]: ");
    if (colon != std::string_view::npos) inner += colon + 3;
  }
  return {inner, PhaseOf(stage)};
}

// Quoted replies that no words announce: "returned '554 5.7.1", `said "550`, "-> 554", "smtp;550".
size_t SplitAtQuote(std::string_view text, size_t at) {
  size_t inner = at + 1;
  if (text[at] == '>') {
    if (at == 0 || text[at - 1] != '-') return 0;
    while (inner < text.size() && IsBlank(text[inner])) ++inner;
  } else if (text[at] == ';') {
    if (at > 8 || !EndsWithIgnoreCase(text.substr(0, at), "smtp")) return 0;
    while (inner < text.size() && IsBlank(text[inner])) ++inner;
    return inner;
  } else if (at >= 5 && text[at - 1] == '-' && text[at - 5] == ' ' &&
             ParseCode(text.substr(at - 4, 4)) >= 400) {
    return at - 4;  // "Unknown address error 550-'5.1.1 ...'"
  } else if (at == 0 || text[at - 1] != ' ') {
    return 0;
  }
  const Codes codes = ParseCodes(text.substr(inner, 16));
  return codes.code >= 400 || (codes.code == 0 && !codes.enhanced.empty() && text[at] != '>') ? inner : 0;
}

// The host that a wrapper names, "remote" when it only says so.
std::string_view SpeakerOf(std::string_view wrapper) {
  const size_t host = wrapper.rfind("host ");
  if (host != std::string_view::npos && (host == 0 || !IsAlpha(wrapper[host - 1]))) {
    std::string_view name = wrapper.substr(host + 5);
    name = name.substr(0, name.find_first_of(" [:("));
    if (name.find_first_of(".<") != std::string_view::npos) return name;
  }
  for (std::string_view word : {"remote", "Remote", "other server"}) {
    if (wrapper.find(word) != std::string_view::npos) return "remote";
  }
  // "mx.example.org[192.0.2.1] responded with failure"
  const size_t bracket = wrapper.find('[');
  if (bracket == std::string_view::npos || bracket == 0) return {};
  const size_t blank = wrapper.substr(0, bracket).find_last_of(" <");
  const std::string_view name =
      wrapper.substr(blank == std::string_view::npos ? 0 : blank + 1,
                     blank == std::string_view::npos ? bracket : bracket - blank - 1);
  return name.find('.') == std::string_view::npos ? std::string_view{} : name;
}

// The next wrapper in `text`; inner is 0 when there is none.
Split NextWrapper(std::string_view text) {
  for (size_t at = 0; at < text.size(); ++at) {
    Split split;
    switch (text[at]) {
      case ':':
        split = SplitAtColon(text, at);
        break;
      case 'S':
        split = SplitExim(text, at);
        break;
      case '\'':
      case '"':
      case ';':
      case '>':
        split.inner = SplitAtQuote(text, at);
        break;
      default:
        continue;
    }
    if (split.inner > 0 && split.inner < text.size()) return split;
  }
  return {};
}

// "450 4.7.1 [EAB] 554 ...", "450 450 4.2.2 ...": a gateway put its own code before the one it was given.
size_t DoubledCode(std::string_view text) {
  const Codes outer = ParseCodes(text);
  if (outer.code == 0 || outer.more) return 0;
  size_t pos = outer.length;
  while (pos < text.size() && IsBlank(text[pos])) ++pos;
  if (pos < text.size() && text[pos] == '[') {
    const size_t close = text.substr(pos, 12).find(']');
    if (close == std::string_view::npos) return 0;
    pos += close + 1;
    while (pos < text.size() && IsBlank(text[pos])) ++pos;
  }
  const Codes inner = ParseCodes(text.substr(pos, 32));
  const bool reply =
      inner.code >= 400 && pos + 3 < text.size() && (text[pos + 3] == ' ' || text[pos + 3] == '-');
  return reply && pos > outer.length ? pos : 0;
}

// Postfix asked the sender's own server and quotes it: "Sender address rejected: undeliverable address: host
// x said: 550 5.1.1 unknown user". What is quoted tells of the sender, never of the recipient, so it stays
// closed.
bool IsSenderVerification(std::string_view wrapper) {
  return wrapper.find("Sender address rejected") != std::string_view::npos;
}

// Opens wrappers until the innermost reply is left.
std::string_view Unwrap(std::string_view text, Reply* reply) {
  while (reply->hops.size() < kMaxHops) {
    Split split = NextWrapper(text);
    if (split.inner == 0) split.inner = DoubledCode(text);
    if (split.inner == 0) break;
    const std::string_view wrapper = Trim(text.substr(0, split.inner));
    if (IsSenderVerification(wrapper)) break;
    if (split.phase != Phase::kUnknown && reply->phase == Phase::kUnknown) reply->phase = split.phase;
    reply->hops.push_back({std::string(SpeakerOf(wrapper)), std::string(wrapper)});
    text = Trim(text.substr(split.inner));
  }
  return text;
}

// --- Lines
// -----------------------------------------------------------------------------------------------------------

// Joins the lines of a reply: the codes that open each line go, the last line's code is the reply's.
void JoinLines(std::string_view text, Reply* reply) {
  const Codes first = ParseCodes(text);
  reply->code = first.code;
  reply->enhanced = first.enhanced;
  bool more = first.more;
  text = Trim(text.substr(first.length));
  if (first.code != 0 && text.starts_with(": ")) text = Trim(text.substr(1));
  reply->text.reserve(text.size());
  size_t copied = 0;
  for (size_t at = 0; first.code != 0 && at < text.size(); ++at) {
    if (!IsDigit(text[at]) || (at > 0 && !IsBlank(text[at - 1]))) continue;
    const Codes line = ParseCodes(text.substr(at, 24));
    if (line.code == 0) continue;
    const bool same_code = line.code == first.code;
    const bool same_enhanced = !line.enhanced.empty() && line.enhanced == first.enhanced;
    const bool opens_line = (same_code && (line.more || more || same_enhanced)) ||
                            (more && !line.enhanced.empty() && line.code >= 400);
    if (!opens_line) continue;
    reply->text.append(Trim(text.substr(copied, at - copied)));
    if (!reply->text.empty() && reply->text.back() != ' ') reply->text.push_back(' ');
    reply->code = line.code;
    if (!line.enhanced.empty()) reply->enhanced = line.enhanced;
    copied = at + line.length;
    while (copied < text.size() && IsBlank(text[copied])) ++copied;
    more = line.more;
    at = copied == 0 ? 0 : copied - 1;
  }
  reply->text.append(text.substr(copied));
  while (!reply->text.empty() && IsBlank(reply->text.back())) reply->text.pop_back();
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

EnhancedCode EnhancedCode::Unpack(uint32_t packed) {
  EnhancedCode code;
  code.klass = static_cast<uint8_t>((packed >> 20) & 0xf);
  code.subject = static_cast<uint16_t>((packed >> 10) & 0x3ff);
  code.detail = static_cast<uint16_t>(packed & 0x3ff);
  return code;
}

std::string EnhancedCode::ToString() const {
  return empty() ? std::string() : absl::StrFormat("%d.%d.%d", klass, subject, detail);
}

EnhancedCode ParseEnhancedCode(std::string_view text, size_t* length) {
  *length = 0;
  if (text.size() < 5 || (text[0] != '2' && text[0] != '4' && text[0] != '5') || text[1] != '.') return {};
  size_t pos = 2;
  uint16_t groups[2] = {0, 0};
  for (int i = 0; i < 2; ++i) {
    const size_t begin = pos;
    while (pos < text.size() && IsDigit(text[pos]) && pos - begin < 4) {
      groups[i] = static_cast<uint16_t>(groups[i] * 10 + (text[pos++] - '0'));
    }
    if (pos == begin || pos - begin > 3) return {};
    if (i == 0 && (pos >= text.size() || text[pos++] != '.')) return {};
  }
  if (pos < text.size() && IsAlnum(text[pos])) return {};
  if (pos + 1 < text.size() && text[pos] == '.' && IsDigit(text[pos + 1])) return {};
  *length = pos;
  return {static_cast<uint8_t>(text[0] - '0'), groups[0], groups[1]};
}

Reply ParseReply(std::string_view text) {
  Reply reply;
  text = Trim(text);
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

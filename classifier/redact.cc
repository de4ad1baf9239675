// Two passes: addresses by their '@', then the recipient's name by itself. Both read the reply as bytes;
// bytes beyond ASCII may be part of a local part (RFC 6531) and are taken with it.
#include "classifier/redact.h"

#include <algorithm>

#include "classifier/text.h"

namespace bouncewatch {
namespace {

constexpr std::string_view kGone = "***";
constexpr size_t kMaxReply = 4096;
constexpr size_t kMaxName = 128;  // RFC 5321 4.5.3.1.1 says 64
constexpr size_t kShortName = 3;  // shorter ones are words of any language: "a", "no"

bool IsNameByte(char c) {
  return IsAlnum(c) || static_cast<unsigned char>(c) >= 0x80;
}

// RFC 5321 4.1.2, atext and dot. In a URL most of these separate things.
bool IsLocalByte(char c, bool in_url) {
  if (IsNameByte(c)) return true;
  return std::string_view(in_url ? ".-_+~" : ".-_+~!#$%&'*/=?^`{|}").find(c) != std::string_view::npos;
}

// What stands before the byte that a scan has reached: whether it is part of a URL, and the last two quotes.
class Left {
 public:
  void Pass(std::string_view text, size_t at) {
    const char c = text[at];
    if (c == ' ' || c == '<' || c == '>' || c == '"' || static_cast<unsigned char>(c) < 0x20) in_url_ = false;
    if (c == '?' || text.substr(at, 3) == "://") in_url_ = true;
    if (c == '"') {
      quote_before_ = quote_;
      quote_ = at;
    }
  }
  bool in_url() const { return in_url_; }
  // Where a quoted text begins that ends before `at`; npos: none does.
  size_t QuotedBegin(size_t at) const { return at > 0 && quote_ == at - 1 ? quote_before_ : npos; }

 private:
  static constexpr size_t npos = std::string_view::npos;
  bool in_url_ = false;
  size_t quote_ = npos, quote_before_ = npos;
};

// Where the local part begins of the address whose "@" is at `at`, not before `first`; `at` when there is
// none.
size_t LocalBegin(std::string_view text, size_t first, size_t at, const Left& left) {
  const size_t quoted = left.QuotedBegin(at);
  if (quoted != text.npos) return std::max(quoted, first);
  size_t begin = at;
  while (begin > first && IsLocalByte(text[begin - 1], left.in_url())) --begin;
  return begin;
}

// The size of the "@" at `at`, written as such or as in a URL; 0: there is none.
size_t AtSize(std::string_view text, size_t at) {
  if (text[at] == '@') return 1;
  return text.substr(at, 3) == "%40" ? 3 : 0;
}

std::string WithoutLocalParts(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  size_t copied = 0;
  Left left;
  for (size_t i = 0; i < text.size(); ++i) {
    if (AtSize(text, i) != 0) {
      const size_t begin = LocalBegin(text, copied, i, left);
      if (begin < i) {
        out.append(text.substr(copied, begin - copied)).append(kGone);
        copied = i;
      }
    }
    left.Pass(text, i);
  }
  return out.append(text.substr(copied));
}

bool StandsAlone(std::string_view text, size_t begin, size_t end) {
  return (begin == 0 || !IsNameByte(text[begin - 1])) && (end == text.size() || !IsNameByte(text[end]));
}

bool IsEnclosed(std::string_view text, size_t begin, size_t end) {
  constexpr std::string_view kOpen = "<([\"'`", kClose = ">)]\"''";
  if (begin == 0 || end == text.size()) return false;
  const size_t pair = kOpen.find(text[begin - 1]);
  return pair != kOpen.npos && text[end] == kClose[pair];
}

// Takes out `name` where it is no part of a longer word, whatever its case.
void RemoveName(std::string_view name, std::string* text) {
  if (name.empty()) return;
  const std::string lower = AsciiLower(*text), wanted = AsciiLower(name);
  std::string out;
  size_t copied = 0;
  for (size_t at = lower.find(wanted); at != lower.npos; at = lower.find(wanted, at + wanted.size())) {
    const size_t end = at + wanted.size();
    if (!StandsAlone(*text, at, end) || (name.size() < kShortName && !IsEnclosed(*text, at, end))) continue;
    out.append(*text, copied, at - copied).append(kGone);
    copied = end;
  }
  if (copied == 0) return;
  *text = out.append(*text, copied);
}

void RemoveSubject(std::string* text) {
  constexpr std::string_view kKey = "subject:";
  const size_t at = AsciiLower(*text).find(kKey);
  if (at != text->npos) text->replace(at + kKey.size(), text->npos, " " + std::string(kGone));
}

}  // namespace

std::string Redact(std::string_view reply, std::string_view recipient) {
  std::string text = WithoutLocalParts(reply.substr(0, kMaxReply));
  std::string_view name = recipient.substr(0, recipient.rfind('@')).substr(0, kMaxName);
  if (name.size() >= 2 && name.starts_with('"') && name.ends_with('"'))
    name = name.substr(1, name.size() - 2);
  RemoveName(name, &text);
  RemoveName(name.substr(0, name.find('+')), &text);  // a subaddress is delivered to the name before it
  RemoveSubject(&text);
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  if (text.size() > kMaxRedacted) text.resize(kMaxRedacted);
  return text;
}

}  // namespace bouncewatch

#include "classifier/mask_token.h"

#include <algorithm>

#include "classifier/mask_names.h"
#include "classifier/mask_shapes.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

constexpr size_t kMinIdLength = 6;       // shorter mixes of letters and digits are words: mx1, utf8
constexpr size_t kMinBase64Length = 16;  // from here on an id takes '+', '/' and '=' with it
constexpr size_t kMaxAddressLength = 320;

bool IsJoint(char c) {
  return ByteIs(c, kHasDot | kHasJoint);
}

// The placeholder at the start of `text`, with its brackets, or empty.
std::string_view PlaceholderAt(std::string_view text) {
  for (std::string_view name : {"<addr>", "<ip>", "<host>", "<id>", "<n>"}) {
    if (text.starts_with(name)) return name;
  }
  return {};
}

// "to=joe@x": the key is a word of the log, not a part of the address. In a query any word is a key.
bool IsAddressKey(std::string_view key, bool in_query) {
  if (in_query) return !key.empty() && std::all_of(key.begin(), key.end(), IsAlpha);
  for (std::string_view name : {"to", "from", "rcpt", "sender", "email", "mail", "address", "addr", "user",
                                "recipient", "mailfrom", "rcptto", "id", "envelope"}) {
    if (EqualsIgnoreCase(key, name)) return true;
  }
  return false;
}

}  // namespace

size_t TokenMasker::MaskToken(size_t begin, size_t end) {
  token_begin_ = begin;
  pos_ = begin;
  end_ = end;
  mode_ = Mode::kProse;
  has_at_ = text_has_at_ && Sub(begin, end).find('@') != std::string_view::npos;
  no_address_before_ = begin;
  while (pos_ < end_) {
    const char c = text_[pos_];
    if (c == '<' && (TryPlaceholder() || TryBracketedAddress())) continue;
    if (has_at_ && TryAddress()) continue;
    if (IsDigit(c) && mode_ == Mode::kProse && (TryReplyCode() || TryEnhancedCode())) continue;
    if (MayBeIpv6() && TryIpv6()) continue;
    if (IsAlpha(c) && mode_ == Mode::kProse && TryUrl()) continue;
    if (IsAlnum(c) || ((c == '*' || c == '#') && IsHostWildcard())) {
      MaskAtom();
      continue;
    }
    if (c == '"' || c == '>') mode_ = Mode::kProse;
    out_.push_back(c);
    ++pos_;
  }
  return end_;
}

void TokenMasker::Put(std::string_view placeholder) {
  while (!out_.empty() && out_.back() == '<' && At(pos_) == '>') {
    out_.pop_back();
    ++pos_;
  }
  out_.append(placeholder);
}

bool TokenMasker::TryPlaceholder() {
  const std::string_view placeholder = PlaceholderAt(Sub(pos_, end_));
  if (placeholder.empty()) return false;
  pos_ += placeholder.size();
  if (placeholder == "<host>") {
    std::string_view rest;
    if (At(pos_) == '.' && IsAlnum(At(pos_ + 1))) rest = Sub(pos_ + 1, AtomEnd(pos_ + 1));
    if (!rest.empty()) pos_ += 1 + rest.size();
    WriteHost(rest, Labels::kMoreBefore);
  } else {
    Put(placeholder);
  }
  return true;
}

bool TokenMasker::TryBracketedAddress() {
  if (!has_at_) return false;
  const std::string_view inner = Sub(pos_ + 1, std::min(end_, pos_ + kMaxAddressLength));
  const size_t close = inner.find_first_of("<>");
  if (close == std::string_view::npos || inner[close] != '>') return false;
  const std::string_view address = inner.substr(0, close);
  if (address.find('@') == std::string_view::npos || address.find("://") != std::string_view::npos)
    return false;
  pos_ += close + 2;
  Put("<addr>");
  return true;
}

bool TokenMasker::TryAddress() {
  if (pos_ < no_address_before_) return false;
  size_t at = pos_;
  while (at < end_ && ByteIs(text_[at], kLocalPart)) ++at;
  const bool quoted = at == pos_ && text_[pos_] == '"' && At(pos_ + 1) == '@';
  if (quoted) ++at;
  no_address_before_ = at;
  if (at >= end_ || text_[at] != '@' || at == pos_) return false;
  const size_t domain_end = DomainEnd(at + 1);
  if (domain_end == at + 1) return false;
  if (quoted) {
    // The local part is already written, words and all: take it back from its opening quote on.
    const size_t open = out_.rfind('"');
    if (open != std::string::npos && out_.size() - open <= kMaxAddressLength) {
      out_.resize(open);
      if (open < first_code_end_) first_code_ = {};
      mode_ = Mode::kProse;
    }
  } else {
    size_t skip = 0;
    while (text_[pos_ + skip] == '\'' || text_[pos_ + skip] == '`') ++skip;
    const size_t equals = Sub(pos_, at).find('=');
    if (equals != std::string_view::npos && IsAddressKey(Sub(pos_, pos_ + equals), mode_ != Mode::kProse)) {
      skip = equals + 1;
    }
    out_.append(Sub(pos_, pos_ + skip));
  }
  pos_ = domain_end;
  Put("<addr>");
  return true;
}

size_t TokenMasker::DomainEnd(size_t begin) const {
  if (At(begin) == '[') {
    const size_t close = Sub(begin, std::min(end_, begin + 64)).find(']');
    if (close != std::string_view::npos) return begin + close + 1;
  }
  size_t end = begin;
  while (end < end_ && ByteIs(text_[end], kDomainPart)) ++end;
  while (end > begin && IsJoint(text_[end - 1])) --end;
  return end;
}

bool TokenMasker::TryUrl() {
  size_t colon = pos_;
  while (colon < end_ && colon - pos_ < 8 && IsAlpha(text_[colon])) ++colon;
  if (colon - pos_ < 2 || !Sub(colon, end_).starts_with("://")) return false;
  out_.append(Sub(pos_, colon + 3));
  pos_ = colon + 3;
  mode_ = Mode::kUnknownUrl;
  if (At(pos_) == '<' && TryPlaceholder()) {
    if (!out_.ends_with('>')) mode_ = Mode::kKnownUrl;
    return true;
  }
  const size_t end = AtomEnd(pos_);
  if (end > pos_ && IsHostName(Sub(pos_, end))) {
    const std::string_view host = Sub(pos_, end);
    pos_ = end;
    WriteHost(host, Labels::kAll);
    if (!out_.ends_with('>')) mode_ = Mode::kKnownUrl;
  }
  return true;
}

// A cheap look that spares most atoms TryIpv6: up to four hexadecimal digits and a colon.
bool TokenMasker::MayBeIpv6() const {
  for (size_t i = pos_; i < pos_ + 5; ++i) {
    const char c = At(i);
    if (c == ':') return true;
    if (!IsHexDigit(c)) break;
  }
  return ToLower(text_[pos_]) == 'i' && At(pos_ + 4) == ':';
}

bool TokenMasker::TryIpv6() {
  if (text_[pos_] == ':' && pos_ > token_begin_) {  // "::1", but not the end of "Mail::1" or "<id>::1"
    const char previous = text_[pos_ - 1];
    if (IsAlnum(previous) || previous == ':' || previous == '>') return false;
  }
  size_t skip = 0;
  if (ToLower(text_[pos_]) == 'i' && EqualsIgnoreCase(Sub(pos_, std::min(end_, pos_ + 5)), "IPv6:")) skip = 5;
  const size_t length = Ipv6Length(Sub(pos_ + skip, end_));
  if (length == 0) return false;
  pos_ += skip + length;
  SkipPrefixLength();
  Put("<ip>");
  return true;
}

// "/24" after an address: the netblock is as variable as the address.
void TokenMasker::SkipPrefixLength() {
  if (At(pos_) != '/' || !IsDigit(At(pos_ + 1))) return;
  size_t end = pos_ + 1;
  while (end < end_ && IsDigit(text_[end])) ++end;
  if (end - pos_ <= 4 && !IsAlnum(At(end))) pos_ = end;
}

bool TokenMasker::TryReplyCode() {
  const std::string_view code = Sub(pos_, std::min(end_, pos_ + 3));
  if (code.size() != 3 || code[0] < '2' || code[0] > '5' || !IsDigit(code[1]) || !IsDigit(code[2]))
    return false;
  const char next = At(pos_ + 3);
  if (IsAlnum(next) || next == '_' || (next == '.' && IsDigit(At(pos_ + 4)))) return false;
  if (!IsCodePosition()) return false;
  out_.append(code);
  if (first_code_.empty()) {
    first_code_ = code;
    first_code_end_ = out_.size();
  }
  pos_ += 3;
  if (next == '-') {
    out_.push_back('-');
    ++pos_;
  }
  return true;
}

bool TokenMasker::IsCodePosition() const {
  if (pos_ == 0) return true;
  const char previous = text_[pos_ - 1];
  if (IsAlnum(previous) || IsJoint(previous) || previous == '/') return false;
  const char next = At(pos_ + 3);
  if (next == '-') {
    const char after = At(pos_ + 4);
    return !IsDigit(after) || EnhancedLength(text_.substr(pos_ + 4)) > 0;
  }
  if (text_[pos_ + 1] > '5') return false;  // 250, 421, 554: the second digit is small
  if (!first_code_.empty() && Sub(pos_, pos_ + 3) == first_code_) return true;
  if (next == ' ' || next == ':') {
    size_t code = pos_ + 4;
    while (code < text_.size() && code < pos_ + 7 && std::string_view("#([:- ").find(text_[code]) < 6) ++code;
    const std::string_view rest = text_.substr(std::min(code, text_.size()));
    // "550 5.7.1@example.org" is an address after a number.
    if (EnhancedLength(rest) > 0 && rest.substr(0, rest.find(' ')).find('@') == std::string_view::npos)
      return true;
  }
  if (previous ==
      ':') {  // "code:550", but neither a time nor what follows a placeholder, written or yet to be
    const char before = out_.size() < 2 ? ' ' : out_[out_.size() - 2];
    return !IsDigit(before) && before != '>';
  }
  if (std::string_view("\"'([;=#<").find(previous) != std::string_view::npos) return true;
  return FollowsCodeWord();
}

bool TokenMasker::FollowsCodeWord() const {
  if (pos_ != token_begin_ || pos_ < 2) return false;
  const size_t blank = text_.rfind(' ', pos_ - 2);
  const size_t begin = blank == std::string_view::npos ? 0 : blank + 1;
  const std::string_view word = Sub(begin, pos_ - 1);
  if (word.ends_with(':') || word == "->") return text_[pos_] >= '4';
  for (std::string_view name : {"error", "code", "status", "reply", "response", "returned", "said", "smtp"}) {
    if (EqualsIgnoreCase(word, name)) return true;
  }
  return false;
}

bool TokenMasker::TryEnhancedCode() {
  const size_t length = EnhancedLength(Sub(pos_, end_));
  if (length == 0) return false;
  out_.append(Sub(pos_, pos_ + length));
  pos_ += length;
  return true;
}

size_t TokenMasker::AtomEnd(size_t begin) const {
  size_t end = begin;
  while (end < end_) {
    if (!ByteIs(text_[end], kHasDigit | kHasLetter) && text_[end] != '_') {
      if (!IsJoint(text_[end]) || end == begin || end + 1 >= end_ || !IsAlnum(text_[end + 1])) break;
    }
    ++end;
  }
  return end;
}

// "#.prod.outlook.com", "*.example.org": how documents print a host they hide.
bool TokenMasker::IsHostWildcard() const {
  return At(pos_ + 1) == '.' && IsAlpha(At(pos_ + 2)) && IsHostName(Sub(pos_ + 2, AtomEnd(pos_ + 2)));
}

void TokenMasker::MaskAtom() {
  if (!IsAlnum(text_[pos_])) {
    const std::string_view host = Sub(pos_ + 2, AtomEnd(pos_ + 2));
    pos_ += 2 + host.size();
    WriteHost(host, Labels::kMoreBefore);
    return;
  }
  const std::string_view atom = Sub(pos_, AtomEnd(pos_));
  const unsigned traits = AtomTraits(atom);
  const size_t begin = pos_;
  pos_ += atom.size();
  if ((traits & (kHasDigit | kHasDot)) == 0) {
    out_.append(atom);
  } else if ((traits & kHasDot) != 0 && IsIpv4(atom)) {
    MaskIpv4(atom);
  } else if (mode_ != Mode::kProse) {
    MaskUrlAtom(atom, traits);
  } else if ((traits & kHasDot) != 0 && IsHostName(atom)) {
    WriteHost(atom, Labels::kAll);
  } else if ((traits & kHasDigit) == 0) {
    out_.append(atom);
  } else if ((traits & kHasLetter) == 0) {
    MaskNumber(atom, begin);
  } else {
    MaskMixed(atom);
  }
}

void TokenMasker::MaskIpv4(std::string_view ip) {
  if (IsDnsblAnswer(ip)) {
    out_.append(ip);
    return;
  }
  SkipPrefixLength();
  Put("<ip>");
}

void TokenMasker::WriteHost(std::string_view host, Labels labels) {
  const size_t known = KnownNameSuffix(host);
  if (mode_ == Mode::kProse && At(pos_) == '/') mode_ = known == 0 ? Mode::kUnknownUrl : Mode::kKnownUrl;
  if (known == 0) {
    Put("<host>");
    return;
  }
  // One label in front of a known name tells its zones and offices apart (zen., prod., support.); machine
  // names with digits do not count, but the numbered zones of blocklists do (dnsbl-1.).
  size_t begin = host.size() - known;
  if (begin > 0) {
    const size_t dot = begin >= 2 ? host.rfind('.', begin - 2) : std::string_view::npos;
    const size_t label = dot == std::string_view::npos ? 0 : dot + 1;
    if (IsTellingLabel(host.substr(label, begin - 1 - label))) begin = label;
  }
  if (begin > 0 || labels == Labels::kMoreBefore) out_.append("<host>.");
  out_.append(host.substr(begin));
}

bool TokenMasker::KeepsNumber(std::string_view number, size_t begin) const {
  const char before = begin > 0 ? text_[begin - 1] : ' ';
  const char after = At(pos_);
  if (before == '#') return number.size() <= 4;
  const bool signed_number =
      before == '-' && begin > 1 && (text_[begin - 2] == '[' || text_[begin - 2] == '(');
  const char open = signed_number ? text_[begin - 2] : before;
  const bool enclosed = (open == '[' && after == ']') || (open == '(' && after == ')');
  if (enclosed && number.size() <= 3) return true;
  if (!enclosed && after != ')') return false;
  if (enclosed && number.size() == 6 && number[3] == '.') return true;  // "(554.30)"
  if (open == '(' && number.size() <= 5 && Sub(0, begin - 1).ends_with("AS")) return true;
  return after == ')' && number.size() <= 3 && begin >= 6 &&
         EqualsIgnoreCase(Sub(begin - 6, begin), "(code ");
}

void TokenMasker::MaskNumber(std::string_view number, size_t begin) {
  if (KeepsNumber(number, begin)) {
    out_.append(number);
  } else {
    Put("<n>");
  }
}

void TokenMasker::MaskMixed(std::string_view atom) {
  if (IsDate(atom)) {
    while (pos_ < end_ && (IsDigit(text_[pos_]) || std::string_view(":.+Z").find(text_[pos_]) < 4)) ++pos_;
    while (text_[pos_ - 1] == ':' || text_[pos_ - 1] == '.') --pos_;
    Put("<n>");
    return;
  }
  if (out_.ends_with("AUP#") || atom.size() < kMinIdLength || IsVendorToken(atom) || IsPlainWord(atom)) {
    out_.append(atom);
    return;
  }
  if (atom.size() >= kMinBase64Length) {
    while (pos_ < end_ && (IsAlnum(text_[pos_]) || std::string_view("+/=_-").find(text_[pos_]) < 5)) ++pos_;
  }
  Put("<id>");
}

// Paths and queries keep words and, under a known host, the numbers of articles and listings.
void TokenMasker::MaskUrlAtom(std::string_view atom, unsigned traits) {
  if ((traits & kHasDot) != 0 && IsFileName(atom)) {
    const size_t dot = atom.rfind('.');
    if (IsIpv4(atom.substr(0, dot))) {
      out_.append("<ip>").append(atom.substr(dot));
      return;
    }
  } else if ((traits & kHasDot) != 0 && IsHostName(atom)) {
    WriteHost(atom, Labels::kAll);
    return;
  }
  if ((traits & kHasDigit) == 0) {
    out_.append(atom);
    return;
  }
  const size_t digits_max = mode_ == Mode::kKnownUrl ? 8 : 4;
  bool keep = IsVendorToken(atom) || mode_ == Mode::kKnownUrl || (traits & kHasJoint) == 0;
  for (size_t begin = 0; keep && begin < atom.size();) {
    const size_t end = std::min(atom.find_first_of("._-", begin), atom.size());
    const std::string_view piece = atom.substr(begin, end - begin);
    const unsigned piece_traits = AtomTraits(piece);
    if (piece_traits == kHasDigit) keep = piece.size() <= digits_max;
    if (piece_traits == (kHasDigit | kHasLetter)) keep = piece.size() < kMinIdLength || IsVendorToken(piece);
    begin = end + 1;
  }
  if (keep) {
    out_.append(atom);
  } else {
    Put((traits & kHasLetter) == 0 ? "<n>" : "<id>");
  }
}

}  // namespace bouncewatch

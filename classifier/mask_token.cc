#include "classifier/mask_token.h"

#include <algorithm>

#include "classifier/mask_shapes.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

constexpr size_t kMaxAddressLength = 320;
constexpr size_t kMaxSchemeLength = 8;

// The placeholder at the start of `text`, with its brackets, or empty.
std::string_view PlaceholderAt(std::string_view text) {
  for (std::string_view name : {"<addr>", "<ip>", "<host>", "<id>", "<n>"}) {
    if (text.size() > 1 && text[1] == name[1] && text.starts_with(name)) return text.substr(0, name.size());
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
  has_at_ = text_.has_at() && Sub(begin, end).find('@') != std::string_view::npos;
  has_angle_ = text_.has_angle() && Sub(begin, end).find('<') != std::string_view::npos;
  no_address_before_ = begin;
  while (pos_ < end_) {
    const char c = data_[pos_];
    if (c == '<' && (TryPlaceholder() || TryBracketedAddress())) continue;
    if (has_at_ && TryAddress()) continue;
    if (ByteIs(c, kHasDigit | kHasLetter)) {
      if (!IsDigit(c) || !TryNumeric()) MaskWord();
      if (pos_ >= end_ || RestIsPlain()) break;
      continue;
    }
    if (c == ':' && TryIpv6()) continue;
    if ((c == '*' || c == '#') && TryHostWildcard()) continue;
    if (c == '"' || c == '>') mode_ = Mode::kProse;
    out_.Append(c);
    ++pos_;
  }
  return pos_;
}

// Whether nothing is left to take out of the token: no digit, no '@', no dot inside and no placeholder.
bool TokenMasker::RestIsPlain() const {
  const size_t suspect = text_.NextSuspect(pos_);
  const bool last_dot = data_[suspect] == '.' && suspect + 1 == end_;
  return (suspect >= end_ || last_dot) && !has_angle_;
}

void TokenMasker::DropAngles() {
  while (data_[pos_] == '>' && !out_.empty() && out_.back() == '<') {
    out_.pop_back();
    ++pos_;
  }
}

bool TokenMasker::TryPlaceholder() {
  const std::string_view placeholder = PlaceholderAt(Sub(pos_, end_));
  if (placeholder.empty()) return false;
  pos_ += placeholder.size();
  if (placeholder == "<host>") {
    std::string_view rest;
    if (data_[pos_] == '.' && IsAlnum(data_[pos_ + 1])) rest = AtomAt(pos_ + 1);
    if (!rest.empty()) pos_ += 1 + rest.size();
    WriteHost(rest, Labels::kMoreBefore);
  } else {
    DropAngles();
    Copy(placeholder);
  }
  return true;
}

bool TokenMasker::TryBracketedAddress() {
  if (!has_at_) return false;
  const std::string_view rest = Sub(pos_ + 1, std::min(end_, pos_ + kMaxAddressLength));
  const size_t length = rest.find('>');
  if (length == std::string_view::npos) return false;
  const std::string_view address = rest.substr(0, length);
  if (address.find('@') == std::string_view::npos || address.find('<') != std::string_view::npos)
    return false;
  if (address.find("://") != std::string_view::npos) return false;
  pos_ += length + 2;
  Put("<addr>");
  return true;
}

bool TokenMasker::TryAddress() {
  if (pos_ < no_address_before_) return false;
  size_t at = pos_;
  while (at < end_ && ByteIs(data_[at], kLocalPart)) ++at;
  const bool quoted = at == pos_ && data_[pos_] == '"' && data_[pos_ + 1] == '@';
  if (quoted) ++at;
  no_address_before_ = at;
  if (at >= end_ || data_[at] != '@' || at == pos_) return false;
  const size_t domain_end = DomainEnd(at + 1);
  if (domain_end == at + 1) return false;
  if (quoted) {
    // The local part is already written, words and all: take it back from its opening quote on.
    const size_t open = out_.view().rfind('"');
    if (open != std::string::npos && out_.size() - open <= kMaxAddressLength) {
      out_.Truncate(open);
      if (open < first_code_end_) first_code_ = {};
      mode_ = Mode::kProse;
    }
  } else {
    size_t skip = 0;
    while (data_[pos_ + skip] == '\'' || data_[pos_ + skip] == '`') ++skip;
    const size_t equals = Sub(pos_, at).find('=');
    if (equals != std::string_view::npos && IsAddressKey(Sub(pos_, pos_ + equals), mode_ != Mode::kProse)) {
      skip = equals + 1;
    }
    Copy(Sub(pos_, pos_ + skip));
  }
  pos_ = domain_end;
  Put("<addr>");
  return true;
}

// A literal ("[192.0.2.1]") goes up to its bracket or as far as it can be one, however long it is: a limit in
// bytes would fit what is left of a longer one once it has been masked.
size_t TokenMasker::DomainEnd(size_t begin) const {
  size_t end = begin;
  if (data_[begin] == '[') {
    ++end;
    while (end < end_ && std::string_view("[]@").find(data_[end]) == std::string_view::npos) ++end;
    if (end < end_ && data_[end] == ']') return end + 1;
    return end == begin + 1 ? begin : end;
  }
  while (end < end_ && ByteIs(data_[end], kDomainPart)) ++end;
  while (end > begin && ByteIs(data_[end - 1], kHasDot | kHasJoint)) --end;
  return end;
}

void TokenMasker::MaskUrlStart(size_t colon) {
  Copy(Sub(pos_, colon + 3));
  pos_ = colon + 3;
  mode_ = Mode::kUnknownUrl;
  if (data_[pos_] != '<' || !TryPlaceholder()) {
    const std::string_view host = AtomAt(pos_);
    if (!IsHostName(host)) return;
    pos_ += host.size();
    WriteHost(host, Labels::kAll);
  }
  if (out_.back() != '>') mode_ = Mode::kKnownUrl;
}

// What begins with a letter, and numbers that are no codes: an IPv6 address, a URL or an atom.
void TokenMasker::MaskWord() {
  const Atom shape = text_.AtomAt(pos_);
  const size_t end = pos_ + shape.size;
  if (data_[end] == ':') {
    if (shape.size <= 4 && TryIpv6()) return;
    if (mode_ == Mode::kProse && data_[end + 1] == '/' && data_[end + 2] == '/' && shape.size >= 2 &&
        shape.size <= kMaxSchemeLength && AtomTraits(Sub(pos_, end)) == kHasLetter) {
      MaskUrlStart(end);
      return;
    }
  }
  MaskAtom(shape);
}

bool TokenMasker::TryNumeric() {
  if (mode_ == Mode::kProse) {
    if (data_[pos_ + 1] == '.' ? TryEnhancedCode() : TryReplyCode()) return true;
  }
  return TryIpv4();
}

bool TokenMasker::TryIpv4() {
  const size_t length = Ipv4Length(data_ + pos_);
  if (length == 0) return false;
  const std::string_view ip = Sub(pos_, pos_ + length);
  const char next = data_[pos_ + length];
  if (IsAlnum(next) || next == '_' || ((next == '.' || next == '-') && IsAlnum(data_[pos_ + length + 1]))) {
    return false;  // the beginning of a longer atom
  }
  pos_ += length;
  if (IsDnsblAnswer(ip)) {
    Copy(ip);
    return true;
  }
  SkipPrefixLength();
  Put("<ip>");
  return true;
}

bool TokenMasker::TryIpv6() {
  if (data_[pos_] == ':' && pos_ > token_begin_) {  // "::1", but not the end of "Mail::1" or "<id>::1"
    const char previous = data_[pos_ - 1];
    if (IsAlnum(previous) || previous == ':' || previous == '>') return false;
  }
  size_t skip = 0;
  if (ToLower(data_[pos_]) == 'i' && EqualsIgnoreCase(Sub(pos_, std::min(end_, pos_ + 5)), "IPv6:")) skip = 5;
  const size_t length = Ipv6Length(Sub(pos_ + skip, end_));
  if (length == 0) return false;
  pos_ += skip + length;
  SkipPrefixLength();
  Put("<ip>");
  return true;
}

// "/24" after an address: the netblock is as variable as the address.
void TokenMasker::SkipPrefixLength() {
  if (data_[pos_] != '/' || !IsDigit(data_[pos_ + 1])) return;
  size_t end = pos_ + 1;
  while (end < end_ && IsDigit(data_[end])) ++end;
  if (end - pos_ <= 4 && !IsAlnum(data_[end])) pos_ = end;
}

}  // namespace bouncewatch

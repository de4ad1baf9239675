// Atoms: runs of letters and digits with '.', '-', '_' between them, judged by their shape and their
// neighbours.
#include <algorithm>

#include "classifier/mask_names.h"
#include "classifier/mask_shapes.h"
#include "classifier/mask_token.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

constexpr size_t kMinIdLength = 6;       // shorter mixes of letters and digits are words: mx1, utf8
constexpr size_t kMinBase64Length = 16;  // from here on an id takes '+', '/' and '=' with it

}  // namespace

// "#.prod.outlook.com", "*.example.org": how documents print a host they hide.
bool TokenMasker::TryHostWildcard() {
  if (data_[pos_ + 1] != '.' || !IsAlpha(data_[pos_ + 2])) return false;
  const std::string_view host = AtomAt(pos_ + 2);
  if (!IsHostName(host)) return false;
  pos_ += 2 + host.size();
  WriteHost(host, Labels::kMoreBefore);
  return true;
}

void TokenMasker::MaskAtom(const Atom& shape) {
  const std::string_view atom = Sub(pos_, pos_ + shape.size);
  const size_t begin = pos_;
  pos_ += atom.size();
  if ((shape.traits & (kHasDigit | kHasDot)) == 0) {
    Copy(atom);
  } else if (mode_ != Mode::kProse) {
    MaskUrlAtom(atom, shape);
  } else if ((shape.traits & kHasDot) != 0 && (shape.traits & kHasLetter) != 0 && IsHostName(atom)) {
    WriteHost(atom, Labels::kAll);
  } else if ((shape.traits & kHasDigit) == 0) {
    Copy(atom);
  } else if ((shape.traits & kHasLetter) == 0) {
    MaskNumber(atom, begin);
  } else {
    MaskMixed(atom);
  }
}

// What stands behind the brackets of "<mx.example.org>" is a blank or a mark that every pass leaves alone. A
// name that goes on there ("<a.example>.b", "<a.example>joe@b.example") keeps them: without, the next pass
// would take both for one.
bool TokenMasker::EndsBehindBracket() const {
  size_t end = pos_;
  while (data_[end] == '>') ++end;
  if (data_[end] == '.') return data_[end + 1] == ' ';
  return std::string_view(" ,;:)]").find(data_[end]) != std::string_view::npos;
}

void TokenMasker::WriteHost(std::string_view host, Labels labels) {
  const size_t known = KnownNameSuffix(host);
  if (mode_ == Mode::kProse && data_[pos_] == '/') mode_ = known == 0 ? Mode::kUnknownUrl : Mode::kKnownUrl;
  if (known == 0) {
    if (data_[pos_] == '>' && EndsBehindBracket()) DropAngles();
    out_.AppendLiteral("<host>");
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
  if (begin > 0 || labels == Labels::kMoreBefore) out_.AppendLiteral("<host>.");
  Copy(host.substr(begin));
}

bool TokenMasker::KeepsNumber(std::string_view number, size_t begin) const {
  const char before = begin > 0 ? data_[begin - 1] : ' ';
  const char after = data_[pos_];
  if (before == '#') return number.size() <= 4;
  const bool signed_number =
      before == '-' && begin > 1 && (data_[begin - 2] == '[' || data_[begin - 2] == '(');
  const char open = signed_number ? data_[begin - 2] : before;
  const bool enclosed = (open == '[' && after == ']') || (open == '(' && after == ')');
  if (enclosed && number.size() <= 3) return true;
  if (!enclosed && after != ')') return false;
  if (enclosed && number.size() == 6 && number[3] == '.') return true;  // "(554.30)"
  // As written: "A021AS" is an id, and "<id>(123)" tells nobody of Microsoft's filter.
  if (open == '(' && number.size() <= 5 && out_.view().ends_with("AS(")) return true;
  return after == ')' && number.size() <= 3 && begin >= 6 &&
         EqualsIgnoreCase(Sub(begin - 6, begin), "(code ");
}

void TokenMasker::MaskNumber(std::string_view number, size_t begin) {
  if (KeepsNumber(number, begin)) {
    Copy(number);
  } else {
    Put("<n>");
  }
}

void TokenMasker::MaskMixed(std::string_view atom) {
  if (IsDate(atom)) {
    while (pos_ < end_ && (IsDigit(data_[pos_]) || std::string_view(":.+Z").find(data_[pos_]) < 4)) ++pos_;
    while (data_[pos_ - 1] == ':' || data_[pos_ - 1] == '.') --pos_;
    Put("<n>");
    return;
  }
  if (out_.view().ends_with("AUP#") || atom.size() < kMinIdLength || IsVendorToken(atom) ||
      IsPlainWord(atom)) {
    Copy(atom);
    return;
  }
  if (atom.size() >= kMinBase64Length) {
    while (ByteIs(data_[pos_], kBase64)) ++pos_;
  }
  Put("<id>");
}

// Paths and queries keep words and, under a known host, the numbers of articles and listings.
void TokenMasker::MaskUrlAtom(std::string_view atom, const Atom& shape) {
  if ((shape.traits & kHasDot) != 0 && IsFileName(atom)) {
    const size_t dot = atom.rfind('.');
    if (Ipv4Length(atom.data()) == dot) {
      out_.AppendLiteral("<ip>");
      Copy(atom.substr(dot));
      return;
    }
  } else if ((shape.traits & kHasDot) != 0 && IsHostName(atom)) {
    WriteHost(atom, Labels::kAll);
    return;
  }
  if ((shape.traits & kHasDigit) == 0) {
    Copy(atom);
    return;
  }
  const size_t digits_max = mode_ == Mode::kKnownUrl ? 8 : 4;
  bool keep = IsVendorToken(atom) || mode_ == Mode::kKnownUrl || (AtomTraits(atom) & kHasJoint) == 0;
  for (size_t begin = 0; keep && begin < atom.size();) {
    const size_t end = std::min(atom.find_first_of("._-", begin), atom.size());
    const std::string_view piece = atom.substr(begin, end - begin);
    const unsigned piece_traits = AtomTraits(piece);
    if (piece_traits == kHasDigit) keep = piece.size() <= digits_max;
    if (piece_traits == (kHasDigit | kHasLetter)) keep = piece.size() < kMinIdLength || IsVendorToken(piece);
    begin = end + 1;
  }
  if (keep) {
    Copy(atom);
  } else if ((shape.traits & kHasLetter) != 0) {
    Put("<id>");
  } else {
    Put("<n>");
  }
}

}  // namespace bouncewatch

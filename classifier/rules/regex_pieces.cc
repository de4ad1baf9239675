#include "classifier/rules/regex_pieces.h"

#include <charconv>
#include <utility>

#include "absl/strings/str_format.h"
#include "classifier/status_macros.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

constexpr size_t kMaxRegex = 4096;
constexpr int kMaxDepth = 20;
constexpr int kMaxCount = 1000;
constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kWordBytes = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
constexpr std::string_view kSpaces = " \t\r\n\f\v";

absl::Status Unknown(std::string_view what) {
  return absl::InvalidArgumentError(absl::StrFormat("%s has no counterpart", what));
}

class Parser {
 public:
  explicit Parser(std::string_view regex) : rest_(regex) {}

  absl::StatusOr<RegexSequence> Parse() {
    ASSIGN_OR_RETURN(std::vector<RegexSequence> alternatives, Alternatives(0));
    if (!rest_.empty()) return absl::InvalidArgumentError("a \")\" too many");
    if (alternatives.size() == 1) return std::move(alternatives[0]);
    RegexPiece group;
    group.kind = RegexPiece::Kind::kGroup;
    group.alternatives = std::move(alternatives);
    return RegexSequence{std::move(group)};
  }

 private:
  bool Take(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }

  absl::StatusOr<std::vector<RegexSequence>> Alternatives(int depth) {
    if (depth > kMaxDepth) return absl::InvalidArgumentError("groups too deep");
    std::vector<RegexSequence> all(1);
    while (!rest_.empty() && rest_.front() != ')') {
      if (Take("|")) {
        all.emplace_back();
        continue;
      }
      ASSIGN_OR_RETURN(RegexPiece piece, Piece(depth));
      RETURN_IF_ERROR(Count(&piece));
      const bool flags = piece.kind == RegexPiece::Kind::kGroup && piece.alternatives.empty();
      if (!flags) all.back().push_back(std::move(piece));
    }
    return all;
  }

  absl::StatusOr<RegexPiece> Piece(int depth) {
    RegexPiece piece;
    if (Take("(")) return Group(depth);
    if (rest_.front() == '[') return Class();
    if (rest_.front() == '\\') return Escape();
    if (Take("^")) {
      piece.kind = RegexPiece::Kind::kBegin;
    } else if (Take("$")) {
      piece.kind = RegexPiece::Kind::kEnd;
    } else if (Take(".")) {
      piece.bytes.set();
      piece.source = ".";
    } else if (std::string_view("*+?").find(rest_.front()) != std::string_view::npos) {
      return absl::InvalidArgumentError("a count without anything to count");
    } else {
      piece = Literal(rest_.front());
      rest_.remove_prefix(1);
    }
    return piece;
  }

  static RegexPiece Literal(char c) {
    RegexPiece piece;
    piece.bytes.set(static_cast<unsigned char>(c));
    if (std::string_view(".^$|()[]{}*+?\\").find(c) != std::string_view::npos) piece.source = "\\";
    piece.source += c;
    return piece;
  }

  // A group without alternatives stands for flags, which mean nothing here: all rules ignore case.
  absl::StatusOr<RegexPiece> Group(int depth) {
    RegexPiece piece;
    piece.kind = RegexPiece::Kind::kGroup;
    for (const std::string_view flags : {"?i)", "?s)", "?m)", "?is)", "?im)"}) {
      if (Take(flags)) return piece;
    }
    if (Take("?P<") || (rest_.starts_with("?<") && !rest_.starts_with("?<=") && !rest_.starts_with("?<!"))) {
      const size_t end = rest_.find('>');
      if (end == rest_.npos) return absl::InvalidArgumentError("a group's name without end");
      rest_.remove_prefix(end + 1);
    } else if (!Take("?:") && !Take("?i:") && rest_.starts_with('?')) {
      return Unknown("a look-around");
    }
    ASSIGN_OR_RETURN(piece.alternatives, Alternatives(depth + 1));
    if (!Take(")")) return absl::InvalidArgumentError("a \"(\" without end");
    return piece;
  }

  absl::StatusOr<RegexPiece> Escape() {
    if (rest_.size() < 2) return absl::InvalidArgumentError("a \"\\\" at the end");
    const char c = rest_[1];
    rest_.remove_prefix(2);
    RegexPiece piece;
    if (c == 'b' || c == 'B') {
      piece.kind = RegexPiece::Kind::kBound;
    } else if (c == 'A' || c == 'z' || c == 'Z') {
      piece.kind = c == 'A' ? RegexPiece::Kind::kBegin : RegexPiece::Kind::kEnd;
    } else if (!ClassEscape(c, &piece.bytes)) {
      if (c == 'n' || c == 't' || c == 'r') return Literal(' ');
      if (IsDigit(c)) return Unknown("a back reference");
      if (IsAlpha(c)) return Unknown(std::string("\\") + c);
      return Literal(c);
    }
    piece.source = std::string("\\") + c;
    return piece;
  }

  static bool ClassEscape(char c, ByteSet* bytes) {
    const std::string_view set = ToLower(c) == 'd' ? kDigits : ToLower(c) == 'w' ? kWordBytes : kSpaces;
    if (std::string_view("dDwWsS").find(c) == std::string_view::npos) return false;
    const ByteSet of_set = BytesOf(set);
    *bytes |= IsUpper(c) ? ~of_set : of_set;
    return true;
  }

  absl::StatusOr<RegexPiece> Class() {
    const std::string_view whole = rest_;
    rest_.remove_prefix(1);
    const bool negated = Take("^");
    RegexPiece piece;
    for (bool first = true; first || !rest_.starts_with(']'); first = false) {
      if (rest_.starts_with("[:")) return Unknown("a named class");
      ByteSet set;
      ASSIGN_OR_RETURN(const int low, ClassByte(&set));
      if (low >= 0 && rest_.size() > 1 && rest_[0] == '-' && rest_[1] != ']') {
        rest_.remove_prefix(1);
        ASSIGN_OR_RETURN(const int high, ClassByte(&set));
        for (int c = low; c <= high; ++c) set.set(static_cast<size_t>(c));
      }
      piece.bytes |= set;
      if (rest_.empty()) return absl::InvalidArgumentError("a \"[\" without end");
    }
    rest_.remove_prefix(1);
    if (negated) piece.bytes.flip();
    piece.source = std::string(whole.substr(0, whole.size() - rest_.size()));
    return piece;
  }

  // One byte of a class, also added to *set; -1: a class of its own.
  absl::StatusOr<int> ClassByte(ByteSet* set) {
    if (rest_.empty() || rest_ == "\\") return absl::InvalidArgumentError("a \"[\" without end");
    if (rest_.front() == '\\') {
      const char c = rest_[1];
      rest_.remove_prefix(2);
      if (ClassEscape(c, set)) return -1;
      if (IsAlnum(c)) return Unknown(std::string("\\") + c);
      set->set(static_cast<unsigned char>(c));
      return static_cast<unsigned char>(c);
    }
    const unsigned char c = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    set->set(c);
    return c;
  }

  absl::Status Count(RegexPiece* piece) {
    if (Take("*")) {
      piece->min = 0;
      piece->max = -1;
    } else if (Take("+")) {
      piece->max = -1;
    } else if (Take("?")) {
      piece->min = 0;
    } else if (Take("{")) {
      const size_t end = rest_.find('}');
      if (end == rest_.npos || !ReadCount(rest_.substr(0, end), piece)) {
        return absl::InvalidArgumentError("a \"{\" that is no count");
      }
      rest_.remove_prefix(end + 1);
    } else {
      return absl::OkStatus();
    }
    if (!Take("?")) Take("+");  // lazy, possessive: the same is found
    return absl::OkStatus();
  }

  static bool ReadCount(std::string_view text, RegexPiece* piece) {
    const size_t comma = std::min(text.find(','), text.size());
    const std::string_view low = text.substr(0, comma);
    const std::string_view high = comma == text.size() ? low : text.substr(comma + 1);
    const auto read = [](std::string_view digits, int* out) {
      const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), *out);
      return result.ec == std::errc() && result.ptr == digits.data() + digits.size() && *out <= kMaxCount;
    };
    if (!read(low, &piece->min)) return false;
    piece->max = -1;
    return high.empty() || (read(high, &piece->max) && piece->max >= piece->min);
  }

  std::string_view rest_;
};

}  // namespace

ByteSet BytesOf(std::string_view text) {
  ByteSet set;
  for (const char c : text) set.set(static_cast<unsigned char>(c));
  return set;
}

absl::StatusOr<RegexSequence> ParseRegexPieces(std::string_view regex) {
  if (regex.size() > kMaxRegex) return absl::InvalidArgumentError("longer than 4096 bytes");
  return Parser(regex).Parse();
}

}  // namespace bouncewatch

// Reply codes and enhanced codes: which of the numbers of a reply are kept as codes.
#include "classifier/mask_shapes.h"
#include "classifier/mask_token.h"
#include "classifier/text.h"

namespace bouncewatch {

bool TokenMasker::TryReplyCode() {
  const char* const code = data_ + pos_;
  if (code[0] < '2' || code[0] > '5' || !IsDigit(code[1]) || !IsDigit(code[2])) return false;
  const char next = code[3];
  if (IsAlnum(next) || next == '_' || (next == '.' && IsDigit(code[4]))) return false;
  if (!IsCodePosition()) return false;
  out_.AppendText(code, 3);
  if (first_code_.empty()) {
    first_code_ = {code, 3};
    first_code_end_ = out_.size();
  }
  pos_ += 3;
  if (next == '-') {
    out_.Append('-');
    ++pos_;
  }
  return true;
}

bool TokenMasker::IsCodePosition() const {
  if (pos_ == 0) return true;
  const char previous = data_[pos_ - 1];
  if (ByteIs(previous, kHasDigit | kHasLetter | kHasDot | kHasJoint) || previous == '/') return false;
  const char next = data_[pos_ + 3];
  if (next == '-') {
    return !IsDigit(data_[pos_ + 4]) || EnhancedLength(data_ + pos_ + 4) > 0;
  }
  if (data_[pos_ + 1] > '5') return false;  // 250, 421, 554: the second digit is small
  if (!first_code_.empty() && Sub(pos_, pos_ + 3) == first_code_) return true;
  if ((next == ' ' || next == ':') && PrecedesEnhancedCode()) return true;
  if (previous == ':') {
    // "code:550", but neither a time nor what follows a placeholder, written or yet to be
    const char before = out_.size() < 2 ? ' ' : out_.view()[out_.size() - 2];
    return !IsDigit(before) && before != '>';
  }
  if (std::string_view("\"'([;=#<").find(previous) != std::string_view::npos) return true;
  return FollowsCodeWord();
}

bool TokenMasker::PrecedesEnhancedCode() const {
  size_t code = pos_ + 4;
  while (code < pos_ + 7 && std::string_view("#([:- ").find(data_[code]) < 6) ++code;
  if (EnhancedLength(data_ + code) == 0) return false;
  // "550 5.7.1@example.org" is an address after a number.
  return !text_.has_at() || Sub(code, text_.TokenEnd(code)).find('@') == std::string_view::npos;
}

bool TokenMasker::FollowsCodeWord() const {
  const std::string_view written = out_.view();
  if (pos_ != token_begin_ || written.size() < 2) return false;
  // The word as written: "db8::" has become "<ip>", which announces no code.
  const size_t blank = written.rfind(' ', written.size() - 2);
  std::string_view word = written.substr(blank == std::string_view::npos ? 0 : blank + 1);
  word.remove_suffix(1);
  if (word.ends_with(':') || word == "->") return data_[pos_] >= '4';
  for (std::string_view name : {"error", "code", "status", "reply", "response", "returned", "said", "smtp"}) {
    if (EqualsIgnoreCase(word, name)) return true;
  }
  return false;
}

bool TokenMasker::TryEnhancedCode() {
  const size_t length = EnhancedLength(data_ + pos_);
  if (length == 0) return false;
  Copy(Sub(pos_, pos_ + length));
  pos_ += length;
  return true;
}

}  // namespace bouncewatch

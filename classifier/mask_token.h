// The careful half of the mask: takes one blank-free token with digits, dots or '@' apart. Used by mask.cc
// only.
//
// A token is cut into atoms (letters and digits with '.', '-', '_' between them) and what stands between
// atoms. Each atom is judged by its shape and by its neighbours; a placeholder already there is copied, so
// masking twice changes nothing. Work per token is linear in its length.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bouncewatch {

class TokenMasker {
 public:
  // `text` is the whole reply with single blanks; `out` has the masked form of all that comes before the next
  // token.
  TokenMasker(std::string_view text, std::string* out)
      : text_(text), out_(*out), text_has_at_(text.find('@') != std::string_view::npos) {}

  // Appends the masked form of the token [begin, end). Returns where to go on.
  size_t MaskToken(size_t begin, size_t end);

 private:
  enum class Mode { kProse, kKnownUrl, kUnknownUrl };
  enum class Labels { kAll, kMoreBefore };  // whether `host` is all of the name, or labels before it are gone

  char At(size_t i) const { return i < text_.size() ? text_[i] : ' '; }
  std::string_view Sub(size_t begin, size_t end) const { return text_.substr(begin, end - begin); }

  // Each tries to read its thing at `pos_`; on success it writes, moves `pos_` and returns true.
  bool TryPlaceholder();
  bool TryBracketedAddress();
  bool TryAddress();
  bool TryUrl();
  bool TryIpv6();
  bool TryReplyCode();
  bool TryEnhancedCode();

  void MaskAtom();
  void MaskIpv4(std::string_view ip);
  void MaskNumber(std::string_view number, size_t begin);
  void MaskMixed(std::string_view atom);
  void MaskUrlAtom(std::string_view atom, unsigned traits);
  void WriteHost(std::string_view host, Labels labels);

  size_t AtomEnd(size_t begin) const;
  size_t DomainEnd(size_t begin) const;
  bool MayBeIpv6() const;
  bool IsHostWildcard() const;
  bool IsCodePosition() const;
  bool FollowsCodeWord() const;
  bool KeepsNumber(std::string_view number, size_t begin) const;
  void SkipPrefixLength();

  // Writes "<name>"; a pair of angle brackets around it in the text is not doubled.
  void Put(std::string_view placeholder);

  std::string_view text_;
  std::string& out_;
  const bool text_has_at_;
  std::string_view first_code_;  // the reply code the text opened with
  size_t first_code_end_ = 0;    // where it ends in `out_`
  size_t token_begin_ = 0;
  size_t pos_ = 0;
  size_t end_ = 0;
  size_t no_address_before_ = 0;  // positions below this are known not to begin an address
  bool has_at_ = false;
  Mode mode_ = Mode::kProse;
};

}  // namespace bouncewatch

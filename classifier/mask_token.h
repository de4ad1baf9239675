// The careful half of the mask: takes one blank-free token with digits, dots or '@' apart. Used by mask.cc
// only.
//
// A token is cut into atoms (letters and digits with '.', '-', '_' between them) and what stands between
// atoms. Each atom is judged by its shape and by its neighbours; a placeholder already there is copied, so
// masking twice changes nothing. Work per token is linear in its length.
#pragma once

#include <cstddef>
#include <string_view>

#include "classifier/mask_text.h"
#include "classifier/mask_writer.h"

namespace bouncewatch {

class TokenMasker {
 public:
  // `out` has the masked form of all that comes before the next token.
  TokenMasker(const MaskText& text, MaskWriter* out) : text_(text), data_(text.data()), out_(*out) {}

  // Appends the masked form of the token [begin, end), or of its beginning when the rest passes untouched.
  // Returns where to go on.
  size_t MaskToken(size_t begin, size_t end);

 private:
  enum class Mode { kProse, kKnownUrl, kUnknownUrl };
  enum class Labels { kAll, kMoreBefore };  // whether `host` is all of the name, or labels before it are gone

  // A blank follows the token, so a loop over bytes that are no blanks ends there by itself.
  std::string_view Sub(size_t begin, size_t end) const { return {data_ + begin, end - begin}; }
  std::string_view AtomAt(size_t begin) const { return {data_ + begin, text_.AtomAt(begin).size}; }

  // Each tries to read its thing at `pos_`; on success it writes, moves `pos_` and returns true.
  bool TryPlaceholder();
  bool TryBracketedAddress();
  bool TryAddress();
  bool TryNumeric();
  bool TryIpv4();
  bool TryIpv6();
  bool TryReplyCode();
  bool TryEnhancedCode();
  bool TryHostWildcard();

  void MaskUrlStart(size_t colon);
  void MaskWord();
  void MaskAtom(const Atom& shape);
  void MaskNumber(std::string_view number, size_t begin);
  void MaskMixed(std::string_view atom);
  void MaskUrlAtom(std::string_view atom, const Atom& shape);
  void WriteHost(std::string_view host, Labels labels);

  size_t DomainEnd(size_t begin) const;
  bool EndsBehindBracket() const;
  bool RestIsPlain() const;
  bool IsCodePosition() const;
  bool PrecedesEnhancedCode() const;
  bool FollowsCodeWord() const;
  bool KeepsNumber(std::string_view number, size_t begin) const;
  void SkipPrefixLength();

  // Writes "<name>"; a pair of angle brackets around it in the text is not doubled.
  template <size_t N>
  void Put(const char (&placeholder)[N]) {
    DropAngles();
    out_.AppendLiteral(placeholder);
  }
  void DropAngles();
  void Copy(std::string_view piece) { out_.AppendText(piece.data(), piece.size()); }

  const MaskText& text_;
  const char* const data_;
  MaskWriter& out_;
  std::string_view first_code_;  // the reply code the text opened with
  size_t first_code_end_ = 0;    // where it ends in `out_`
  size_t token_begin_ = 0;
  size_t pos_ = 0;
  size_t end_ = 0;
  size_t no_address_before_ = 0;  // positions below this are known not to begin an address
  bool has_at_ = false;
  bool has_angle_ = false;
  Mode mode_ = Mode::kProse;
};

}  // namespace bouncewatch

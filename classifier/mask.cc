// Most tokens of a reply are words and pass untouched. MaskText has marked the bytes a token must have to be
// anything else: a digit, '@', or a dot inside. Runs of plain tokens are copied in one piece, and only the
// marked tokens go to TokenMasker.
#include "classifier/mask.h"

#include "classifier/mask_text.h"
#include "classifier/mask_token.h"
#include "classifier/mask_writer.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace bouncewatch {
namespace {

// Template ids are XXH3-64 of the masked text; the seed is the ASCII bytes of "bncwatch" plus the mask's
// version.
constexpr uint64_t kTemplateSeed = 0x626e637761746368;

void MaskTokens(const MaskText& text, MaskWriter* out) {
  TokenMasker masker(text, out);
  const char* const data = text.data();
  size_t copied = 0;
  size_t suspect = text.NextSuspect(0);
  while (suspect < text.size()) {
    if (data[suspect] == '.' && data[suspect + 1] == ' ') {  // the dot of a sentence
      suspect = text.NextSuspect(suspect + 1);
      continue;
    }
    const size_t begin = text.TokenBegin(suspect);
    out->AppendText(data + copied, begin - copied);
    copied = masker.MaskToken(begin, text.TokenEnd(suspect));
    suspect = text.NextSuspect(copied);
  }
  out->AppendText(data + copied, text.size() - copied);
}

// Cuts a masked text that grew past the limit after a plain word: what stays reads the same without what
// follows.
std::string_view CutMasked(std::string_view masked) {
  size_t end = kMaxMaskInput;
  while (end > 0) {
    const size_t blank = masked.rfind(' ', end);
    if (blank == std::string_view::npos) break;
    const size_t begin = blank == 0 ? 0 : masked.rfind(' ', blank - 1) + 1;
    const std::string_view word = masked.substr(begin, blank - begin);
    if (word.find_first_of("0123456789@.<>") == std::string_view::npos) return masked.substr(0, blank);
    if (blank == 0) break;
    end = blank - 1;
  }
  return "<id>";
}

}  // namespace

void Mask(std::string_view text, std::string* out) {
  const MaskText ready(text);
  MaskWriter writer;
  MaskTokens(ready, &writer);
  const std::string_view masked = writer.view();
  out->assign(masked.size() > kMaxMaskInput ? CutMasked(masked) : masked);
}

uint64_t TemplateId(std::string_view masked) {
  const uint64_t id = XXH3_64bits_withSeed(masked.data(), masked.size(), kTemplateSeed + kMaskVersion);
  return id == 0 ? 1 : id;
}

}  // namespace bouncewatch

// DecoderSet: one decoder for a source whose files may be of several formats.
//
// Each file says its format (FileState::format): given from outside, told before by the source, or told here
// by the first lines that can. A format's decoder is made when its first file comes; files of one format
// share it, so that what one file says about a message is known in the next. One thread.
#pragma once

#include <memory>

#include "classifier/decode/decoder.h"
#include "classifier/decode/formats.h"

namespace bouncewatch {

// `format`: of every file; null: each file's own. Lines of a file whose format cannot be told are counted and
// left out; the next lines of that file are asked again.
std::unique_ptr<Decoder> NewDecoderSet(const Format* format, const DecoderOptions& options);

}  // namespace bouncewatch

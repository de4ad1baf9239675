// The log formats this program reads: by name, or told by the bytes of a log.
//
// A format is one entry of the table in formats.cc: a name, what makes its decoder, and what tells its lines.
// Immutable; any thread.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "classifier/decode/decoder.h"

namespace bouncewatch {

// For formats whose field names are the operator's choice: field of an event to where it stands, first found
// wins. The format's header lists the fields.
using FieldMap = std::map<std::string, std::vector<std::string>>;

struct DecoderOptions {
  absl::TimeZone timezone = absl::UTCTimeZone();  // of stamps without a zone
  uint64_t hash_seed = 0;  // secret of this installation; must not change with the saved state
  size_t queue_slots = 1 << 17;  // messages remembered between lines, a power of two; 16 bytes each
  FieldMap fields;
};

// How surely one line is of one format. The scores of a log's lines are added up, so that many hints make a
// certainty.
enum LineScore : int {
  kNotTold = 0,   // says nothing: any program may have written it
  kHint = 1,      // a name or a word that this format has and others seldom have
  kCertain = 20,  // a shape that only this format has
};

struct Format {
  std::string_view name;
  std::unique_ptr<Decoder> (*make_decoder)(const DecoderOptions& options);
  // `line` is without its newline, any bytes, at most kScoredLineMax. Linear in it.
  LineScore (*score_line)(std::string_view line);
};
inline constexpr size_t kScoredLineMax = 8192;

std::span<const Format> Formats();
const Format* FindFormat(std::string_view name);  // null: no such format

// The format of the log that `head` begins or is a part of: whole lines are scored, an unfinished last one is
// not looked at. Null: not told; more of the log may tell. Work: linear, at most the first 256 KiB.
const Format* DetectFormat(std::string_view head);

}  // namespace bouncewatch

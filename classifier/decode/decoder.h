// Decoder: bytes of a log to DeliveryEvents, many at a time. One file pair per format in this folder.
//
// A decoder is given whole lines and hands out batches of at most EventBatch::kMax events. It never fails on
// input: what it cannot read is counted by shape and skipped. A decoder belongs to one stream and one thread;
// what it remembers between lines (queue ids, the year) can be saved and loaded, so that a restart gives the
// same answer.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "classifier/event.h"

namespace bouncewatch {

struct EventBatch {
  static constexpr size_t kMax = 64;
  std::array<DeliveryEvent, kMax> events;
  size_t size = 0;
};

// Why a line that looked like a delivery could not be read, or was left out on purpose.
enum class LineShape : uint8_t {
  kBadHeader,      // no known header form, or an impossible date
  kBadRecipient,   // to= without an address end
  kBadStatus,      // a to= line without status=
  kBadJson,        // a JSON line that does not parse or lacks the message
  kTooLong,        // longer than the reader's limit; the reader skips it
  kInboundReject,  // NOQUEUE / milter-reject: our own words to somebody else, not an attempt
  kNoRecipient,    // expired without to=, and the queue id is not known
  kBadRecord,      // a CSV record that breaks the rules of quoting or does not have the header's columns
  kNoHeader,       // a CSV record in a file whose header was not seen
  kOutOfBand,      // a bounce or a complaint that came back by mail later: no attempt
  kUnknownFormat,  // read before the format of the file could be told
};
inline constexpr int kLineShapeCount = 11;
std::string_view LineShapeName(LineShape shape);
bool IsLeftOutOnPurpose(LineShape shape);  // it was understood, but is no attempt of ours

struct DecoderCounters {
  uint64_t lines = 0;
  uint64_t events = 0;
  uint64_t by_shape[kLineShapeCount] = {};
  uint64_t joined = 0;       // events whose queue id was found
  uint64_t join_misses = 0;  // events whose queue id was not known: sender domain unknown
};

// Stamps like "Nov 23 03:16:50" carry no year. A file's anchor is set once from outside (--year, or the
// file's modification time: no stamp lies later than that) and then moves on with the stamps; it is part of
// the position.
struct YearAnchor {
  int16_t year = 0;         // of the last stamp read; 0: not anchored yet
  int8_t month = 0;         // of the last stamp read, 1..12; 0: none read yet
  int64_t not_after_s = 0;  // used for the first stamp: the latest instant it may mean (Unix time)
};

// What reading one file (or another single stream of lines) has taught about it: part of its position, so
// that a restart goes on with the same knowledge.
struct FileState {
  YearAnchor anchor;
  std::string format;  // of formats.h; empty: not decided yet
  // The format's own, opaque: a CSV header, an unfinished record. At most kNotesMax bytes; empty in a file of
  // which nothing was read.
  std::string notes;
  static constexpr size_t kNotesMax = 128 * 1024;
};

class Decoder {
 public:
  virtual ~Decoder() = default;

  // Decodes from the front of `lines` (whole lines, each ended by '\n') until `lines` ends or the batch is
  // full. `file` is that of the lines. Replaces *batch. Returns the bytes taken: always a whole number of
  // lines, and more than 0 unless `lines` is empty or the batch is full. Views in the batch live as long as
  // `lines` and until the next call.
  virtual size_t Decode(std::string_view lines, FileState* file, EventBatch* batch) = 0;

  // What is remembered between lines. `SaveChanges` appends one opaque record with everything since the last
  // Save; it returns true when the record is a complete snapshot that replaces all earlier records.
  virtual bool SaveChanges(std::string* record) = 0;
  // The next SaveChanges gives a complete snapshot. For decoders that remember nothing
  // between lines, nothing.
  virtual void WantSnapshot() {}
  // Applies records in the order they were saved. False: a record is damaged; the decoder is empty then.
  virtual bool LoadRecord(std::string_view record) = 0;

  virtual const DecoderCounters& counters() const = 0;
};

}  // namespace bouncewatch

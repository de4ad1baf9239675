// JsonLines: the frame of the decoders that read one JSON object a line. Any bytes; objects nest 1024 deep at
// most, which the parser sees to. Internal to this folder: it brings simdjson with it.
#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>

#include "classifier/decode/decoder.h"
#include "classifier/decode/text_arena.h"

namespace bouncewatch {

class JsonLinesDecoder : public Decoder {
 public:
  size_t Decode(std::string_view lines, FileState* file, EventBatch* batch) final;
  bool SaveChanges(std::string*) final { return false; }
  bool LoadRecord(std::string_view) final { return true; }
  const DecoderCounters& counters() const final { return counters_; }

 protected:
  enum class LineResult : uint8_t {
    kTaken,
    kNeedsRoom,  // nothing was done: ask again with an empty batch. Never for an empty batch
  };
  // Reads one object. Its texts live until the next one: what events show of them is copied into arena_.
  virtual LineResult DecodeObject(const simdjson::dom::object& object, EventBatch* batch) = 0;
  // True for lines that need not be read at all.
  virtual bool IsOfNoInterest(std::string_view) const { return false; }

  // The next event of the batch, empty.
  static DeliveryEvent* Add(EventBatch* batch);
  void Skip(LineShape shape) { ++counters_.by_shape[static_cast<size_t>(shape)]; }

  TextArena arena_;  // cleared before a batch
  DecoderCounters counters_;

 private:
  LineResult DecodeLine(std::string_view line, size_t readable, EventBatch* batch);

  simdjson::dom::parser parser_;
  std::string padded_;
};

// A reply put together again from its parts, as Postfix logs it: "550 5.7.1 first line second line". A part
// that is not there (code 0, enhanced "") is left out; line ends become one blank each.
std::string_view JoinReply(int64_t code, std::string_view enhanced, std::string_view text, TextArena* arena);

}  // namespace bouncewatch

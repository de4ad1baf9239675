// CarriedLines: lines of a log that came by HTTP, read by the decoder that reads such a log from a file.
//
// Shippers post again what was not acknowledged, so each line is told from others by its own bytes. One
// thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "classifier/decode/decoder.h"
#include "classifier/decode/formats.h"
#include "classifier/decode/webhook/webhook_formats.h"
#include "classifier/decode/webhook/webhook_sink.h"

namespace bouncewatch {

class CarriedLines {
 public:
  // `format`: of the lines, a name of formats.h; empty or "auto": that of the first line which tells it.
  CarriedLines(const WebhookOptions& options, std::string_view format);

  // What a line was.
  enum class Result : uint8_t { kEvents, kNothing, kUnreadable };
  // Reads one line, without its end; its events are added to the sink. Counts nothing but those: the caller
  // skips what gave none.
  Result Read(std::string_view line, WebhookSink* sink);

  // Null until the format is told.
  Decoder* decoder() { return decoder_.get(); }

 private:
  uint64_t Unreadable() const;

  DecoderOptions options_;
  std::unique_ptr<Decoder> decoder_;
  FileState file_;
  EventBatch events_;
  std::string line_;  // with its end
};

}  // namespace bouncewatch

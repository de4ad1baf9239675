#include "daemon/log_events.h"

#include <memory>
#include <utility>

#include "classifier/status_macros.h"
#include "daemon/source/replay_source.h"
#include "daemon/stream.h"

namespace bouncewatch {

absl::StatusOr<LogEventsResult> VisitLogEvents(const LogFiles& files,
                                               const std::function<absl::Status(const DeliveryEvent&)>& visit,
                                               const std::function<void(const SourceStats&)>& progress) {
  ReplayOptions options;
  options.paths = files.paths;
  options.year = files.year;
  ASSIGN_OR_RETURN(options.timezone, FindTimeZone(files.zone));
  options.tell_formats = files.format == "auto";
  DecoderOptions decoder_options;
  decoder_options.timezone = options.timezone;
  ASSIGN_OR_RETURN(const std::unique_ptr<Decoder> decoder, NewDecoder(files.format, decoder_options));
  ASSIGN_OR_RETURN(const std::unique_ptr<ReplaySource> source, ReplaySource::Open(std::move(options), {}));
  LogEventsResult result;
  EventBatch batch;
  while (!source->done()) {
    absl::StatusOr<Chunk> chunk = source->Read();
    if (!chunk.ok()) {
      result.unread.push_back(chunk.status());
      continue;
    }
    while (!chunk->lines.empty()) {
      chunk->lines.remove_prefix(decoder->Decode(chunk->lines, chunk->file, &batch));
      for (size_t i = 0; i < batch.size; ++i) RETURN_IF_ERROR(visit(batch.events[i]));
    }
    if (progress) progress(source->stats());
  }
  result.decoded = decoder->counters();
  return result;
}

}  // namespace bouncewatch

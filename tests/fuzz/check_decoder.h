// What holds for every decoder whatever the bytes: it takes every byte once and counts every line once, and a
// second decoder that lives only from the saved state gives the same answer. Aborts where it does not.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "classifier/decode/formats.h"

namespace bouncewatch {

// Order matters, and where one text ends and the next begins.
inline uint64_t HashTexts(const DeliveryEvent& event, uint64_t hash) {
  for (const std::string_view text :
       {event.queue_id, event.recipient, event.recipient_domain, event.sender_domain, event.relay_host,
        event.relay_ip, event.source_ip, event.customer, event.host, event.tag, event.dsn, event.reply}) {
    for (const char c : text) hash = hash * 31 + static_cast<unsigned char>(c);
    hash = hash * 31 + 257;
  }
  return hash;
}

// Decodes whole lines; returns a hash of all events.
inline uint64_t DecodeAll(Decoder* decoder, std::string_view lines, FileState* file, uint64_t hash) {
  const auto batch = std::make_unique<EventBatch>();
  while (!lines.empty()) {
    const size_t taken = decoder->Decode(lines, file, batch.get());
    if (taken > lines.size() || batch->size > EventBatch::kMax) std::abort();
    if (taken == 0 && batch->size < EventBatch::kMax) std::abort();
    if (file->notes.size() > FileState::kNotesMax) std::abort();
    lines.remove_prefix(taken);
    for (size_t i = 0; i < batch->size; ++i) {
      const DeliveryEvent& event = batch->events[i];
      if (event.repeat == 0) std::abort();
      hash = HashTexts(event, hash * 31 + static_cast<uint64_t>(event.time_s) * 7 +
                                  static_cast<uint64_t>(event.outcome) + event.repeat);
    }
  }
  return hash;
}

// `data` in two pieces; the second is read by the decoder that read the first, and by one that was only told
// its state.
inline void CheckDecoder(const Format& format, const DecoderOptions& options, std::string_view data) {
  std::string text(data);
  text += '\n';
  const std::unique_ptr<Decoder> first = format.make_decoder(options), second = format.make_decoder(options);
  FileState file;
  file.anchor.not_after_s = 1796083200;
  const size_t half = text.find('\n', text.size() / 2) + 1;
  DecodeAll(first.get(), std::string_view(text).substr(0, half), &file, 0);
  std::string record;
  first->SaveChanges(&record);
  if (!record.empty() && !second->LoadRecord(record)) std::abort();
  FileState file_copy = file;
  const std::string rest = text.substr(half);  // of its own, so that reading before or behind it is seen
  if (DecodeAll(first.get(), rest, &file, 0) != DecodeAll(second.get(), rest, &file_copy, 0)) std::abort();
  if (file.notes != file_copy.notes) std::abort();
  if (first->counters().lines != static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n')))
    std::abort();
  second->LoadRecord(text);  // a damaged state is refused, not followed
  file_copy.notes = data.substr(0, FileState::kNotesMax);
  DecodeAll(second.get(), rest, &file_copy, 0);
}

// However the lines are cut into pieces, the events are the same. For decoders that promise it.
inline void CheckPieces(const Format& format, const DecoderOptions& options, std::string_view data) {
  std::string text(data);
  text += '\n';
  const std::unique_ptr<Decoder> whole = format.make_decoder(options), pieces = format.make_decoder(options);
  FileState file, other;
  const uint64_t want = DecodeAll(whole.get(), text, &file, 0);
  uint64_t got = 0;
  for (std::string_view lines = text; !lines.empty();) {
    const std::string line(lines.substr(0, lines.find('\n') + 1));
    got = DecodeAll(pieces.get(), line, &other, got);
    lines.remove_prefix(line.size());
  }
  if (got != want || file.notes != other.notes) std::abort();
  for (int i = 0; i < kLineShapeCount; ++i) {
    if (whole->counters().by_shape[i] != pieces->counters().by_shape[i]) std::abort();
  }
}

}  // namespace bouncewatch

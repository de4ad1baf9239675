// What must hold for a decoder on any bytes, in chunks of whole lines: it takes every byte once and counts
// every line once; a second decoder that lives only from the saved state, with what is kept of the file,
// gives the same answer; a damaged state and damaged notes are refused, not followed.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "classifier/decode/formats.h"

namespace bouncewatch {

struct DecodedSum {
  uint64_t events = 0;
  uint64_t hash = 0;
  bool operator==(const DecodedSum&) const = default;
};

inline DecodedSum SumOf(Decoder* decoder, std::string_view lines, FileState* file) {
  DecodedSum sum;
  EventBatch batch;
  while (!lines.empty()) {
    const size_t taken = decoder->Decode(lines, file, &batch);
    if (taken == 0 || taken > lines.size() || batch.size > EventBatch::kMax) std::abort();
    if (file->notes.size() > FileState::kNotesMax) std::abort();
    lines.remove_prefix(taken);
    for (size_t i = 0; i < batch.size; ++i) {
      const DeliveryEvent& event = batch.events[i];
      sum.events += event.repeat;
      for (std::string_view text :
           {event.recipient, event.recipient_domain, event.sender_domain, event.relay_host, event.relay_ip,
            event.source_ip, event.customer, event.host, event.tag, event.dsn, event.reply, event.queue_id}) {
        for (char c : text) sum.hash = sum.hash * 31 + static_cast<unsigned char>(c);
      }
    }
  }
  return sum;
}

inline void FuzzDecoder(std::string_view format_name, const uint8_t* data, size_t size) {
  const Format* format = FindFormat(format_name);
  if (format == nullptr) std::abort();
  std::string text(reinterpret_cast<const char*>(data), size);
  text += '\n';
  DecoderOptions options;
  options.queue_slots = 64;
  const auto first = format->make_decoder(options), second = format->make_decoder(options);
  FileState file;
  file.anchor.not_after_s = 1796083200;
  const size_t half = text.find('\n', text.size() / 2) + 1;
  SumOf(first.get(), std::string_view(text).substr(0, half), &file);
  std::string record;
  first->SaveChanges(&record);
  if (!record.empty() && !second->LoadRecord(record)) std::abort();
  FileState file_copy = file;
  const std::string_view rest = std::string_view(text).substr(half);
  if (SumOf(first.get(), rest, &file) != SumOf(second.get(), rest, &file_copy)) std::abort();
  if (first->counters().lines != static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n')))
    std::abort();
  format->score_line(std::string_view(text).substr(0, kScoredLineMax));
  second->LoadRecord(text);
  file_copy.notes = text.substr(0, FileState::kNotesMax);
  SumOf(second.get(), text, &file_copy);
}

}  // namespace bouncewatch
